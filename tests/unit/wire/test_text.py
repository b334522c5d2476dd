"""A member taken out of the text of a JSON object leaves the others letter for letter."""

import pytest

from gateway.wire.text import without


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a":1,"t":2,"b":null}', '{"a":1,"b":null}'),
        ('{"t":2}', "{}"),
        ("{}", "{}"),
        ('{ "t" : 5 ,\n "a" : {"t":1.50} , "b":"\\u00e4,\\"t\\":1" }', '{"a" : {"t":1.50},"b":"\\u00e4,\\"t\\":1"}'),
        ('{"\\u0074":2,"a":1}', '{"a":1}'),
        ('{"t":1,"a":2,"t":3}', '{"a":2}'),
    ],
)
def test_a_member_is_taken_out(text: str, left: str) -> None:
    assert without(text, "t") == left
