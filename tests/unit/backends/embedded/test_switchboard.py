"""Turns: agents are occupied in their record, a failed turn changes nothing, ends on other nodes are noticed."""

import asyncio
from dataclasses import replace

import pytest

from gateway.backends.embedded.occupation import Way
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import EndReason
from gateway.sessions.signing import change_state
from gateway.wire.errors import Refused
from tests.support.hall import Hall


async def _elsewhere(hall: Hall, agent_id: int, state: AgentState) -> None:
    """Another node changes the record, and this one does not see it."""
    session_id = await hall.session_id(agent_id)
    await change_state(hall.service, agent_id, session_id, lambda _state, _now: (state, ()))


async def test_an_agent_who_went_busy_meanwhile_is_passed_over() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    await hall.time.pass_s(1)
    await hall.enter(102, autoanswer=False)
    await _elsewhere(hall, 101, replace(await hall.state(101), state=State.BUSY))
    await hall.customers.place(1, "138")
    assert (await hall.kinds(102))[-1] == "AgentEvent_Ringing"
    assert (await hall.state(101)).state is State.BUSY


async def test_an_agent_who_became_idle_elsewhere_is_found_while_calls_wait() -> None:
    hall = Hall()
    await hall.enter(101, status=3, autoanswer=False)
    await hall.customers.place(1, "138")
    await _elsewhere(hall, 101, replace(await hall.state(101), state=State.IDLE))
    await hall.time.pass_s(2)
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"


async def test_a_session_that_ended_elsewhere_leaves_its_calls() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.customers.place(1, "138")
    await hall.service.end(101, await hall.session_id(101), EndReason.IDLE)
    await hall.time.pass_s(2)
    assert not hall.world.calls


async def test_a_call_held_by_another_process_answers_100_007_and_says_so() -> None:
    hall = Hall()
    await hall.enter(101)
    await _elsewhere(hall, 101, AgentState(State.TALKING, centre="other.1"))
    with pytest.raises(Refused) as refusal:
        await hall.do(101, "hold")
    assert (refusal.value.retcode, "another node" in refusal.value.message) == ("100-007", True)


async def test_a_turn_that_fails_leaves_occupied_agents_as_they_were() -> None:
    hall = Hall()
    await hall.enter(101, status=3)
    before = await hall.state(101)

    async def fail() -> None:
        async with hall.centre.board.turn() as turn:
            await turn.occupy(hall.world.desks[101], Way.OWN)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert replace(await hall.state(101), previous=None) == before
    assert await hall.code(101, "callout", body={"called": "13900"}) == "0"


async def test_what_follows_from_a_turn_is_done_even_if_its_caller_is_gone() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.customers.place(1, "138")
    await hall.told(101)
    reached = asyncio.Event()
    go_on = asyncio.Event()
    real = hall.queue.append

    async def slow(*parcel: object) -> bool:
        reached.set()
        await go_on.wait()
        return await real(*parcel)  # type: ignore[arg-type]

    hall.queue.append = slow  # type: ignore[method-assign,assignment]
    request = asyncio.create_task(hall.do(101, "hold"))
    await reached.wait()
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    go_on.set()
    async with hall.centre.board.turn():
        assert len(hall.world.held(await hall.session_id(101))) == 1
    assert await hall.kinds(101) == ["AgentEvent_Hold"]


async def test_a_sign_out_by_force_ends_the_call_for_the_others() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.enter(102)
    await hall.do(101, "callInner", body={"called": "102"})
    await hall.told(102)
    await hall.leave(101)
    assert (await hall.kinds(102))[-1] == "AgentState_Ready"
    assert not hall.world.calls


async def test_who_signs_in_by_force_is_free_and_the_former_session_leaves_its_call() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.enter(102)
    await hall.do(101, "callInner", body={"called": "102"})
    await hall.enter(101, autoanswer=False)
    assert (await hall.state(102)).state is State.IDLE
    await hall.told(101)
    await hall.leave(102)
    await hall.customers.place(1, "138")
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"
