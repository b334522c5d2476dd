"""Signing keys and their rotation."""

import pytest

from gateway.tokens.messages import User
from gateway.tokens.signing_keys import NEW_PRIVATE_KEY, KeySet, fits
from tests.support.tokens import ADA, NOW
from tests.unit.tokens.samples import key, only


def test_the_newest_key_whose_time_has_come_signs() -> None:
    first, second, third = key("a", signs_from_ms=NOW), key("b", signs_from_ms=NOW + 5), key("c", signs_from_ms=NOW + 9)
    keys = only(third, first, second)

    assert [keys.signing(NOW + after) for after in (0, 4, 5, 8, 9)] == [first, first, second, second, third]


def test_before_any_keys_time_the_first_one_signs() -> None:
    first = key("a", signs_from_ms=NOW)
    assert only(key("b", signs_from_ms=NOW + 5), first).signing(NOW - 1) is first


def test_without_keys_none_signs() -> None:
    assert KeySet().signing(NOW) is None


def test_every_key_is_found_by_its_id() -> None:
    one, other = key("a"), key("b")
    keys = only(one, other)

    assert [keys.get(name) for name in ("a", "b", "c", "")] == [one, other, None, None]


@pytest.mark.parametrize("algorithm", NEW_PRIVATE_KEY)
@pytest.mark.parametrize("other", NEW_PRIVATE_KEY)
def test_a_private_key_fits_its_own_algorithm_alone(algorithm: str, other: str) -> None:
    assert fits(algorithm, NEW_PRIVATE_KEY[other]()) is (algorithm == other)


def test_hashes_of_a_user_differ_by_key_tenant_and_place() -> None:
    one = key("a")
    other = key("b")
    object.__setattr__(other, "hash_key", b"i" * 32)
    users = [ADA, User("globex", ADA.user_id, ADA.user_name), User(ADA.tenant, ADA.user_name, ADA.user_id)]
    hashes = [hashed for signing in (one, other) for user in users for hashed in signing.hashes(user)]

    assert len(set(hashes)) == len(hashes)


def test_parts_of_a_user_cannot_be_shifted_into_each_other() -> None:
    assert key().hashes(User("ab", "c", "n"))[0] != key().hashes(User("a", "bc", "n"))[0]


def test_secrets_are_not_in_a_printed_key() -> None:
    assert "hhh" not in repr(key())
    assert "private" not in repr(key())
