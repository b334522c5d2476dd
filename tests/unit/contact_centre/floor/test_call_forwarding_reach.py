"""Calls to an agent who forwards them (`setforwarding`): who gets them, what everybody is told."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Stage
from gateway.contact_centre.floor.plan import Behaviour, Plan
from tests.support.floor import Floor, open_floor

CALLER, ABSENT, OTHER = 101, 102, 103
OUTSIDE, CUSTOMER = "13900000000", "13800000000"
PLAN = Plan(behaviours=(Behaviour(answer_s=None),))


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(PLAN) as made:
        await made.sign_in(CALLER, ABSENT, OTHER, autoanswer=False)
        yield made


async def forward(floor: Floor, kind: str, number: object, agent: int = ABSENT) -> None:
    assert await floor.do(agent, "setForwarding", {"forwardingType": kind, "forwardDN": str(number)}) == "0"


async def call(floor: Floor) -> str:
    """The caller calls the agent who forwards; who is rung."""
    assert await floor.do(CALLER, "callInner", {"called": str(ABSENT)}) == "0"
    return rung(floor)


def rung(floor: Floor) -> str:
    """Who is asked to answer just now, "" for nobody."""
    legs = [leg for one in floor.world.calls.values() for leg in one.legs if leg.stage is Stage.RINGING]
    return ",".join(leg.number for leg in legs)


@pytest.mark.parametrize("number", [str(OTHER), OUTSIDE])
async def test_all_calls_are_forwarded_at_once(floor: Floor, number: str) -> None:
    await forward(floor, "forwardImmediate", number)
    assert await call(floor) == number
    assert await floor.told(ABSENT) == []


async def test_a_free_agent_gets_the_call_itself_unless_all_are_forwarded(floor: Floor) -> None:
    await forward(floor, "forwardBusy", OUTSIDE)
    await forward(floor, "forwardNoAns", OUTSIDE)
    assert await call(floor) == str(ABSENT)


async def test_calls_are_forwarded_while_the_agent_is_not_free(floor: Floor) -> None:
    await forward(floor, "forwardBusy", OUTSIDE)
    await floor.do(ABSENT, "rest", time=60, restcause=1)
    assert await call(floor) == OUTSIDE


async def test_calls_are_forwarded_while_the_phone_cannot_be_used(floor: Floor) -> None:
    await forward(floor, "forwardBusy", OUTSIDE)
    await floor.centre.phones.act(ABSENT, "lose")
    assert await call(floor) == OUTSIDE


async def test_a_call_that_the_agent_lets_ring_is_forwarded_and_the_agent_is_busy(floor: Floor) -> None:
    await forward(floor, "forwardNoAns", OTHER)
    await call(floor)
    await floor.hush()
    await floor.pass_time(20)
    assert rung(floor) == str(OTHER)
    assert (await floor.state(ABSENT)).state is State.BUSY
    assert await floor.types(ABSENT) == [
        "AgentEvent_No_Answer",
        "AgentOther_PhoneRelease",
        "AgentState_SetNotReady_Success",
    ]
    assert [kind for kind, _content in await floor.told(CALLER)] == ["AgentEvent_Customer_Alerting"]


async def test_a_forwarded_call_connects_the_caller_with_the_other(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OTHER)
    await call(floor)
    assert await floor.do(OTHER, "answer") == "0"
    assert "AgentEvent_Talking" in await floor.types(CALLER)
    assert "AgentEvent_Talking" in await floor.types(OTHER)


async def test_the_call_keeps_the_number_that_was_dialled(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OTHER)
    await call(floor)
    await floor.do(CALLER, "queryCallInfo")
    assert (floor.result["called"], floor.result["orgicallednum"]) == (str(OTHER), str(ABSENT))


@pytest.mark.parametrize("kind", ["forwardImmediate", "forwardNoAns"])
async def test_a_call_is_forwarded_once_and_never_in_a_circle(floor: Floor, kind: str) -> None:
    await forward(floor, kind, OTHER)
    await forward(floor, kind, ABSENT, agent=OTHER)
    await call(floor)
    await floor.pass_time(20 if kind == "forwardNoAns" else 0)
    assert rung(floor) == str(OTHER)
    await floor.pass_time(20)
    assert rung(floor) == ""
    assert "AgentEvent_Inside_Call_Fail" in await floor.types(CALLER)


async def test_a_call_that_leads_back_to_its_caller_fails(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", CALLER)
    assert await call(floor) == ""
    assert await floor.types(CALLER) == ["AgentEvent_Inside_Call_Fail"]
    assert (await floor.state(CALLER)).state is State.IDLE


async def test_a_call_fails_where_the_other_is_not_free_either(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OTHER)
    await floor.do(OTHER, "sayBusy")
    assert await call(floor) == ""
    assert await floor.types(CALLER) == ["AgentEvent_Inside_Call_Fail"]


async def test_a_call_that_nobody_is_free_for_ends_as_one_that_was_not_answered(floor: Floor) -> None:
    await forward(floor, "forwardNoAns", OTHER)
    await call(floor)
    await floor.do(OTHER, "sayBusy")
    await floor.pass_time(20)
    assert "AgentEvent_Inside_Call_Fail" in await floor.types(CALLER)
    assert floor.world.calls == {}


async def test_a_number_outside_that_does_not_answer_fails_the_call(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OUTSIDE)
    await call(floor)
    await floor.pass_time(45)
    assert "AgentEvent_Inside_Call_Fail" in await floor.types(CALLER)
    assert floor.world.calls == {}


async def test_a_linked_phone_that_is_lifted_for_the_call_is_forwarded_too(floor: Floor) -> None:
    await floor.sign_in(CALLER, phonelinkage=True, autoanswer=False)
    await forward(floor, "forwardImmediate", OUTSIDE)
    await floor.do(CALLER, "callInner", {"called": str(ABSENT)})
    assert await floor.do(CALLER, "phonePickup") == "0"
    assert rung(floor) == OUTSIDE


@pytest.mark.parametrize("mode", [0, 2, 3])
async def test_transfers_to_the_agent_are_forwarded(floor: Floor, mode: int) -> None:
    await floor.centre.customers.place(1, CUSTOMER)
    assert await floor.do(CALLER, "answer") == "0"
    await forward(floor, "forwardImmediate", OUTSIDE)
    transfer = {"devicetype": 2, "mode": mode, "address": str(ABSENT)}
    assert await floor.do(CALLER, "transfer", transfer) == "0"
    assert rung(floor) == OUTSIDE


async def test_a_transferred_customer_talks_with_the_number_outside(floor: Floor) -> None:
    await floor.centre.customers.place(1, CUSTOMER)
    await floor.do(CALLER, "answer")
    await forward(floor, "forwardImmediate", OUTSIDE)
    await floor.do(CALLER, "transfer", {"devicetype": 2, "mode": 2, "address": str(ABSENT)})
    (one,) = floor.world.calls.values()
    await floor.centre.customers.answer(one.id, OUTSIDE)
    assert [(leg.number, leg.stage) for leg in one.legs] == [(CUSTOMER, Stage.TALKING), (OUTSIDE, Stage.TALKING)]
    assert one.called == "60000"


async def test_help_is_asked_of_the_agent_in_person(floor: Floor) -> None:
    await floor.centre.customers.place(1, CUSTOMER)
    await floor.do(CALLER, "answer")
    await forward(floor, "forwardImmediate", OUTSIDE)
    assert await floor.do(CALLER, "innerHelp", {"dstaddress": str(ABSENT), "mode": 1}) == "0"
    assert rung(floor) == str(ABSENT)


async def test_calls_of_a_skill_queue_are_not_forwarded(floor: Floor) -> None:
    await floor.do(CALLER, "sayBusy")
    await floor.do(OTHER, "sayBusy")
    for kind in ("forwardImmediate", "forwardNoAns"):
        await forward(floor, kind, OUTSIDE)
    await floor.centre.customers.place(1, CUSTOMER)
    assert rung(floor) == str(ABSENT)
    await floor.pass_time(20)
    assert rung(floor) == ""


@pytest.mark.parametrize("kind", ["forwardImmediate", "forwardBusy"])
async def test_a_customer_of_the_agent_waits_for_the_other_one(floor: Floor, kind: str) -> None:
    await forward(floor, kind, OTHER)
    await floor.do(ABSENT, "sayBusy")
    await floor.do(OTHER, "sayBusy")
    await floor.centre.customers.place_for(ABSENT, CUSTOMER)
    assert rung(floor) == ""
    await floor.do(OTHER, "sayFree")
    assert rung(floor) == str(OTHER)


async def test_a_customer_of_the_agent_is_connected_with_the_number_outside(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OUTSIDE)
    call_id = await floor.centre.customers.place_for(ABSENT, CUSTOMER)
    await floor.centre.customers.answer(call_id, OUTSIDE)
    assert len(floor.world.calls[call_id].connected()) == 2
    await floor.centre.customers.hang_up(call_id, OUTSIDE)
    assert floor.world.calls == {}


async def test_a_customer_whom_nobody_answers_outside_is_released(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OUTSIDE)
    await floor.centre.customers.place_for(ABSENT, CUSTOMER)
    await floor.pass_time(45)
    assert floor.world.calls == {}


@pytest.mark.parametrize("number", [str(OTHER), OUTSIDE])
async def test_a_customer_whom_the_agent_lets_ring_goes_on(floor: Floor, number: str) -> None:
    await forward(floor, "forwardNoAns", number)
    await floor.centre.customers.place_for(ABSENT, CUSTOMER)
    assert rung(floor) == str(ABSENT)
    await floor.pass_time(20)
    assert rung(floor) == number


async def test_forwarding_ends_with_the_session(floor: Floor) -> None:
    await forward(floor, "forwardImmediate", OUTSIDE)
    await floor.sign_out(ABSENT)
    await floor.sign_in(ABSENT, autoanswer=False)
    assert await call(floor) == str(ABSENT)
