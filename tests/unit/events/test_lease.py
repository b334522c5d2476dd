"""The word of a process that it is alive (design section 8), under a clock of the test."""

import asyncio

import pytest

from gateway.events import lease
from gateway.events.lease import LEASE_S, Lease
from gateway.wire.errors import StoreUnavailable
from tests.support.waiting import until


class World:
    """The living, as the store tells them; `away`: it is out of reach."""

    def __init__(self) -> None:
        self.clock_s = 1000.0
        self.others: set[str] = set()
        self.away = self.look_fails = False
        self.looks = self.regained = 0
        self.lease = Lease("NodeA", self, self._look, regained=self._regained, clock=lambda: self.clock_s)

    async def alive(self, process: str, lease_ms: int) -> frozenset[str]:
        if self.away:
            raise StoreUnavailable
        assert lease_ms == LEASE_S * 1000
        return frozenset({process, *self.others})

    async def leave(self, process: str) -> None:
        if self.away:
            raise StoreUnavailable
        self.others.add(f"{process} left")

    async def _look(self) -> None:
        self.looks += 1
        if self.look_fails:
            raise StoreUnavailable

    def _regained(self) -> None:
        self.regained += 1


@pytest.fixture
def world() -> World:
    return World()


def test_two_processes_of_a_node_have_two_names(world: World) -> None:
    assert world.lease.process.startswith("NodeA-")
    assert world.lease.process != World().lease.process


async def test_it_works_from_its_first_word_on(world: World) -> None:
    assert not world.lease.holds()
    await world.lease.round()
    assert world.lease.holds()


async def test_it_stops_working_when_it_could_not_say_so_for_a_lease(world: World) -> None:
    await world.lease.round()
    world.away, world.clock_s = True, world.clock_s + LEASE_S
    with pytest.raises(StoreUnavailable):
        await world.lease.round()
    assert not world.lease.holds()


async def test_it_takes_nothing_over_before_a_whole_lease(world: World) -> None:
    await world.lease.round()
    world.clock_s += LEASE_S - 0.1
    await world.lease.round()
    assert not world.lease.may_take_over()
    world.clock_s += 0.1
    assert world.lease.may_take_over()


async def test_a_lease_that_was_lost_begins_anew(world: World) -> None:
    for _ in range(3):
        await world.lease.round()
        world.clock_s += LEASE_S / 2
    assert (world.lease.may_take_over(), world.regained) == (True, 1)
    world.clock_s += LEASE_S
    await world.lease.round()
    assert (world.lease.may_take_over(), world.regained) == (False, 2)


async def test_it_looks_when_somebody_came_or_went(world: World) -> None:
    await world.lease.round()
    await world.lease.round()
    assert world.looks == 1
    world.others = {"NodeB-1"}
    await world.lease.round()
    world.others = set()
    await world.lease.round()
    assert world.looks == 3


async def test_it_looks_again_after_a_look_that_failed(world: World) -> None:
    world.look_fails = True
    with pytest.raises(StoreUnavailable):
        await world.lease.round()
    world.look_fails = False
    await world.lease.round()
    await world.lease.round()
    assert world.looks == 2


async def test_it_looks_when_asked_to(world: World) -> None:
    await world.lease.round()
    world.lease.look_again()
    await world.lease.round()
    assert world.looks == 2


async def test_who_gives_up_works_for_nobody(world: World) -> None:
    await world.lease.round()
    world.lease.give_up()
    assert not world.lease.holds()


async def test_who_leaves_without_the_store_just_goes(world: World) -> None:
    world.away = True
    await world.lease.leave()


async def test_a_look_that_fails_costs_no_lease(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> None:
        raise KeyError

    monkeypatch.setattr(lease, "LOOK_EVERY_S", 0)
    running = asyncio.create_task(Lease("NodeA", world, fails, clock=lambda: world.clock_s).run())
    said = 0

    async def alive(process: str, lease_ms: int) -> frozenset[str]:
        nonlocal said
        said += 1
        return frozenset({process})

    monkeypatch.setattr(world, "alive", alive)
    await until(lambda: said > 3)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
