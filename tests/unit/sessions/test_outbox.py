"""The line from the contact centre to the store (the contract of `gateway.backend.Sink`)."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from gateway.backend import EndReason
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session
from gateway.sessions.outbox import Outbox
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import RECENT_IDS, Bounds, EventQueue, Rule, SessionStore
from gateway.settings.schema import Settings
from gateway.wire.envelope import Event
from gateway.wire.errors import StoreUnavailable, Unreadable
from tests.support.waiting import until
from tests.unit.sessions import samples
from tests.unit.sessions.node_pairs import START_MS, NodePair, event, opening, session

AGENT, OTHER = 101, 102
T = TypeVar("T")


class Weather:
    """Whether the store is out of reach, for whom its records cannot be read, and what it was asked for."""

    away = False
    answer_lost = False
    unreadable = 0
    appended: list[int]

    def __init__(self) -> None:
        self.appended = []

    async def pass_by(self) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable


class FarQueue(MemoryEventQueue):
    at_once = False
    weather: Weather

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        await self.weather.pass_by()
        self.weather.appended.append(len(events))
        done = await super().append(agent_id, session_id, events, note)
        if self.weather.answer_lost:
            raise StoreUnavailable
        return done

    async def clear(self, agent_id: int, session_id: str) -> None:
        await self.weather.pass_by()
        await super().clear(agent_id, session_id)


class FarStore(MemorySessionStore):
    weather: Weather

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        await self.weather.pass_by()
        if agent_id == self.weather.unreadable:
            raise Unreadable
        return await super().apply(agent_id, rule, known=known, durable=durable)


class Bench:
    """An outbox, and what it is told for the sessions of some agents."""

    def __init__(self, store: SessionStore, queue: EventQueue, weather: Weather | None = None) -> None:
        self.store, self.queue = store, queue
        self.weather = weather or Weather()
        self.bounds = Bounds(1000, 1_048_576)
        self.owed = 0
        self.pauses: list[float] = []
        self.service = SessionService(store, samples.RING, lambda: Policy(Settings()))
        self.outbox = Outbox(self.service, queue, lambda: self.bounds, self._owes, pause=self._pause)

    def _owes(self) -> None:
        self.owed += 1

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def sign_in(self, agent_id: int = AGENT) -> Session:
        opened = session()
        await self.store.apply(agent_id, opening(opened))
        return opened

    async def taken(self, opened: Session, agent_id: int = AGENT) -> list[bytes]:
        """All that a desktop fetches."""
        bodies = []
        while (head := await self.queue.head(agent_id, opened.id)) is not None:
            bodies.append(head.body)
            await self.queue.confirm(agent_id, opened.id, head.id)
        return bodies

    async def live(self, agent_id: int = AGENT) -> Session | None:
        return (await self.store.read(agent_id)).session


@pytest.fixture
def far() -> Bench:
    """Over a store that is not in this process."""
    weather = Weather()
    queue = FarQueue(lambda: Bounds(1000, 1_048_576))
    store = FarStore(queue, lambda: START_MS)
    queue.weather = store.weather = weather
    return Bench(store, queue, weather)


@pytest.fixture
def bench(pair: NodePair) -> Bench:
    return Bench(pair.one.store, pair.one.queue)


def numbered(*bodies: bytes) -> list[Event]:
    return [event(body) for body in bodies]


async def test_what_is_told_is_in_the_queue_in_order_with_the_newest_note(bench: Bench) -> None:
    opened = await bench.sign_in()
    notes = iter([b"first", b"second"])
    note = b"zero"
    bench.outbox.tell(AGENT, opened.id, numbered(b"1", b"2"), lambda: note)
    bench.outbox.tell(AGENT, opened.id, numbered(b"3"), lambda: next(notes))
    await bench.outbox.settled()
    assert await bench.queue.note(AGENT, opened.id) == b"first"
    assert await bench.taken(opened) == [b"1", b"2", b"3"]


async def test_what_is_told_in_one_step_is_written_together(far: Bench) -> None:
    opened = await far.sign_in()
    for body in (b"1", b"2", b"3"):
        far.outbox.tell(AGENT, opened.id, numbered(body), lambda: b"note")
    await far.outbox.settled()
    assert far.weather.appended == [3]


async def test_with_a_store_in_memory_an_event_is_there_at_once() -> None:
    queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
    bench = Bench(MemorySessionStore(queue, lambda: START_MS), queue)
    opened = await bench.sign_in()
    bench.outbox.tell(AGENT, opened.id, numbered(b"1"), lambda: b"note")
    assert (await queue.depth(AGENT), await queue.note(AGENT, opened.id)) == (1, b"note")


async def test_a_note_alone_is_kept(bench: Bench) -> None:
    opened = await bench.sign_in()
    bench.outbox.tell(AGENT, opened.id, note=lambda: b"note")
    await bench.outbox.settled()
    assert await bench.queue.note(AGENT, opened.id) == b"note"


async def test_what_was_told_before_can_be_made_void(bench: Bench) -> None:
    opened = await bench.sign_in()
    bench.outbox.tell(AGENT, opened.id, numbered(b"1"))
    await bench.outbox.settled()
    bench.outbox.tell(AGENT, opened.id, numbered(b"2"))
    bench.outbox.forget_events(AGENT, opened.id)
    bench.outbox.tell(AGENT, opened.id, numbered(b"3"))
    await bench.outbox.settled()
    assert await bench.taken(opened) == [b"3"]


async def test_an_agent_whom_the_centre_signs_out_is_out_and_the_end_is_owed(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    opened = await bench.sign_in()
    bench.outbox.ended(AGENT, opened.id, EndReason.FORCED, 900)
    bench.outbox.tell(AGENT, opened.id, numbered(b"late"))
    await bench.outbox.settled()
    assert await bench.live() is None
    assert [end.reason for end in await bench.store.owed(10)] == [EndReason.FORCED]
    assert bench.owed == 1
    assert "sign-out agent=101 reason=FORCED by=900" in caplog.text


async def test_an_end_meets_its_own_session_alone(bench: Bench) -> None:
    former = await bench.sign_in()
    later = await bench.sign_in()
    bench.outbox.ended(AGENT, former.id, EndReason.FORCED)
    await bench.outbox.settled()
    assert (await bench.live(), bench.owed) == (later, 0)


async def test_whether_an_agent_may_be_silent_is_in_its_session(bench: Bench) -> None:
    opened = await bench.sign_in()
    for silent in (True, False, True):
        bench.outbox.may_be_silent(AGENT, opened.id, silent)
    await bench.outbox.settled()
    assert await bench.live() == replace(opened, silent=True)
    bench.outbox.may_be_silent(AGENT, opened.id, False)
    await bench.outbox.settled()
    assert await bench.live() == opened


async def test_what_is_told_of_a_session_that_is_over_is_dropped(far: Bench) -> None:
    former = await far.sign_in()
    await far.sign_in()
    far.outbox.tell(AGENT, former.id, numbered(b"1"))
    far.outbox.may_be_silent(AGENT, former.id, True)
    far.outbox.tell(AGENT, former.id, numbered(b"2"))
    await far.outbox.settled()
    assert far.weather.appended == [1]


async def test_what_the_store_cannot_take_waits_in_order(far: Bench) -> None:
    opened, other = await far.sign_in(), await far.sign_in(OTHER)
    far.weather.away = True
    far.outbox.tell(AGENT, opened.id, numbered(b"1", b"2"), lambda: b"old")
    await far.outbox.settled()
    far.outbox.tell(OTHER, other.id, numbered(b"a"))
    far.outbox.tell(AGENT, opened.id, numbered(b"3"), lambda: b"new")
    far.outbox.may_be_silent(AGENT, opened.id, True)
    await far.outbox.settled()
    await until(lambda: len(far.pauses) > 5)
    assert far.pauses[:5] == [0.1, 0.2, 0.4, 0.8, 1.0]
    far.weather.away = False
    await until(lambda: sum(far.weather.appended) == 4)
    await far.outbox.settled()
    assert await far.taken(opened) == [b"1", b"2", b"3"]
    assert await far.taken(other, OTHER) == [b"a"]
    assert await far.queue.note(AGENT, opened.id) == b"new"
    assert await far.live() == replace(opened, silent=True)


async def test_a_write_whose_answer_was_lost_is_repeated_and_adds_nothing(far: Bench) -> None:
    opened, many = await far.sign_in(), [b"%d" % number for number in range(3 * RECENT_IDS)]
    far.weather.answer_lost = True
    far.outbox.tell(AGENT, opened.id, numbered(*many))
    await until(lambda: len(far.pauses) > 2)
    far.weather.answer_lost = False
    far.weather.appended.clear()
    await until(lambda: sum(far.weather.appended) == len(many))
    await far.outbox.settled()
    assert await far.taken(opened) == many


async def test_too_much_that_waits_loses_its_oldest_events_and_says_so_once(
    far: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    opened = await far.sign_in()
    far.weather.away, far.bounds = True, Bounds(3, 1_048_576)
    for number in range(9):
        far.outbox.tell(AGENT, opened.id, numbered(b"%d" % number))
        await far.outbox.settled()
    far.weather.away = False
    await until(lambda: bool(far.weather.appended))
    await far.outbox.settled()
    assert await far.taken(opened) == [b"6", b"7", b"8"]
    assert [entry.levelname for entry in caplog.records].count("ERROR") == 1


async def test_a_record_that_nobody_can_read_holds_up_no_other_agent(far: Bench) -> None:
    opened, other = await far.sign_in(), await far.sign_in(OTHER)
    far.weather.unreadable = AGENT
    far.outbox.ended(AGENT, opened.id, EndReason.FORCED)
    far.outbox.ended(OTHER, other.id, EndReason.FORCED)
    await far.outbox.settled()
    assert await far.live(OTHER) is None
    assert far.pauses == []


async def test_a_note_that_cannot_be_made_stops_nothing(far: Bench, caplog: pytest.LogCaptureFixture) -> None:
    opened = await far.sign_in()

    def broken() -> bytes:
        raise KeyError

    far.outbox.tell(AGENT, opened.id, numbered(b"1"), broken)
    await far.outbox.settled()
    far.outbox.tell(AGENT, opened.id, numbered(b"2"))
    await far.outbox.settled()
    assert await far.taken(opened) == [b"1", b"2"]
    assert "KeyError" in caplog.text


async def test_a_shutdown_writes_what_it_can(far: Bench, caplog: pytest.LogCaptureFixture) -> None:
    opened = await far.sign_in()
    far.weather.away = True
    far.outbox.tell(AGENT, opened.id, numbered(b"1"))
    await far.outbox.settled()
    far.weather.away = False
    await far.outbox.close()
    assert await far.taken(opened) == [b"1"]
    far.weather.away = True
    far.outbox.tell(AGENT, opened.id, numbered(b"2"))
    await far.outbox.close(0.01)
    assert "told 1 sessions is lost" in caplog.text
