import logging

import pytest

from gateway.listeners.signals import Once


def test_those_who_asked_are_told_in_order() -> None:
    told: list[int] = []
    signal = Once()
    signal.on(lambda: told.append(1))
    signal.on(lambda: told.append(2))
    signal.set()
    assert (told, signal.is_set) == ([1, 2], True)


def test_who_asks_afterwards_is_told_now() -> None:
    told: list[int] = []
    signal = Once()
    signal.set()
    signal.on(lambda: told.append(1))
    assert told == [1]


def test_who_forgot_is_not_told() -> None:
    told: list[int] = []
    signal = Once()
    signal.on(lambda: told.append(1))()
    signal.set()
    assert told == []


def test_nobody_is_told_twice() -> None:
    told: list[int] = []
    signal = Once()
    signal.on(lambda: told.append(1))
    signal.set()
    signal.set()
    assert told == [1]


def test_one_that_fails_hinders_no_other_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("s3cret")

    told: list[int] = []
    signal = Once()
    signal.on(fail)
    signal.on(lambda: told.append(1))
    signal.set()
    assert (told, [record.levelno for record in caplog.records], "s3cret" in caplog.text) == (
        [1],
        [logging.ERROR],
        False,
    )
