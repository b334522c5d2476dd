"""How the oldest GUIDs of a rehearsal are found, and what wrong ones may cost (docs/protocol.md, Rehearsal)."""

from dataclasses import replace

import pytest

from gateway.sessions import rules
from gateway.sessions.adoption import (
    SEARCHES_A_SECOND,
    SEARCHES_OF_ONE_SESSION,
    RehearsalSearch,
    has_lagged,
    lags,
    was_left,
)
from gateway.sessions.model import MAX_SUPERSEDED, Session, Superseded
from gateway.sessions.policy import Limits, Outage
from gateway.wire.errors import Unavailable
from tests.unit.sessions.samples import FRESH, REHEARSAL, RING, ROTATING, START, STATIC, guid

NUMBER = 40
FORMER = tuple(Superseded(number, START, START) for number in range(NUMBER - MAX_SUPERSEDED, NUMBER))
SHORT = replace(ROTATING, grace_ms=4_000)
LONG = replace(FRESH, number=NUMBER, adopted_ms=START, superseded=FORMER, rehearsed_from=0)


class Search:
    """A search under a clock of the test (s) that counts what it derives."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.derived = 0
        self.search = RehearsalSearch(self._derive, lambda: self.now_s)

    def _derive(self, key_id: str, session_id: str, number: int, node: str) -> str:
        self.derived += 1
        return RING.derive(key_id, session_id, number, node)

    def finds(self, session: Session, sent: str) -> int | None:
        found = self.search.find(session, sent, REHEARSAL)
        return found and found.number

    def wrong(self, session: Session, count: int) -> None:
        for number in range(count):
            assert self.finds(session, f"wrong-{number}") is None


def other(number: int) -> Session:
    return replace(LONG, id=f"{number:032x}")


def test_a_guid_too_old_for_the_record_is_found() -> None:
    assert Search().finds(LONG, guid(LONG, 3)) == 3


def test_it_is_found_again_without_a_search() -> None:
    search = Search()
    search.finds(LONG, guid(LONG, 3))
    before = search.derived
    assert (search.finds(LONG, guid(LONG, 3)), search.derived) == (3, before)


def test_it_is_found_no_more_once_the_rehearsal_has_ended_in_earnest() -> None:
    search = Search()
    search.finds(LONG, guid(LONG, 3))
    assert search.finds(replace(LONG, rehearsed_from=-1), guid(LONG, 3)) is None


def test_the_same_wrong_guid_is_searched_once_a_second() -> None:
    search = Search()
    search.wrong(LONG, 1)
    before = search.derived
    search.wrong(LONG, 1)
    assert search.derived == before


def test_more_wrong_ones_of_a_session_are_neither_searched_nor_refused() -> None:
    search = Search()
    search.wrong(LONG, SEARCHES_OF_ONE_SESSION)
    with pytest.raises(Unavailable):
        search.finds(LONG, "one more")
    assert search.finds(other(1), "of another session") is None
    search.now_s += 1
    assert search.finds(LONG, "one more") is None


def test_nor_are_more_wrong_ones_of_all_sessions() -> None:
    search = Search()
    for number in range(SEARCHES_A_SECOND // SEARCHES_OF_ONE_SESSION):
        search.wrong(other(number), SEARCHES_OF_ONE_SESSION)
    with pytest.raises(Unavailable):
        search.finds(LONG, "one more")


def test_who_was_found_before_is_let_in_whatever_others_send() -> None:
    search = Search()
    search.finds(LONG, guid(LONG, 3))
    search.wrong(LONG, SEARCHES_OF_ONE_SESSION)
    assert search.finds(LONG, guid(LONG, 3)) == 3


def test_what_wrong_ones_cost_is_bounded() -> None:
    search = Search()
    search.wrong(LONG, SEARCHES_OF_ONE_SESSION)
    assert search.derived <= SEARCHES_OF_ONE_SESSION * len(rules.rehearsed(LONG, REHEARSAL))


NEW = replace(FRESH, number=1, issued_ms=START, superseded=(Superseded(0, START),))
"""A new GUID that was handed out at once and has not been used."""
LATE_MS = ROTATING.reuse_after_ms


@pytest.mark.parametrize(
    ("session", "limits", "after_ms", "behind"),
    [
        (NEW, STATIC, LATE_MS, False),
        (NEW, STATIC, LATE_MS + 1, True),
        (NEW, ROTATING, LATE_MS + 1, True),
        (replace(NEW, adopted_ms=START), STATIC, LATE_MS + 1, False),
        (replace(FRESH, issued_ms=START), STATIC, LATE_MS + 1, False),
    ],
    ids=["not long", "long", "in AUTHMODE 2", "adopted", "never rotated"],
)
def test_a_client_that_goes_on_with_an_old_guid_lags_after_a_hold_and_2_s(
    session: Session, limits: Limits, after_ms: int, behind: bool
) -> None:
    assert lags(session, limits, START + after_ms) is behind


@pytest.mark.parametrize(
    ("session", "limits", "after_ms", "behind"),
    [
        (NEW, SHORT, 1_999, False),
        (NEW, SHORT, 2_000, True),
        (NEW, replace(SHORT, outages=(Outage(START + 1, START + 3),)), 2_002, False),
        (NEW, replace(SHORT, lenient=True), 2_000, False),
        (replace(NEW, superseded=(Superseded(0, START, waiting=True),)), SHORT, 2_000, False),
        (replace(NEW, superseded=()), SHORT, 2_000, False),
    ],
    ids=["not half", "half", "put off by an outage", "nothing runs out", "not handed out", "unknown"],
)
def test_or_after_half_of_the_grace_where_that_is_less(
    session: Session, limits: Limits, after_ms: int, behind: bool
) -> None:
    assert lags(session, limits, START + after_ms) is behind


@pytest.mark.parametrize(
    ("session", "number", "lagged"),
    [(NEW, 0, True), (NEW, 1, False), (replace(NEW, adopted_ms=START), 0, False), (FRESH, -1, False)],
    ids=["the one before", "the newest", "the newest was used", "never rotated"],
)
def test_a_refused_guid_tells_whether_its_client_ignored_the_newest(
    session: Session, number: int, lagged: bool
) -> None:
    assert has_lagged(session, guid(session, number), RING.derive) is lagged


@pytest.mark.parametrize(("number", "left"), [(30, False), (31, True), (39, True), (40, False)])
def test_a_refused_guid_of_the_live_session_was_left(number: int, left: bool) -> None:
    assert was_left(LONG, guid(LONG, number), RING.derive) is left
