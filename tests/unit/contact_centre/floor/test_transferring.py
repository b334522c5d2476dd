"""`transfer` in every mode: who talks to whom afterwards, and what each agent is told."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Stage
from gateway.contact_centre.floor.plan import Plan, VoiceMenu
from tests.support.hall import PATIENT, Hall

CUSTOMER, OUTSIDE = "13800000000", "13900"
PLAN = Plan(
    behaviours=(PATIENT,),
    access={"60002": 2},
    ivrs={"70001": VoiceMenu("70001", 1, seconds=8), "70002": VoiceMenu("70002", 2, seconds=8, then_skill=2)},
    barred=("110",),
)
LEFT = ["AgentEvent_Call_Release", "AgentOther_PhoneRelease", "AgentState_Ready"]
OFFERED = ["AgentState_Busy", "AgentOther_PhoneAlerting", "AgentEvent_Ringing"]
ROUTED = ["AgentState_Busy", "AgentEvent_Incoming_CallInfo", "AgentOther_PhoneAlerting", "AgentEvent_Ringing"]
ANSWERED = ["AgentOther_PhoneOffhook", "AgentEvent_Talking"]


class Floor(Hall):
    """Agent 101 talks with a customer of queue 1; 102 may be in queue 2."""

    call_id = ""

    async def begin(self) -> None:
        await self.enter(101, autoanswer=False, skills="1")
        self.call_id = await self.customers.place(1, CUSTOMER)
        await self.do(101, "answer")
        await self.enter(102, autoanswer=False, skills="2")
        await self.told(101)
        await self.told(102)

    async def transfer(self, device: int, mode: int, address: str, **more: object) -> str:
        body = {"devicetype": device, "mode": mode, "address": address, **more}
        return await self.code(101, "transfer", body=body)

    def parties(self, call_id: str = "") -> dict[str, Stage]:
        call = self.world.calls.get(call_id or self.call_id)
        return {leg.number: leg.stage for leg in call.legs} if call else {}


@pytest.fixture
async def floor() -> Floor:
    made = Floor(PLAN)
    await made.begin()
    return made


TALKING = Stage.TALKING


async def test_released_to_an_agent_the_first_leaves_at_once(floor: Floor) -> None:
    assert await floor.transfer(2, 0, "102") == "0"
    assert (await floor.kinds(101), await floor.kinds(102)) == (LEFT, OFFERED)
    await floor.do(102, "answer")
    assert await floor.kinds(102) == ANSWERED
    assert floor.parties() == {CUSTOMER: TALKING, "102": TALKING}


async def test_the_offer_says_that_it_is_a_transfer_and_from_whom(floor: Floor) -> None:
    await floor.transfer(2, 0, "102")
    content: dict[str, Any] = (await floor.told(102))[-1].content
    assert (content["transfer"], content["transfrom"], content["callid"]) == ("yes", "101", floor.call_id)


async def test_released_to_an_agent_who_does_not_answer_the_call_goes_back_to_its_queue(floor: Floor) -> None:
    await floor.transfer(2, 0, "102")
    await floor.time.pass_s(20)
    assert (await floor.kinds(102))[-1] == "AgentState_SetNotReady_Success"
    assert floor.parties() == {CUSTOMER: TALKING, "101": Stage.RINGING}


async def test_with_success_the_first_leaves_when_the_second_answers(floor: Floor) -> None:
    await floor.transfer(2, 2, "102")
    assert await floor.kinds(101) == ["AgentEvent_Customer_Alerting"]
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING, "102": Stage.RINGING}
    await floor.do(102, "answer")
    told = await floor.told(101)
    assert [event.kind for event in told] == ["AgentEvent_SuccTransResult", *LEFT]
    assert told[0].content == {"result": 0, "callId": floor.call_id}


@pytest.mark.parametrize("how", ["reject", "no answer"])
async def test_without_success_the_first_goes_on_talking(floor: Floor, how: str) -> None:
    await floor.transfer(2, 2, "102")
    await floor.told(101)
    if how == "reject":
        await floor.do(102, "reject", body={"mode": 2})
    else:
        await floor.time.pass_s(20)
    told = await floor.told(101)
    assert [event.kind for event in told] == ["AgentEvent_Connect_Fail", "AgentEvent_SuccTransResult"]
    assert told[1].content == {"result": 1, "callId": floor.call_id}
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}


async def test_when_the_customer_gives_up_meanwhile_everybody_is_released(floor: Floor) -> None:
    await floor.transfer(2, 2, "102")
    await floor.told(102)
    await floor.customers.hang_up(floor.call_id)
    assert (await floor.kinds(101))[-1] == "AgentState_Ready"
    assert await floor.kinds(102) == ["AgentEvent_Customer_Release", *LEFT]
    assert not floor.world.calls


@pytest.mark.parametrize(("device", "address"), [(1, "2"), (4, "60002")])
async def test_released_to_a_queue_its_agent_gets_the_call(floor: Floor, device: int, address: str) -> None:
    assert await floor.transfer(device, 0, address) == "0"
    assert (await floor.kinds(101), await floor.kinds(102)) == (LEFT, ROUTED)


@pytest.mark.parametrize(("device", "address"), [(1, "2"), (4, "60002")])
async def test_with_success_to_a_queue_the_first_keeps_the_customer_meanwhile(
    floor: Floor, device: int, address: str
) -> None:
    await floor.do(102, "sayBusy")
    await floor.transfer(device, 2, address)
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}
    await floor.told(102)
    await floor.do(102, "sayFree")
    assert await floor.kinds(102) == ["AgentState_CancelNotReady_Success", *ROUTED]
    await floor.do(102, "answer")
    assert (await floor.kinds(101))[-4:] == ["AgentEvent_SuccTransResult", *LEFT]


async def test_a_call_released_into_a_queue_counts_it(floor: Floor) -> None:
    await floor.transfer(1, 0, "2")
    content: dict[str, Any] = next(told.content for told in await floor.told(102) if "Incoming" in told.kind)
    assert (content["lastReleaseAgentId"], content["releaseAndReQueueCount"]) == (101, 1)


async def test_talk_first_then_leave_the_two_together(floor: Floor) -> None:
    assert await floor.transfer(2, 3, "102") == "0"
    await floor.do(102, "answer")
    assert await floor.kinds(101) == ["AgentEvent_Hold", "AgentEvent_Customer_Alerting", "AgentEvent_Talking"]
    await floor.do(101, "release")
    assert await floor.kinds(101) == ["AgentEvent_Customer_Release", *LEFT]
    (call,) = floor.world.calls.values()
    assert floor.parties(call.id) == {"102": TALKING, CUSTOMER: TALKING}
    assert (call.caller, call.skill_id) == (CUSTOMER, 1)


async def test_a_customer_of_one_agent_who_was_talked_over_waits_for_that_agent_when_nobody_answers() -> None:
    floor = Floor(PLAN)
    for agent_id in (101, 102, 103):
        await floor.enter(agent_id, autoanswer=False, skills="2")
    await floor.customers.place_for(101, CUSTOMER)
    await floor.do(101, "answer")
    await floor.transfer(2, 3, "102")
    await floor.do(102, "answer")
    await floor.do(101, "release")
    await floor.do(101, "sayBusy")
    await floor.code(102, "transfer", body={"devicetype": 2, "mode": 0, "address": "103"})
    await floor.time.pass_s(20)
    (call,) = floor.world.calls.values()
    assert (call.for_agent, floor.parties(call.id)) == (101, {CUSTOMER: TALKING})


async def test_talk_first_then_take_the_customer_back(floor: Floor) -> None:
    await floor.transfer(5, 3, OUTSIDE, caller="4444")
    await floor.customers.answer("1800000000-2")
    await floor.told(101)
    await floor.do(101, "cancelTransfer")
    assert await floor.kinds(101) == [
        "AgentEvent_Call_Release",
        "AgentEvent_Customer_Release",
        "AgentEvent_Talking",
    ]
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}


async def test_three_parties_with_a_number_outside(floor: Floor) -> None:
    await floor.transfer(5, 4, OUTSIDE, holdflag="true")
    assert await floor.kinds(101) == ["AgentEvent_Hold", "AgentEvent_Customer_Alerting"]
    await floor.customers.answer(floor.call_id, OUTSIDE)
    assert await floor.kinds(101) == ["AgentEvent_Conference"]
    await floor.do(101, "release")
    assert floor.parties() == {CUSTOMER: TALKING, OUTSIDE: TALKING}


async def test_three_parties_that_do_not_come_about(floor: Floor) -> None:
    await floor.transfer(5, 4, OUTSIDE, holdflag=False)
    await floor.time.pass_s(45)
    assert await floor.kinds(101) == ["AgentEvent_Customer_Alerting", "AgentEvent_Connect_Fail"]
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}


async def test_released_to_a_number_outside(floor: Floor) -> None:
    await floor.transfer(5, 1, OUTSIDE)
    assert await floor.kinds(101) == LEFT
    await floor.customers.answer(floor.call_id, OUTSIDE)
    assert floor.parties() == {CUSTOMER: TALKING, OUTSIDE: TALKING}


async def test_released_to_a_number_that_does_not_answer_the_call_ends(floor: Floor) -> None:
    await floor.transfer(5, 1, OUTSIDE)
    await floor.customers.refuse(floor.call_id, OUTSIDE)
    assert not floor.world.calls


async def test_with_success_to_a_number_outside(floor: Floor) -> None:
    await floor.transfer(5, 2, OUTSIDE)
    await floor.customers.answer(floor.call_id, OUTSIDE)
    assert (await floor.kinds(101))[1:] == ["AgentEvent_SuccTransResult", *LEFT]


async def test_suspended_to_a_menu_the_customer_comes_back(floor: Floor) -> None:
    await floor.transfer(3, 1, "70001")
    assert floor.parties()["101"] is Stage.AT_IVR
    assert await floor.do(101, "queryCallCountByIVRId", {"ivrid": "1"}) == 1
    await floor.time.pass_s(8)
    assert await floor.kinds(101) == ["AgentEvent_ReturnFromIvr", "AgentEvent_Talking"]


@pytest.mark.parametrize(("address", "goes_on"), [("70001", False), ("70002", True)])
async def test_released_to_a_menu_the_customer_goes_where_it_leads(floor: Floor, address: str, goes_on: bool) -> None:
    await floor.transfer(3, 0, address)
    assert await floor.kinds(101) == LEFT
    await floor.time.pass_s(8)
    assert bool(floor.world.calls) is goes_on
    assert await floor.kinds(102) == (ROUTED if goes_on else [])


@pytest.mark.parametrize(
    ("device", "mode", "address", "code"),
    [
        (1, 0, "999", "200-001"),
        (4, 0, "999", "200-001"),
        (3, 0, "999", "200-001"),
        (2, 0, "999", "200-001"),
        (2, 0, "101", "200-001"),
        (5, 2, "11012", "200-001"),
        (2, 1, "102", "000-002"),
    ],
)
async def test_targets_that_do_not_exist_are_refused(
    floor: Floor, device: int, mode: int, address: str, code: str
) -> None:
    assert await floor.transfer(device, mode, address) == code
    assert await floor.told(101) == []
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}


@pytest.mark.parametrize(
    ("mode", "events"),
    [
        (0, ["AgentEvent_Connect_Fail"]),
        (2, ["AgentEvent_Connect_Fail", "AgentEvent_SuccTransResult"]),
        (3, ["AgentEvent_Connect_Fail"]),
    ],
)
async def test_an_agent_who_is_not_free_brings_the_events_of_failure_and_nothing_else(
    floor: Floor, mode: int, events: list[str]
) -> None:
    await floor.do(102, "sayBusy")
    assert await floor.transfer(2, mode, "102") == "0"
    assert await floor.kinds(101) == events
    assert floor.parties() == {CUSTOMER: TALKING, "101": TALKING}
    assert (await floor.state(102)).state is State.BUSY


async def test_one_transfer_at_a_time(floor: Floor) -> None:
    await floor.transfer(2, 2, "102")
    assert await floor.transfer(5, 2, OUTSIDE) == "100-009"


async def test_a_call_out_is_not_released_to_a_number() -> None:
    floor = Floor(replace(PLAN))
    await floor.enter(101)
    call_id = await floor.do(101, "callout", body={"called": OUTSIDE})
    await floor.customers.answer(call_id)
    assert await floor.transfer(5, 1, "13911") == "100-009"
