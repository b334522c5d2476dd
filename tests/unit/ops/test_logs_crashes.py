"""What a log says of a crash."""

import re

import pytest

from gateway.ops.logs import crash_line


def caught(raiser: object) -> Exception:
    try:
        raiser()  # type: ignore[operator]
    except Exception as problem:
        return problem
    raise AssertionError


def plain() -> None:
    raise KeyError("s3cret")


def caused() -> None:
    try:
        plain()
    except KeyError as why:
        raise RuntimeError("s3cret") from why


def hidden() -> None:
    try:
        plain()
    except KeyError:
        raise RuntimeError("s3cret") from None


def test_type_and_place_are_told() -> None:
    assert re.match(r"KeyError in plain \(.*test_logs_crashes\.py:\d+\)", crash_line(caught(plain)))


def test_the_cause_is_told() -> None:
    assert re.match(r"RuntimeError in caused .*; caused by KeyError in plain", crash_line(caught(caused)))


def test_a_suppressed_cause_is_not_told() -> None:
    assert "KeyError" not in crash_line(caught(hidden))


def test_the_text_of_an_exception_is_not_told() -> None:
    assert "s3cret" not in crash_line(caught(caused))


def test_one_that_was_never_raised_is_its_type() -> None:
    assert crash_line(ValueError("s3cret")) == "ValueError"


def test_those_of_a_group_are_told() -> None:
    group = ExceptionGroup("s3cret", [caught(plain), ValueError("s3cret")])
    assert re.match(r"ExceptionGroup; caused by KeyError in plain .*; caused by ValueError$", crash_line(group))


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (OSError(111, "s3cret"), "ConnectionRefusedError ECONNREFUSED"),
        (OSError("s3cret"), "OSError"),
    ],
)
def test_what_kind_of_error_the_system_gave_is_told(problem: Exception, line: str) -> None:
    assert crash_line(problem) == line
