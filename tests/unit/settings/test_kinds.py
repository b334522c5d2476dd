"""Single values: what is taken and what is refused."""

from pathlib import Path

import pytest

from gateway.settings.kinds import FLAG, HOST, PATH, SettingKind, choice, number, text, words

HERE = Path("/etc/gateway")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (number(10, 100), "10", 10),
        (number(10, 100), "100", 100),
        (number(10, 100, off=True), "0", 0),
        (FLAG, "ON", True),
        (FLAG, "off", False),
        (choice({"1": 1, "2": 2}), "2", 2),
        (words("OBSERVE", "SIGNOUT"), "signout", "SIGNOUT"),
        (text("[a-z]+", "letters"), "abc", "abc"),
        (PATH, "", None),
        (PATH, "agents.toml", Path("/etc/gateway/agents.toml")),
        (PATH, "../var", Path("/etc/var")),
        (PATH, "/srv/key.pem", Path("/srv/key.pem")),
        (HOST, "0.0.0.0", "0.0.0.0"),
        (HOST, "::1", "::1"),
        (HOST, "node-1.example.com", "node-1.example.com"),
    ],
)
def test_a_right_value_is_read(kind: SettingKind, value: str, expected: object) -> None:
    assert kind.read(value, HERE) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(
            (number(10, 100), value)
            for value in ("9", "101", "0", "", "-20", "+20", "20.0", "2_0", "0x20", "٢٠", "20 ms")
        ),
        (number(10, 100), "9" * 400),
        (FLAG, "yes"),
        (FLAG, ""),
        (choice({"1": 1, "2": 2}), "3"),
        (text("[a-z]+", "letters"), "abc\n"),
        (PATH, "a\0b"),
        *((HOST, value) for value in ("", "10.0.0.256", "10.0.0", "-a", "a b", "http://a")),
    ],
)
def test_a_wrong_value_is_refused(kind: SettingKind, value: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        kind.read(value, HERE)


def test_a_word_that_is_not_supported_is_refused_with_its_reason() -> None:
    kind = choice({"false": False}, {"true": "certificates are always checked"})

    with pytest.raises(ValueError, match="certificates are always checked"):
        kind.read("TRUE", HERE)


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        (number(1, 5), "a whole number from 1 to 5"),
        (number(1, 5, off=True), "a whole number from 1 to 5, or 0 for off"),
        (words("A"), "A"),
        (words("A", "B", "C"), "A, B or C"),
    ],
)
def test_what_is_allowed_is_said_in_words(kind: SettingKind, allowed: str) -> None:
    assert kind.allowed == allowed
