"""The token itself: what is in it, and what is refused."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from gateway.tokens.messages import NAME_LENGTH, TENANT_LENGTH, TOKEN_LENGTH, User
from gateway.tokens.signed import NOTHING, open_token
from gateway.tokens.signing_keys import NEW_PRIVATE_KEY, KeySet, SigningKey
from tests.support.tokens import ADA, NOW
from tests.unit.tokens.samples import TTL, key, only, signed

KEY = key("k1")
TOKEN = signed(KEY)


def parts(token: str) -> list[Any]:
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2]]


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_token_names_its_key_and_algorithm() -> None:
    assert parts(TOKEN)[0] == {"alg": "EdDSA", "kid": "k1", "typ": "JWT"}


def test_a_token_holds_tenant_hashes_id_and_times() -> None:
    claims = parts(TOKEN)[1]

    assert set(claims) == {"jti", "tenant", "user", "name", "iat", "exp"}
    assert (claims["tenant"], claims["iat"], claims["exp"]) == ("acme", NOW // 1000, (NOW + TTL) // 1000)


def test_a_token_tells_nothing_of_the_user() -> None:
    text = json.dumps(parts(TOKEN))

    assert ADA.user_id not in text
    assert ADA.user_name not in text


@pytest.mark.parametrize("algorithm", NEW_PRIVATE_KEY)
def test_the_longest_token_has_at_most_1024_characters(algorithm: str) -> None:
    longest = User("t" * TENANT_LENGTH, "\u4e16" * NAME_LENGTH, "\u4e16" * NAME_LENGTH)
    assert len(signed(key("k" * 32, algorithm), longest)) <= TOKEN_LENGTH


def test_no_two_tokens_are_alike() -> None:
    assert len({signed(KEY) for _ in range(50)}) == 50


@pytest.mark.parametrize("algorithm", NEW_PRIVATE_KEY)
def test_a_token_opens_with_its_key(algorithm: str) -> None:
    mine = key("k7", algorithm)
    opened = open_token(signed(mine), only(key("k1"), mine))

    assert (opened.key, opened.claims.tenant) == (mine, "acme")


@pytest.mark.parametrize("keys", [KeySet(), only(key("k2")), only(key("k1"))], ids=["none", "another", "same id"])
def test_a_token_of_another_key_is_nothing(keys: KeySet) -> None:
    assert open_token(TOKEN, keys) is NOTHING


@pytest.mark.parametrize("bit", range(8))
def test_a_token_altered_by_any_one_bit_is_nothing(bit: int) -> None:
    raw = TOKEN.encode()
    for at in range(len(raw)):
        altered = raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :]
        assert open_token(altered.decode("latin-1"), only(KEY)) is NOTHING


@pytest.mark.parametrize("change", ["{}=", "{}==", " {}", "{}\n", "{}.", ".{}", "{}a", "{}.a"])
def test_a_token_with_something_added_is_nothing(change: str) -> None:
    assert open_token(change.format(TOKEN), only(KEY)) is NOTHING


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "\x00", "é.é.é", "[" * 1024, TOKEN[:-1], TOKEN.split(".")[1]])
def test_what_is_no_token_is_nothing(text: str) -> None:
    assert open_token(text, only(KEY)) is NOTHING


def test_unsigned_tokens_are_nothing() -> None:
    claims = TOKEN.split(".")[1]
    for header in ({"alg": "none", "kid": "k1"}, {"alg": "None", "kid": "k1"}, {"kid": "k1"}, {"alg": "EdDSA"}):
        for signature in ("", TOKEN.split(".")[2]):
            assert open_token(f"{encoded(header)}.{claims}.{signature}", only(KEY)) is NOTHING


def forged(signing: SigningKey, algorithm: str, **header: object) -> str:
    """A token whose header and claims are right, signed in another way."""
    return jwt.encode(parts(TOKEN)[1], signing.private, algorithm, headers={"kid": "k1", **header})


def test_the_algorithm_is_the_keys_own_and_not_the_tokens() -> None:
    elliptic = key("k1", "ES256")

    assert open_token(forged(elliptic, "ES256"), only(KEY)) is NOTHING
    assert open_token(forged(KEY, "EdDSA"), only(elliptic)) is NOTHING


def test_a_public_key_is_no_shared_secret() -> None:
    raw = KEY.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    token = jwt.encode(parts(TOKEN)[1], raw, "HS256", headers={"kid": "k1"})

    assert open_token(token, only(KEY)) is NOTHING


def test_a_key_that_the_token_brings_along_is_not_used() -> None:
    mine = key("mine")
    assert isinstance(mine.public, Ed25519PublicKey)
    public = json.loads(OKPAlgorithm.to_jwk(mine.public))
    for header in ({"jwk": public}, {"jku": "https://evil.example"}, {"x5u": "https://evil.example"}):
        assert open_token(forged(mine, "EdDSA", **header), only(KEY)) is NOTHING


def test_a_header_that_must_be_understood_and_is_not_makes_nothing() -> None:
    assert open_token(forged(KEY, "EdDSA", crit=["x"], x=1), only(KEY)) is NOTHING


@pytest.mark.parametrize("missing", ["jti", "tenant", "user", "name", "iat", "exp"])
def test_a_token_that_lacks_a_claim_is_nothing(missing: str) -> None:
    claims = {name: value for name, value in parts(TOKEN)[1].items() if name != missing}
    assert open_token(jwt.encode(claims, KEY.private, "EdDSA", headers={"kid": "k1"}), only(KEY)) is NOTHING


def test_a_tokens_times_are_not_judged_here() -> None:
    assert open_token(signed(KEY, now_ms=0), only(KEY)) is not NOTHING
    assert open_token(signed(KEY, now_ms=2 * NOW), only(KEY)) is not NOTHING
