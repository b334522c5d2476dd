"""Polls whose GUID is judged by the record known here, until the store says that it is still that one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from gateway.backend import EndReason
from gateway.sessions import rules
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session, Superseded, Tombstone
from gateway.sessions.policy import Limits, Outage, Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds, Change
from gateway.settings.schema import Settings
from tests.unit.sessions.samples import AGENT, FRESH, GRACE, REHEARSAL, RING, ROTATING, START, STATIC, guid, record

NOW: Final = START + 50_000
USED: Final = replace(FRESH, adopted_ms=START + 1)
SECOND: Final = replace(
    FRESH,
    number=1,
    issued_ms=START + 10_000,
    adopted_ms=START + 20_000,
    superseded=(Superseded(0, START + 20_000, START + 20_000),),
)
"""The second generation is in use; the first one in its grace, but a poll with it would be a theft sign."""
UNUSED: Final = replace(
    FRESH, number=1, issued_ms=START + 10_000, superseded=(Superseded(0, START + 10_000, waiting=True),)
)


class Bench:
    """A service over a store that knows the record of the agent."""

    def __init__(self, kept: Record | None, **settings: Any) -> None:
        self.now_ms = NOW
        self.store = MemorySessionStore(MemoryEventQueue(lambda: Bounds(10, 1000)), lambda: self.now_ms)
        self.settings = Settings().model_copy(update=settings)
        self.service = SessionService(self.store, RING, lambda: Policy(self.settings))
        self.kept = kept

    async def presumed(self, session: Session, number: int) -> Any:
        kept = self.kept
        if kept is not None:
            await self.store.apply(AGENT, lambda _: Change(None, kept))
        return self.service.presume(AGENT, guid(session, number))


LEFT_JUST_NOW: Final = replace(SECOND, superseded=(Superseded(0, NOW - 10_000, NOW - 5_000),))


@pytest.mark.parametrize(
    ("session", "number", "settings", "until_ms"),
    [
        pytest.param(USED, 0, {}, None, id="current"),
        pytest.param(SECOND, 1, {}, None, id="current, with a parent"),
        pytest.param(LEFT_JUST_NOW, 0, {}, NOW - 10_000 + GRACE, id="in grace"),
        pytest.param(LEFT_JUST_NOW, 0, {"auth_mode": 1}, NOW - 10_000 + GRACE, id="in grace, AUTHMODE 1"),
        pytest.param(UNUSED, 0, {"auth_mode": 1}, None, id="last adopted, AUTHMODE 1"),
        pytest.param(replace(LEFT_JUST_NOW, rehearsed_from=0), 0, {"guid_rehearsal": True}, None, id="rehearsal"),
    ],
)
async def test_a_poll_that_changes_nothing_is_presumed_until_its_guid_ends(
    session: Session, number: int, settings: Mapping[str, object], until_ms: int | None
) -> None:
    found = await Bench(record(session), **settings).presumed(session, number)
    assert (found.caller.session, found.caller.number, found.caller.hand_out) == (session, number, "")
    assert found.until_ms == until_ms


TOMB: Final = Tombstone(FRESH.id, FRESH.node, FRESH.key_id, 0, NOW - 1, EndReason.TAKEN_OVER)
LEFT: Final = (Superseded(0, NOW - 30_000, NOW - 30_000),)


@pytest.mark.parametrize(
    ("kept", "number", "settings"),
    [
        pytest.param(None, 0, {}, id="nothing is known"),
        pytest.param(Record(AGENT), 0, {}, id="no session"),
        pytest.param(Record(AGENT, tombstones=(TOMB,)), 0, {}, id="the session is over"),
        pytest.param(record(replace(USED, id="b" * 32)), 0, {}, id="another session"),
        pytest.param(record(), 0, {}, id="it is not adopted yet"),
        pytest.param(record(USED), 1, {}, id="it is ahead of the record"),
        pytest.param(record(replace(USED, issued_ms=NOW - 60_000)), 0, {}, id="it is of age"),
        pytest.param(record(UNUSED), 0, {}, id="its successor is handed out again"),
        pytest.param(record(UNUSED), 1, {}, id="it is the first use of the successor"),
        pytest.param(record(replace(SECOND, superseded=LEFT)), 0, {}, id="it is a theft sign"),
        pytest.param(record(replace(USED, push=True)), 0, {}, id="its events are pushed"),
        pytest.param(record(USED), 0, {"session_max_time_ms": 50_000}, id="the session is too old"),
        pytest.param(record(USED), 0, {"guid_rehearsal": True}, id="the rehearsal has not begun for it"),
        pytest.param(
            record(replace(SECOND, rehearsed_from=0, superseded=(Superseded(0, START - GRACE, NOW - 1),))),
            0,
            {"guid_rehearsal": True},
            id="AUTHMODE 2 would have refused it",
        ),
        pytest.param(
            record(replace(SECOND, superseded=(Superseded(0, NOW - GRACE, NOW - 1),))), 0, {}, id="its grace is over"
        ),
    ],
)
async def test_a_poll_that_is_refused_or_changes_anything_is_not(
    kept: Record | None, number: int, settings: Mapping[str, object]
) -> None:
    bench = Bench(kept, **settings)
    assert await bench.presumed(FRESH, number) is None


async def test_who_is_presumed_is_seen_only_once_the_store_has_said_so() -> None:
    bench = Bench(record(USED))
    found = await bench.presumed(USED, 0)
    bench.now_ms += 5_000
    before_ms = [seen.seen_ms for seen in await bench.store.live()]
    bench.service.accepted(found.caller)
    assert (before_ms, [seen.seen_ms for seen in await bench.store.live()]) == ([NOW], [NOW + 5_000])


async def test_a_record_that_was_just_read_is_not_read_again() -> None:
    bench = Bench(record(USED))
    await bench.presumed(USED, 0)
    kept = record(replace(USED, client="as it was read"))
    caller = await bench.service.call(AGENT, guid(USED, 0), hands_out=True, just_read=kept)
    assert caller.record is kept


OUTAGES: Final = (Outage(NOW - 15_000, NOW + 5_000),)
EIGHTH: Final = replace(
    FRESH,
    number=8,
    issued_ms=NOW - 1_000,
    superseded=(
        Superseded(3, NOW - GRACE, NOW - GRACE),
        Superseded(4, NOW - GRACE + 1, NOW - 50_000),
        Superseded(5, NOW - 20_000, NOW - 15_000),
        Superseded(7, NOW - 1_000, waiting=True),
    ),
)


@pytest.mark.parametrize("outages", [(), OUTAGES], ids=["no outage", "an outage"])
@pytest.mark.parametrize("limits", [ROTATING, STATIC, REHEARSAL], ids=["AUTHMODE 2", "AUTHMODE 1", "rehearsal"])
@pytest.mark.parametrize(
    "session",
    [USED, SECOND, UNUSED, EIGHTH, replace(EIGHTH, adopted_ms=NOW), replace(EIGHTH, rehearsed_from=4)],
)
def test_a_verdict_lapses_when_the_check_says_otherwise_and_not_before(
    session: Session, limits: Limits, outages: tuple[Outage, ...]
) -> None:
    limits = replace(limits, outages=outages)

    def accepted(number: int, now_ms: int) -> bool:
        return isinstance(
            rules.check(record(session), guid(session, number), RING.derive, limits, now_ms), rules.Bearer
        )

    for number in filter(lambda number: accepted(number, NOW), range(session.number + 1)):
        until_ms = rules.lapses_ms(session, number, limits)
        if until_ms is None:
            assert accepted(number, NOW + 86_400_000)
        else:
            assert (accepted(number, until_ms - 1), accepted(number, until_ms)) == (True, False)
