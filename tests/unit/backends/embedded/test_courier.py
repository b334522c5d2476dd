"""Events and states reach agents in order, later when the store is away."""

from collections.abc import Sequence
from functools import partial

from gateway.sessions.agent_state import State
from gateway.sessions.model import Event, Record
from gateway.sessions.store import Change, Rule, SessionStore
from gateway.wire.errors import StoreUnavailable
from tests.support.hall import Hall

AWAY, THERE = 101, 103


class Outage:
    """Makes the store and the queue of a hall refuse while `on`: for all agents, or for those of one agent's shard."""

    def __init__(self, hall: Hall, agent_id: int | None = None) -> None:
        self.on = False
        self._hall = hall
        self._shard = None if agent_id is None else hall.store.shard_of(agent_id)
        self._apply, self._append = hall.store.apply, hall.queue.append
        hall.store.apply = self.apply  # type: ignore[method-assign,assignment]
        hall.queue.append = self.append  # type: ignore[method-assign]
        for shard in hall.store.shards():
            shard.in_reach = partial(self._in_reach, shard)  # type: ignore[method-assign]

    def _in_reach(self, shard: SessionStore) -> bool:
        return not self.on or self._shard not in {None, shard}

    def _refuse(self, agent_id: int) -> None:
        if not self._in_reach(self._hall.store.shard_of(agent_id)):
            raise StoreUnavailable

    async def apply(self, agent_id: int, rule: Rule[object], **more: object) -> object:
        self._refuse(agent_id)
        return await self._apply(agent_id, rule)

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event]) -> bool:
        self._refuse(agent_id)
        return await self._append(agent_id, session_id, events)


async def test_what_happens_in_calls_during_an_outage_is_told_afterwards_in_order() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    call_id = await hall.customers.place(1, "138")
    await hall.do(101, "answer")
    await hall.told(101)
    outage = Outage(hall)
    outage.on = True
    await hall.do(101, "hold")
    await hall.do(101, "getHold")
    await hall.customers.hang_up(call_id)
    await hall.time.pass_s(3)
    assert await hall.told(101) == []
    assert (await hall.state(101)).state is State.TALKING
    outage.on = False
    await hall.time.pass_s(1)
    assert await hall.kinds(101) == [
        "AgentEvent_Hold",
        "AgentEvent_Talking",
        "AgentEvent_Customer_Release",
        "AgentEvent_Call_Release",
        "AgentOther_PhoneRelease",
        "AgentState_Ready",
    ]
    assert (await hall.state(101)).state is State.IDLE


async def test_a_call_that_came_during_an_outage_is_routed_after_it() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    await hall.told(101)
    outage = Outage(hall)
    outage.on = True
    await hall.customers.place(1, "138")
    assert len(hall.world.queues[1]) == 1
    outage.on = False
    await hall.time.pass_s(2)
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"


async def test_events_wait_for_the_shard_of_their_agent_alone() -> None:
    hall = Hall(shards=2)
    calls = {}
    for agent_id in (AWAY, THERE):
        await hall.enter(agent_id, autoanswer=False)
        calls[agent_id] = await hall.customers.place(1, "138")
        await hall.do(agent_id, "answer")
        await hall.told(agent_id)
    outage = Outage(hall, AWAY)
    outage.on = True
    for agent_id in (AWAY, THERE):
        await hall.customers.hang_up(calls[agent_id])
    assert [bool(await hall.told(agent_id)) for agent_id in (AWAY, THERE)] == [False, True]
    outage.on = False
    await hall.time.pass_s(1)
    assert (await hall.kinds(AWAY))[-1] == "AgentState_Ready"


async def test_calls_go_past_agents_of_a_shard_that_is_out_of_reach() -> None:
    hall = Hall(shards=2)
    for agent_id in (AWAY, THERE):
        await hall.enter(agent_id, autoanswer=False)
        await hall.told(agent_id)
        await hall.time.pass_s(1)
    outage = Outage(hall, AWAY)
    outage.on = True
    await hall.customers.place(1, "138")
    assert (await hall.kinds(THERE))[-1] == "AgentEvent_Ringing"


async def test_events_of_a_session_that_is_over_are_dropped_and_its_calls_end() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.customers.place(1, "138")

    await hall.store.apply(101, lambda _record: Change(None, Record(101)))
    (call,) = hall.world.calls.values()
    await hall.customers.hang_up(call.id)
    assert not hall.world.calls
    assert 101 not in hall.world.desks
