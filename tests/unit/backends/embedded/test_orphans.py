"""Agents in calls of processes that are gone, as another process sees them, under a clock of the test."""

import pytest

from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.orphans import Orphans
from gateway.events.lease import LEASE_S
from gateway.sessions.agent_state import State
from tests.support.hall import Hall

ENDED = ["AgentEvent_Call_Release", "AgentOther_PhoneRelease", "AgentState_Ready"]


class Other:
    """Another process than that of the hall; `living` are all but itself, `looks` those that freed somebody."""

    def __init__(self, hall: Hall) -> None:
        self.living = {hall.centre.orphans.process}
        self.clock_s = 1000.0
        self.looks = 0
        self.orphans = Orphans(
            "other",
            self,
            hall.store,
            hall.centre.parts.records.end_calls_of,
            freed=self._freed,
            regained=lambda: None,
            clock=lambda: self.clock_s,
        )

    async def _freed(self) -> None:
        self.looks += 1

    async def alive(self, process: str, _lease_ms: int) -> frozenset[str]:
        return frozenset({process, *self.living})

    async def leave(self, process: str) -> None:
        self.living.discard(process)

    async def rounds(self, seconds: float) -> None:
        """One word a second."""
        for _ in range(round(seconds)):
            self.clock_s += 1
            await self.orphans.say()
            await self.orphans.look()


@pytest.fixture
async def hall() -> Hall:
    """One agent, told of the call that it is in."""
    made = Hall()
    await made.enter(101)
    await made.customers.place(1, "138")
    await made.told(101)
    return made


async def test_while_the_process_lives_its_calls_go_on(hall: Hall) -> None:
    await Other(hall).rounds(3 * LEASE_S)
    assert ((await hall.state(101)).state, await hall.told(101)) == (State.TALKING, [])


async def test_when_it_is_gone_its_agents_are_told_and_free(hall: Hall) -> None:
    other = Other(hall)
    await other.rounds(2 * LEASE_S)
    other.living.clear()
    await other.rounds(LEASE_S)
    assert await hall.told(101) == []
    await other.rounds(1)
    assert (await hall.kinds(101), other.looks) == (ENDED, 1)
    state = await hall.state(101)
    assert (state.state, state.centre, state.calls) == (State.IDLE, "", ())


async def test_each_of_several_calls_is_told_of(hall: Hall) -> None:
    await hall.do(101, "hold")
    await hall.do(101, "callout", body={"called": "13900"})
    calls = (await hall.state(101)).calls
    await hall.told(101)
    other = Other(hall)
    other.living.clear()
    await other.rounds(LEASE_S + 1)
    told = await hall.told(101)
    assert tuple(each.content for each in told if each.kind == ENDED[0]) == calls
    assert len(calls) == 2


async def test_a_process_that_has_just_come_frees_nobody_before_it_was_alive_for_a_lease(hall: Hall) -> None:
    other = Other(hall)
    other.living.clear()
    await other.rounds(LEASE_S)
    before = (await hall.state(101)).state
    await other.rounds(1)
    assert (before, (await hall.state(101)).state) == (State.TALKING, State.IDLE)


async def test_of_two_that_find_the_agent_one_tells_it(hall: Hall) -> None:
    others = [Other(hall), Other(hall)]
    for other in others:
        other.living.clear()
        await other.rounds(LEASE_S)
    for other in others:
        await other.rounds(1)
    assert await hall.kinds(101) == ENDED


async def test_one_that_is_heard_of_again_keeps_its_calls(hall: Hall) -> None:
    other = Other(hall)
    await other.rounds(LEASE_S)
    for _ in range(5):
        other.living.clear()
        await other.rounds(LEASE_S - 1)
        other.living.add(hall.centre.orphans.process)
        await other.rounds(1)
    assert ((await hall.state(101)).state, await hall.told(101)) == (State.TALKING, [])


async def test_one_that_was_taken_for_dead_leaves_the_agent_to_its_new_life(hall: Hall) -> None:
    other = Other(hall)
    other.living.clear()
    await other.rounds(LEASE_S + 1)
    await hall.told(101)
    hall.centre.board.doubt()
    await hall.time.pass_s(3)
    assert (hall.world.calls, await hall.told(101)) == ({}, [])
    assert (await hall.state(101)).state is State.IDLE


async def test_a_process_frees_those_of_its_own_who_are_in_no_call_here(hall: Hall) -> None:
    """An answer of the store was lost when they were to be occupied, or freed."""
    await hall.enter(102)
    await hall.told(102)
    records = hall.centre.parts.records
    await records.occupy(hall.world.desks[102], Way.OWN)
    await hall.centre.orphans.say()
    await hall.centre.orphans.look()
    assert [(await hall.state(agent_id)).state for agent_id in (101, 102)] == [State.TALKING, State.IDLE]
    assert await hall.told(101) == []
