import threading

import pytest

from gateway.commands.progress import patience


def test_what_is_quick_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with patience("the store"):
        pass
    assert capsys.readouterr().err == ""


def test_what_takes_longer_tells_that_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    told = threading.Event()
    clock = iter([0.0, 2.0])

    def now() -> float:
        told.set()
        return next(clock, 3.0)

    with patience("the store", 0.0, now):
        told.clear()
        assert told.wait(30)
    assert capsys.readouterr().err.startswith("the store | 2 s\n")
