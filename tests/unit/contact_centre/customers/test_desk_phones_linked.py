"""What agents do with a linked desk phone itself: each act has an event of its own, before those of the call."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

CUSTOMER, OUTSIDE = "13800000000", "13900"


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """Agent 101 has a linked phone, 102 has not."""
    async with open_floor(Plan(behaviours=(PATIENT,), barred=("110",))) as made:
        await made.sign_in(101, phonelinkage=True, autoanswer=False)
        await made.sign_in(102)
        yield made


async def act(floor: Floor, name: str, number: str = "", agent_id: int = 101) -> list[str]:
    """Uses the phone; what the agent is told."""
    await floor.centre.phones.act(agent_id, name, number)
    return await floor.types(agent_id)


async def talk(floor: Floor) -> str:
    call_id = await floor.centre.customers.place(1, CUSTOMER)
    assert await floor.do(101, "answer") == "0"
    await floor.hush()
    return call_id


async def test_who_dials_is_told_the_number_and_then_of_the_call(floor: Floor) -> None:
    told = await act(floor, "dial", OUTSIDE)
    assert told.index("AgentEvent_linkagePhoneCallOut") < told.index("AgentOther_PhoneOffhook")
    [call] = floor.world.calls.values()
    assert {leg.number for leg in call.legs} >= {OUTSIDE}


async def test_the_id_that_is_told_is_not_that_of_the_call(floor: Floor) -> None:
    await floor.centre.phones.act(101, "dial", OUTSIDE)
    content = dict(await floor.told(101))["AgentEvent_linkagePhoneCallOut"]
    assert content["addrCalled"] == {"address": OUTSIDE, "addressType": 6}
    assert content["callId"] not in floor.world.calls


async def test_hold_and_taking_back_are_told_and_done(floor: Floor) -> None:
    await talk(floor)
    session_id = floor.sessions[101]
    assert len(await act(floor, "hold")) > 0
    assert len(floor.world.held(session_id)) == 1
    assert len(await act(floor, "unhold")) > 0
    assert floor.world.held(session_id) == []


async def test_a_transfer_outside_ends_the_own_call_once_it_is_answered(floor: Floor) -> None:
    call_id = await talk(floor)
    assert (await act(floor, "transfer", OUTSIDE))[0] == "AgentEvent_linkagePhoneTransferOut"
    assert (await floor.state(101)).state is State.TALKING
    await floor.centre.customers.answer(call_id)
    assert (await floor.state(101)).state is not State.TALKING
    assert {leg.number for leg in floor.world.calls[call_id].legs} == {CUSTOMER, OUTSIDE}


@pytest.mark.parametrize(("name", "number"), [("dial", OUTSIDE), ("hold", ""), ("unhold", ""), ("transfer", OUTSIDE)])
async def test_a_phone_that_is_not_linked_does_nothing_by_itself(floor: Floor, name: str, number: str) -> None:
    with pytest.raises(NoSuchCallError, match="not linked"):
        await act(floor, name, number, agent_id=102)
    assert await floor.told(102) == []


@pytest.mark.parametrize(("name", "number"), [("hold", ""), ("unhold", ""), ("transfer", OUTSIDE), ("dial", "110")])
async def test_what_cannot_be_done_now_changes_nothing(floor: Floor, name: str, number: str) -> None:
    before = await floor.state(101)
    with pytest.raises(NoSuchCallError):
        await act(floor, name, number)
    assert (await floor.state(101), await floor.told(101), floor.world.calls) == (before, [], {})


async def test_nobody_dials_in_a_call(floor: Floor) -> None:
    await talk(floor)
    with pytest.raises(NoSuchCallError):
        await act(floor, "dial", OUTSIDE)
    assert len(floor.world.calls) == 1
