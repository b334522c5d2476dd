"""Answering with a linked phone, rejecting, picking up for others, taking waiting calls."""

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Plan, Team
from tests.support.hall import PATIENT, Hall


@pytest.fixture
async def hall() -> Hall:
    return Hall()


async def test_a_linked_phone_rings_until_it_is_lifted_even_with_automatic_answer(hall: Hall) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.customers.place(1, "138")
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"
    await hall.do(101, "phonePickup")
    assert await hall.kinds(101) == ["AgentOther_PhoneOffhook", "AgentEvent_Talking"]


async def test_a_linked_phone_that_is_hung_up_rejects(hall: Hall) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.customers.place(1, "138")
    await hall.told(101)
    await hall.do(101, "phoneHangUp")
    told = await hall.told(101)
    assert [event.kind for event in told] == [
        "AgentOther_PhoneRelease",
        "AgentEvent_No_Answer",
        "AgentState_SetNotReady_Success",
    ]
    assert told[0].content == {"phoneState": 2}
    assert hall.world.queues


async def test_with_a_linked_phone_a_call_out_begins_when_it_is_lifted(hall: Hall) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.told(101)
    await hall.do(101, "callout", body={"called": "13900"})
    assert await hall.kinds(101) == ["AgentOther_PhoneAlerting"]
    await hall.do(101, "phonePickup")
    assert await hall.kinds(101) == [
        "AgentOther_PhoneOffhook",
        "AgentState_Busy",
        "AgentEvent_Customer_Alerting",
    ]


@pytest.mark.parametrize("how", ["hang up", "no answer"])
async def test_with_a_linked_phone_that_is_not_lifted_the_call_out_fails(hall: Hall, how: str) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.do(101, "callout", body={"called": "13900"})
    await hall.told(101)
    if how == "hang up":
        await hall.do(101, "phoneHangUp")
    else:
        await hall.time.pass_s(20)
    assert sorted(await hall.kinds(101)) == [
        "AgentEvent_Call_Out_Fail",
        "AgentEvent_Connect_Fail",
        "AgentOther_PhoneRelease",
        "AgentState_Ready",
    ]
    assert not hall.world.calls


@pytest.mark.parametrize("operation", ["callInner", "callInnerSkill"])
async def test_with_a_linked_phone_the_other_agent_is_asked_only_when_it_is_lifted(hall: Hall, operation: str) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.enter(102, autoanswer=False)
    await hall.told(102)
    await hall.do(101, operation, body={"called": "102"} if operation == "callInner" else {"skillId": 1})
    assert await hall.told(102) == []
    await hall.do(101, "phonePickup")
    assert (await hall.kinds(102))[-1] == "AgentEvent_Ringing"


async def test_with_a_linked_phone_an_internal_call_fails_when_the_other_is_gone_by_then(hall: Hall) -> None:
    await hall.enter(101, phonelinkage=True)
    await hall.do(101, "callInner", body={"called": "102"})
    await hall.told(101)
    await hall.do(101, "phonePickup")
    assert "AgentEvent_Inside_Call_Fail" in await hall.kinds(101)
    assert (await hall.state(101)).state is State.IDLE


async def test_a_phone_that_stays_lifted_rings_once(hall: Hall) -> None:
    await hall.enter(101, releasephone=False)
    for _ in range(2):
        await hall.do(101, "release") if hall.world.calls else None
        await hall.customers.place(1, "138")
    kinds = await hall.kinds(101)
    assert kinds.count("AgentOther_PhoneAlerting") == kinds.count("AgentOther_PhoneOffhook") == 1
    assert "AgentOther_PhoneRelease" not in kinds
    await hall.do(101, "release")
    await hall.told(101)
    await hall.do(101, "releasePhone")
    assert [(told.kind, told.content) for told in await hall.told(101)] == [
        ("AgentOther_PhoneRelease", {"phoneState": 2})
    ]


async def test_an_internal_call_to_one_who_is_not_there_brings_the_one_event(hall: Hall) -> None:
    await hall.enter(101)
    await hall.told(101)
    call_id = await hall.do(101, "callInner", body={"called": "102"})
    assert [(told.kind, told.content) for told in await hall.told(101)] == [("AgentEvent_Inside_Call_Fail", call_id)]
    assert (await hall.state(101)).state is State.IDLE


@pytest.mark.parametrize("number", ["999", "101", "*5"])
async def test_an_internal_call_to_a_number_that_no_other_agent_has_is_refused(hall: Hall, number: str) -> None:
    await hall.enter(101)
    assert await hall.code(101, "callInner", body={"called": number}) == "200-001"


PLAN = Plan(behaviours=(PATIENT,), groups=(Team(1, "front", frozenset({101, 118})), Team(2, "back", frozenset({102}))))


@pytest.mark.parametrize(
    ("ringing", "picking", "code"),
    [(101, 118, "0"), (102, 118, "100-009"), (118, 101, "100-009"), (101, 119, "100-009")],
)
async def test_a_call_is_picked_up_within_the_group_with_the_right(ringing: int, picking: int, code: str) -> None:
    hall = Hall(PLAN)
    await hall.enter(ringing, autoanswer=False)
    await hall.customers.place(1, "138")
    await hall.enter(picking)
    assert await hall.code(picking, "snatchPickup", {"destWorkNo": str(ringing)}) == code


async def test_an_internal_call_is_not_picked_up(hall: Hall) -> None:
    await hall.enter(101, autoanswer=False)
    await hall.enter(102)
    await hall.enter(118)
    await hall.do(102, "callInner", body={"called": "101"})
    assert await hall.code(118, "snatchPickup", {"destWorkNo": "101"}) == "100-009"


async def test_a_chosen_call_is_taken_out_of_its_queue(hall: Hall) -> None:
    first, second = await hall.customers.place(1, "1381"), await hall.customers.place(1, "1382")
    await hall.enter(101, status=3)
    await hall.told(101)
    wanted = {"callid": second, "skilltype": "0", "skillId": "1"}
    assert await hall.code(101, "requestAppointedCall", {**wanted, "skillId": "2"}) == "100-009"
    await hall.do(101, "requestAppointedCall", wanted)
    assert [place.call.id for place in hall.world.queues[1]] == [first]
    kinds = await hall.kinds(101)
    assert kinds[:4] == [
        "AgentState_Busy",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentEvent_Talking",
    ]


async def test_a_rejected_help_is_told_to_who_asked(hall: Hall) -> None:
    await hall.enter(101, autoanswer=True)
    call_id = await hall.customers.place(1, "138")
    await hall.enter(102, autoanswer=False)
    help_id = await hall.do(101, "innerHelp", body={"dstaddress": "102"})
    await hall.told(101)
    await hall.do(102, "reject", body={"mode": 1})
    assert [(told.kind, told.content) for told in await hall.told(101)] == [("AgentEvent_Consult_Fail", help_id)]
    assert [call.id for call, _leg in hall.world.held(await hall.session_id(101))] == [call_id]
