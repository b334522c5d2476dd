"""Which process works for a session, and its word that it is alive, under a clock of the test.

See docs/design/optimistic_swap.md.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from gateway.events import claims
from gateway.events.claims import LEASE_S, Claims, claiming
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.store import Bounds, Change, Seen, SessionStore
from gateway.wire.errors import StoreUnavailable
from tests.support.waiting import until
from tests.unit.sessions.samples import FRESH, START, record

AGENT = 101
DEAD = "NodeB-dead"


class World:
    """The living, as the store tells them, and the work of sessions; `away`: the store is out of reach."""

    name = "test"
    begun_a_second = 0

    def __init__(self) -> None:
        self.clock_s = 1000.0
        self.others: set[str] = set()
        self.away = self.look_fails = False
        self.looks = self.regained = 0
        self.begun: list[tuple[int, str, float]] = []
        self.store = MemorySessionStore(MemoryEventQueue(lambda: Bounds(10, 10_000)), lambda: START)
        self.claims = Claims("NodeA", self.store, self, self, clock=lambda: self.clock_s)

    async def alive(self, process: str, lease_ms: int) -> frozenset[str]:
        if self.away:
            raise StoreUnavailable
        assert lease_ms == LEASE_S * 1000
        return frozenset({process, *self.others})

    async def leave(self, process: str) -> None:
        if self.away:
            raise StoreUnavailable
        self.others.add(f"{process} left")

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        self.looks += 1
        if self.look_fails:
            raise StoreUnavailable
        return await shard.live()

    def is_done_here(self, seen: Seen) -> bool:
        return any(session_id == seen.session_id for _, session_id, _ in self.begun)

    def holder(self, session: Session) -> str | None:
        return session.way.holder if session.way else None

    def held_by(self, session: Session, process: str) -> Session:
        return replace(session, way=session.way and replace(session.way, holder=process))

    def begin(self, agent_id: int, session: Session, after_s: float) -> None:
        self.begun.append((agent_id, session.id, after_s))

    def resume(self) -> None:
        self.regained += 1

    async def open(self, holder: str | None, agent_id: int = AGENT, session_id: str = FRESH.id) -> None:
        """A session whose record names this process; None for one that needs no work."""
        way = None if holder is None else PushWay("https://crm.example.com/", holder=holder)
        session = replace(FRESH, id=session_id, way=way)
        await self.store.apply(agent_id, lambda before: Change(None, replace(before, session=session)))

    async def named(self) -> str | None:
        """The process in the record."""
        session = (await self.store.read(AGENT)).session
        return self.holder(session) if session else None

    async def a_lease_later(self) -> None:
        """In which this process has said that it is alive."""
        for _ in range(2):
            self.clock_s += LEASE_S * 0.6
            await self.claims.round(everything=True)


@pytest.fixture
def world() -> World:
    return World()


def test_two_processes_of_a_node_have_two_names(world: World) -> None:
    assert world.claims.process.startswith("NodeA-")
    assert world.claims.process != World().claims.process


async def test_it_works_from_its_first_word_on(world: World) -> None:
    assert not world.claims.hold()
    await world.claims.round()
    assert world.claims.hold()


async def test_it_stops_working_when_it_could_not_say_so_for_a_lease(world: World) -> None:
    await world.claims.round()
    world.away, world.clock_s = True, world.clock_s + LEASE_S
    with pytest.raises(StoreUnavailable):
        await world.claims.round()
    assert not world.claims.hold()


async def test_it_takes_nothing_over_before_a_whole_lease(world: World) -> None:
    await world.open(DEAD)
    await world.claims.round()
    world.clock_s += LEASE_S - 0.1
    await world.claims.round()
    assert (world.begun, await world.named()) == ([], DEAD)
    world.clock_s += 0.1
    await world.claims.round()
    assert (world.begun, await world.named()) == ([(AGENT, FRESH.id, 0)], world.claims.process)


async def test_a_lease_that_was_lost_begins_anew(world: World) -> None:
    await world.claims.round()
    await world.a_lease_later()
    assert world.regained == 1
    world.clock_s += LEASE_S
    await world.open(DEAD)
    await world.claims.round(everything=True)
    assert (world.begun, world.regained) == ([], 2)


async def test_nothing_is_taken_from_a_process_that_is_alive(world: World) -> None:
    world.others = {"NodeB-1"}
    await world.open("NodeB-1")
    await world.claims.round()
    await world.a_lease_later()
    assert (world.begun, await world.named()) == ([], "NodeB-1")


async def test_a_session_that_names_this_process_is_its_own_at_once(world: World) -> None:
    await world.open(world.claims.process)
    await world.claims.round()
    assert world.begun == [(AGENT, FRESH.id, 0)]


async def test_a_session_without_this_work_is_left_alone(world: World) -> None:
    await world.open(None)
    await world.claims.round()
    await world.a_lease_later()
    assert world.begun == []


async def test_what_is_done_here_is_not_begun_again(world: World) -> None:
    await world.open(world.claims.process)
    await world.claims.round()
    await world.a_lease_later()
    assert len(world.begun) == 1


async def test_a_great_take_over_is_spread(world: World) -> None:
    world.begun_a_second = 100
    for number in range(50):
        await world.open(world.claims.process, AGENT + number, f"{number:032x}")
    await world.claims.round()
    delays = [after_s for _, _, after_s in world.begun]
    assert len(set(delays)) == 50
    assert 0 <= min(delays) < max(delays) <= 0.5


def named(holder: str) -> Record:
    return record(replace(FRESH, way=PushWay("https://crm.example.com/", holder=holder)))


@pytest.mark.parametrize(("former", "taken"), [(DEAD, True), ("NodeB-other", False), ("", False)])
def test_a_session_is_claimed_from_the_process_that_is_dead_alone(world: World, former: str, taken: bool) -> None:
    change = claiming(world, FRESH.id, former, "NodeA-1")(named(DEAD))
    assert (change.outcome, change.record) == (taken, named("NodeA-1") if taken else None)


def test_claiming_twice_is_as_once(world: World) -> None:
    """The store repeats what it does not know the outcome of."""
    change = claiming(world, FRESH.id, DEAD, "NodeA-1")(named("NodeA-1"))
    assert (change.outcome, change.record) == (True, None)


@pytest.mark.parametrize("other", [record(None), record(), record(replace(FRESH, id="b" * 32, way=PushWay("", "")))])
def test_nothing_is_claimed_for_a_session_that_is_over_or_needs_none(world: World, other: Record) -> None:
    change = claiming(world, FRESH.id, "", "NodeA-1")(other)
    assert (change.outcome, change.record) == (False, None)


async def test_it_looks_when_somebody_came_or_went(world: World) -> None:
    await world.claims.round()
    await world.claims.round()
    assert world.looks == 1
    world.others = {"NodeB-1"}
    await world.claims.round()
    world.others = set()
    await world.claims.round()
    assert world.looks == 3


async def test_it_looks_again_after_a_look_that_failed(world: World) -> None:
    world.look_fails = True
    with pytest.raises(StoreUnavailable):
        await world.claims.round()
    world.look_fails = False
    await world.claims.round()
    await world.claims.round()
    assert world.looks == 2


async def test_it_looks_when_asked_to(world: World) -> None:
    await world.claims.round()
    world.claims.look_again()
    await world.claims.round()
    assert world.looks == 2


async def test_who_gives_up_works_for_nobody(world: World) -> None:
    await world.claims.round()
    world.claims.give_up()
    assert not world.claims.hold()


async def test_who_leaves_without_the_store_just_goes(world: World) -> None:
    world.away = True
    await world.claims.leave()


class Broken(World):
    """A look of it fails by a fault of ours."""

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        raise KeyError


async def test_a_look_that_fails_costs_no_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LOOK_EVERY_S", 0)
    world = Broken()
    said = 0
    word: Callable[[str, int], Awaitable[frozenset[str]]] = world.alive

    async def alive(process: str, lease_ms: int) -> frozenset[str]:
        nonlocal said
        said += 1
        return await word(process, lease_ms)

    monkeypatch.setattr(world, "alive", alive)
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    running = asyncio.create_task(world.claims.run(close))
    await until(lambda: said > 3)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert closed.is_set()
