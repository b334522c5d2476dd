"""The common case in one step says the same as check and use: an adopted current generation changes nothing."""

import pytest

from gateway.sessions import rules
from gateway.sessions.model import Record, Session, Superseded
from gateway.sessions.policy import Limits
from gateway.sessions.rules import Bearer, is_current

OTHER = Superseded(2, 1_000, 2_000)


def derive(key_id: str, session_id: str, number: int, node: str) -> str:
    return f"{session_id}-{number}.{node}"


def session(adopted_ms: int) -> Session:
    return Session("s", "n", "k", 0, number=3, issued_ms=1_000, adopted_ms=adopted_ms, superseded=(OTHER,))


@pytest.mark.parametrize(
    ("guid", "adopted_ms", "current"),
    [("s-3.n", 2_000, True), ("s-3.n", 0, False), ("s-2.n", 2_000, False), ("s-4.n", 2_000, False), ("", 2_000, False)],
)
def test_only_the_adopted_current_generation_is(guid: str, adopted_ms: int, current: bool) -> None:
    assert is_current(session(adopted_ms), guid, derive) is current


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("now_ms", [2_000, 10**9])
def test_its_use_changes_nothing_at_any_time(lenient: bool, now_ms: int) -> None:
    now = session(2_000)
    limits = Limits(60_000, 60_000, 10_000, lenient=lenient)
    assert rules.check(Record(101, now), "s-3.n", derive, limits, now_ms) == Bearer(now, 3)
    assert rules.use(now, 3, limits, now_ms, hands_out=False).session is now


def test_its_key_counts() -> None:
    assert is_current(session(1), "k-3", lambda key_id, _session, number, _node: f"{key_id}-{number}")
