"""When a load is a pass."""

import pytest

from gateway.kit.load_run import Kind, LoadLimits, LoadTally

LIMITS = LoadLimits({Kind.QUERY: 100}, 1.0)


def good() -> LoadTally:
    tally = LoadTally(signed_in=2)
    for kind in Kind:
        for _ in range(100):
            tally.times[kind].add(20)
    return tally


def test_within_all_limits_is_a_pass() -> None:
    assert good().exceeded(LIMITS) == []


def test_one_of_a_hundred_may_take_longer_two_may_not() -> None:
    tally = good()
    tally.times[Kind.QUERY].add(101)
    assert tally.exceeded(LIMITS) == []
    tally.times[Kind.QUERY].add(101)
    assert tally.exceeded(LIMITS) == ["query: 101 ms, at most 100 are allowed"]


@pytest.mark.parametrize(("failures", "passes"), [(5, True), (6, False)])
def test_failures_count_as_a_share_of_all(failures: int, passes: bool) -> None:
    tally = good()
    for _ in range(failures):
        tally.fail(Kind.EVENT, "agent 101: it did not come")
    assert (tally.exceeded(LIMITS) == []) is passes


def test_the_line_tells_agents_and_failures() -> None:
    tally = good()
    tally.fail(Kind.CHANGE, "agent 101: no")
    assert tally.line(61.2, 300, 1000) == (
        "   61 of 300 s | agents 2 of 1000 | done 501 | p99 of queries 20 ms, of events 20 ms | failures 1"
    )


def test_the_first_examples_are_kept() -> None:
    tally = LoadTally()
    for number in range(9):
        tally.fail(Kind.QUERY, str(number))
    assert (len(tally.examples), tally.failed[Kind.QUERY]) == (5, 9)
