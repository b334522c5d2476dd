"""GUIDs: 128 bits of HMAC-SHA256, the node name, and nothing that could be guessed (docs/protocol.md, GUIDs)."""

import hashlib
import hmac
import re

import pytest

from gateway.sessions.guid import SECRET_MIN_BYTES, KeyRing, new_session_id, random_key_ring, same
from gateway.wire.headers import MAX_LENGTH

SECRET = bytes(range(32))
SESSION_ID = "00112233445566778899aabbccddeeff"
RING = KeyRing("k1", {"k1": SECRET, "k0": SECRET[::-1]})
SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[A-Za-z0-9]+")


def test_a_known_key_gives_a_known_guid() -> None:
    """The value is `openssl dgst -mac HMAC` over the same bytes: changing the derivation signs out a running site."""
    made = RING.derive("k1", SESSION_ID, 7, "AgentGateway0")
    assert made == "c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway0"


def test_the_digits_are_the_first_128_bits_of_the_hmac() -> None:
    digits = hmac.new(SECRET, f"{SESSION_ID}:12".encode(), hashlib.sha256).hexdigest()[:32]
    assert RING.derive("k1", SESSION_ID, 12, "n").replace("-", "") == digits + ".n"


@pytest.mark.parametrize("number", [0, 1, 9, 10, 1_000_000])
@pytest.mark.parametrize("node", ["A", "AgentGateway0", "n" * 27])
def test_a_guid_has_the_shape_that_clients_know(number: int, node: str) -> None:
    assert SHAPE.fullmatch(RING.derive("k1", SESSION_ID, number, node))


def test_a_guid_of_the_longest_node_name_fits_the_header() -> None:
    assert len(RING.derive("k1", SESSION_ID, 0, "n" * 27)) == MAX_LENGTH


@pytest.mark.parametrize(
    "other", [("k0", SESSION_ID, 1), ("k1", SESSION_ID[::-1], 1), ("k1", SESSION_ID, 2), ("k1", SESSION_ID, 11)]
)
def test_key_session_and_generation_each_make_another_guid(other: tuple[str, str, int]) -> None:
    assert RING.derive(*other, "n") != RING.derive("k1", SESSION_ID, 1, "n")


def test_a_key_that_this_node_does_not_hold_makes_no_guid() -> None:
    assert RING.derive("k9", SESSION_ID, 0, "n") == ""


def test_no_guid_is_ever_the_same_as_another_request_without_one() -> None:
    assert not same("", RING.derive("k9", SESSION_ID, 0, "n"))


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "c95ab9e4-8847-1026-3be6-308c6b806cca",
        "c95ab9e4-8847-1026-3be6-308c6b806cca.",
        "c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway",
        "c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway1",
        "c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway00",
        "C95AB9E4-8847-1026-3BE6-308C6B806CCA.AgentGateway0",
        "c95ab9e488471026-3be6-308c6b806cca.AgentGateway0",
        "JSESSIONID=c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway0",
        " c95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway0",
        "d95ab9e4-8847-1026-3be6-308c6b806cca.AgentGateway0",
    ],
)
def test_only_the_whole_string_is_the_same(sent: str) -> None:
    assert not same(sent, RING.derive("k1", SESSION_ID, 7, "AgentGateway0"))


def test_a_guid_is_the_same_as_itself() -> None:
    made = RING.derive("k1", SESSION_ID, 7, "AgentGateway0")
    assert same(made, made)


def test_whole_strings_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def compare(left: str, right: str) -> bool:
        compared.append((left, right))
        return False

    monkeypatch.setattr("gateway.sessions.guid.hmac.compare_digest", compare)
    same("sent", "kept.AgentGateway0")
    assert compared == [("sent", "kept.AgentGateway0")]


def test_a_session_id_is_128_random_bits_in_hex() -> None:
    ids = {new_session_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}", made) for made in ids)


def test_the_embedded_store_has_a_key_of_its_own_at_each_start() -> None:
    first, second = random_key_ring(), random_key_ring()
    assert len(first.secrets[first.making]) >= SECRET_MIN_BYTES
    assert first.secrets[first.making] != second.secrets[second.making]


def test_fingerprints_tell_equal_secrets_from_others() -> None:
    twin = KeyRing("k1", {"k1": SECRET, "k0": SECRET})
    assert twin.fingerprints()["k1"] == RING.fingerprints()["k1"]
    assert twin.fingerprints()["k0"] != RING.fingerprints()["k0"]


def test_a_fingerprint_holds_nothing_of_the_secret() -> None:
    shown = RING.fingerprints()["k1"]
    assert len(shown) == 16
    assert shown not in SECRET.hex()


def test_a_printed_key_ring_shows_no_secret() -> None:
    assert repr(SECRET) not in repr(RING)
    assert "k1" in repr(RING)


def test_each_secret_gives_a_key_to_sign_with_the_making_one_first() -> None:
    ring = KeyRing("new", {"old": b"o" * 32, "new": b"n" * 32})
    digests = [hmac.digest(secret, b"push", "sha256") for secret in (b"n" * 32, b"o" * 32)]
    assert list(ring.signing_keys()) == digests


def test_each_purpose_and_each_secret_has_a_key_to_seal_with() -> None:
    keys = [*RING.sealing_keys("one").values(), *RING.sealing_keys("another").values()]
    assert (len(set(keys)), {len(key) for key in keys}) == (4, {32})


def test_a_key_that_nobody_drew_at_random_is_named() -> None:
    drawn = bytes(range(32))
    assert KeyRing("new", {"new": drawn, "old": b"0123" * 8}).weak_keys() == ["old"]
