"""One log line when the service goes out of reach, one when it is back."""

import pytest

from gateway.upstream.service_client import OUT_AFTER_S, Reachability


class Watched:
    """A reach under a clock of the test (s), and what it logs."""

    def __init__(self, log: pytest.LogCaptureFixture) -> None:
        log.set_level("INFO")
        self.now_s = 0.0
        self._log = log
        self.reach = Reachability("it", lambda: self.now_s)

    def failed(self, at_s: float) -> None:
        self.now_s = at_s
        self.reach.failed("no connection")

    @property
    def lines(self) -> list[str]:
        return self._log.messages


@pytest.fixture
def watched(caplog: pytest.LogCaptureFixture) -> Watched:
    return Watched(caplog)


def test_failures_without_an_answer_for_a_while_are_an_outage(watched: Watched) -> None:
    for at_s in (0, 1, OUT_AFTER_S, 3):
        watched.failed(at_s)
    assert watched.reach.out
    assert watched.lines == ["it is out of reach: no connection"]


def test_a_single_failure_is_none(watched: Watched) -> None:
    watched.failed(0)
    watched.reach.answered()
    watched.failed(OUT_AFTER_S)
    assert not watched.reach.out
    assert watched.lines == []


def test_its_end_is_told_with_its_length(watched: Watched) -> None:
    watched.failed(0)
    watched.failed(4)
    watched.reach.answered()
    watched.reach.answered()
    assert not watched.reach.out
    assert watched.lines[1:] == ["it is in reach after 4.0 s"]
