"""The table of retCodes."""

from gateway.tokens.validating import MALFORMED, REFUSED, SUCCESS, UNAVAILABLE, TokenCause


def test_the_ret_codes_stay_as_they_are_known() -> None:
    assert (SUCCESS, REFUSED, MALFORMED, UNAVAILABLE) == (0, 1, 2, 3)
    assert {cause.word: cause.ret_code for cause in TokenCause} == {
        "bad-signature": 101,
        "tenant-unknown": 102,
        "other-tenant": 103,
        "expired": 104,
        "user-not-matching": 105,
        "user-unknown": 106,
        "already-used": 107,
    }
