"""A wrong body of a `/sim` page is told by the name of its field and what is allowed there."""

import pytest

from gateway.sim_pages import bodies
from gateway.wire.errors import Malformed


@pytest.mark.parametrize(
    ("model", "body", "message"),
    [
        (bodies.NewCall, b"[]", "body: must be a JSON object"),
        (bodies.NewCall, b"{}", "caller: is missing, it must be 1 to 24 of the characters 0-9 * #, in quotes"),
        (bodies.NewCall, b'{"caller":"1","talk":-1}', "talk: must be a number of seconds from 0 to 86400"),
        (bodies.NewCall, b'{"caller":"1","agent":0}', "agent: must be a whole number from 1 to 999999"),
        (bodies.Party, b'{"who":"1"}', "who: no such field; allowed are number"),
        (bodies.NoBody, b'{"who":"1"}', "who: no such field; none is allowed"),
        (bodies.PhoneAct, b'{"act":"throw"}', "act: must be one of dial, hold, unhold, transfer, engage, lose, find"),
        (bodies.NewOffer, b'{"numbers":[]}', "numbers: must be a list of 1 to 10 numbers"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(model: type[bodies.SimBody], body: bytes, message: str) -> None:
    with pytest.raises(Malformed) as wrong:
        bodies.read(model, body)
    assert str(wrong.value) == message


def test_all_problems_are_told_at_once_each_of_them_once() -> None:
    with pytest.raises(Malformed) as wrong:
        bodies.read(bodies.NewOffer, b'{"numbers":["x","y"],"data":1}')
    assert str(wrong.value).count("numbers:") == 1
    assert "data: must be at most 16384 characters" in str(wrong.value)


def test_no_body_is_one_without_fields() -> None:
    assert bodies.read(bodies.Party, b"") == bodies.Party()


@pytest.mark.parametrize(
    ("caller", "taken"), [("Ann Smith", True), (" Ann", False), ("a" * 64, True), ("a" * 65, False)]
)
def test_who_writes_has_a_number_or_a_name(caller: str, taken: bool) -> None:
    body = b'{"skill":1,"caller":"%s"}' % caller.encode()
    if taken:
        assert bodies.read(bodies.NewChat, body).caller == caller
    else:
        with pytest.raises(Malformed):
            bodies.read(bodies.NewChat, body)
