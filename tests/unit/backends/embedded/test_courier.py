"""Events and states reach agents in order, later when the store is away."""

from collections.abc import Sequence

from gateway.sessions.agent_state import State
from gateway.sessions.model import Event, Record
from gateway.sessions.store import Change, Rule
from gateway.wire.errors import StoreUnavailable
from tests.support.hall import Hall


class Outage:
    """Makes the store and the queue of a hall refuse while `on`."""

    def __init__(self, hall: Hall) -> None:
        self.on = False
        self._apply, self._append = hall.store.apply, hall.queue.append
        hall.store.apply = self.apply  # type: ignore[method-assign,assignment]
        hall.queue.append = self.append  # type: ignore[method-assign]

    async def apply(self, agent_id: int, rule: Rule[object], **more: object) -> object:
        if self.on:
            raise StoreUnavailable
        return await self._apply(agent_id, rule)

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event]) -> bool:
        if self.on:
            raise StoreUnavailable
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


async def test_events_of_a_session_that_is_over_are_dropped_and_its_calls_end() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.customers.place(1, "138")

    await hall.store.apply(101, lambda _record: Change(None, Record(101)))
    (call,) = hall.world.calls.values()
    await hall.customers.hang_up(call.id)
    assert not hall.world.calls
    assert 101 not in hall.world.desks
