"""Whole numbers as operators write them, and as services answer them."""

import pytest

from gateway.wire.text import whole_number

FAR_TOO_LONG = "9" * 6000


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("999", 999), ("007", 7), ("0" * 18 + "12", 12)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text, 0, 999) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        " 1",
        "1.0",
        "1e1",
        "1000",
        "0000001000",
        "²",
        "\u0661",
        FAR_TOO_LONG,
        "0" * 20 + FAR_TOO_LONG,
        "0" * 21,
    ],
)
def test_all_else_is_none(text: str) -> None:
    assert whole_number(text, 0, 999) is None


def test_a_number_below_the_least_is_none() -> None:
    assert whole_number("0", 1, 999) is None
