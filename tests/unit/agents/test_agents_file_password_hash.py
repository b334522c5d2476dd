"""Hashes that come from elsewhere: what is taken verifies, what never could is refused."""

import base64

import pytest
from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import hash_secret, verify_secret

from gateway.agents.agents_file import check_password_hash

SECRET = b"Right-Word7"
GOOD = hash_secret(SECRET, b"0123456789abcdef", 2, 64, 1, 32, Type.ID).decode()
SALT, DIGEST = GOOD.split("$")[4:]


def made(parameters: str = "m=64,t=2,p=1", salt: str = SALT, digest: str = DIGEST, head: str = "$argon2id$v=19") -> str:
    return f"{head}${parameters}${salt}${digest}"


@pytest.mark.parametrize("length", [16, 24, 32, 48, 64, 128])
@pytest.mark.parametrize(("lanes", "version"), [(1, 19), (4, 19), (16, 19), (1, 16)])
def test_a_hash_that_is_taken_verifies(length: int, lanes: int, version: int) -> None:
    made_elsewhere = hash_secret(SECRET, b"8-octets", 1, 8 * lanes, lanes, length, Type.ID, version)
    assert verify_secret(check_password_hash(made_elsewhere.decode()).encode(), SECRET, Type.ID)


def test_a_hash_from_before_versions_is_only_ever_matched_or_not() -> None:
    taken = check_password_hash(made(head="$argon2id"))
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(taken, SECRET)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (made("t=2,m=64,p=1"), "in this order"),
        (made("m=64,p=1,t=2"), "in this order"),
        (made(digest=DIGEST + "="), "nothing behind"),
        (made(digest=DIGEST[:-3]), "may have been cut"),
        (made(digest=DIGEST[:-1]), "may have been cut"),
        (made(digest=DIGEST[:-1] + "/"), "may have been cut"),
        (made(digest="!!!!!" + DIGEST[5:]), "not an argon2id hash"),
        (made(digest=DIGEST.replace(DIGEST[0], "-", 1)), "not an argon2id hash"),
        (made(salt=base64.b64encode(b"7-octet").decode().rstrip("=")), "its salt"),
        (made("m=65536,t=1,p=4096"), "p of at most 16"),
        (made("m=64,t=2,p=16"), "at least 8 times its p"),
        (made("m=262145,t=2,p=1"), "m of at most 262144"),
        (made("m=64,t=17,p=1"), "t of at most 16"),
        (made("m=064,t=2,p=1"), "not an argon2id hash"),
        (made("m=64,t=2,p=\u0661"), "not an argon2id hash"),
        (made("m=64,t=2,p=1,keyid=x"), "not an argon2id hash"),
        (made(head="$argon2id$v=18"), "not an argon2id hash"),
        (made(head="$argon2i$v=19"), "not an argon2id hash"),
        (made() + "\n", "not an argon2id hash"),
        ("$2b$12$abcdefghijklmnopqrstuv", "not an argon2id hash"),
    ],
)
def test_a_hash_that_could_never_verify_or_costs_too_much_is_refused(value: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_password_hash(value)
