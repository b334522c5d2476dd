"""Conferences: asking for one, joining and leaving it, asking about it."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Behaviour, Plan
from tests.support.floor import NOW, Floor, Told, open_floor

CHAIR, BEN, CHEN, DANA, INSPECTOR = 101, 102, 103, 104, 119
CUSTOMER, BARRED = "13800000000", "110"
BY_ITSELF, REMOVED, HUNG_UP, ENDED, SIGNED_OUT, NO_REASON = 0, 1, 2, 3, 4, 255
JOINED, LEFT = 0, 1
PLAN = Plan(barred=(BARRED,), behaviours=(Behaviour(answer_s=None),))


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(PLAN, CHAIR, BEN, CHEN, INSPECTOR) as made:
        for agent in (BEN, CHEN, INSPECTOR):
            await made.do(agent, "setAgentAutoAnswer", isautoanswer="false")
            await made.do(agent, "resetSkill", autoflag="false", skillid="3")
        yield made


async def _begin(floor: Floor, seats: int = 5, **body: object) -> int:
    """CHAIR's conference; its id."""
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": seats, **body}) == "0", floor.message
    await floor.hush()
    return next(reversed(floor.world.activities.conferences))


async def _invite(floor: Floor, *agents: int, phones: tuple[str, ...] = ()) -> str:
    named = [{"addressType": "9", "address": str(agent)} for agent in agents]
    named += [{"addressType": "6", "address": phone} for phone in phones]
    return await floor.do(CHAIR, "batchAddParticipant", {"addresses": named})


async def _together(floor: Floor, *agents: int) -> int:
    """CHAIR and these agents in a conference; its id."""
    conf_id = await _begin(floor)
    await _invite(floor, *agents)
    for agent in agents:
        assert await floor.do(agent, "answerAgentConf") == "0"
    await floor.hush()
    return conf_id


def _changed(
    conf_id: int, who: object, change: int, reason: int = NO_REASON, *, kind: int = 9, result: int = 0
) -> Told:
    what = {"result": result, "changeReason": reason, "changeType": change, "confId": conf_id}
    return (
        "AgentConf_ParticipantChanged",
        {**what, "participant": str(who), "participantType": kind, "deviceCallType": 0, "deviceType": 0},
    )


async def test_the_asking_agent_joins_and_has_the_chair(floor: Floor) -> None:
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 3}) == "0"
    [conf_id] = floor.world.activities.conferences
    assert await floor.told(CHAIR) == [
        ("AgentState_Busy", None),
        ("AgentOther_PhoneAlerting", None),
        ("AgentOther_PhoneOffhook", {"type": "main"}),
        ("AgentConf_SelfJoinResult", {"confId": conf_id}),
        ("AgentConf_RequestSuccess", {"confId": conf_id}),
    ]
    assert (await floor.state(CHAIR)).state is State.TALKING


async def test_an_invited_agent_is_rung(floor: Floor) -> None:
    conf_id = await _begin(floor)
    assert await _invite(floor, BEN) == "0"
    call = floor.world.activities.conferences[conf_id].call
    assert await floor.told(BEN) == [
        ("AgentState_Busy", None),
        ("AgentOther_PhoneAlerting", {"callid": call.id, "caller": call.caller}),
        ("AgentConf_Ringing", {"confId": conf_id}),
    ]


async def test_who_answers_joins_and_the_others_are_told(floor: Floor) -> None:
    conf_id = await _together(floor, BEN)
    await _invite(floor, CHEN)
    await floor.hush()
    assert await floor.do(CHEN, "answerAgentConf") == "0"
    assert await floor.told(CHEN) == [
        ("AgentOther_PhoneOffhook", {"type": "main"}),
        ("AgentConf_SelfJoinResult", {"confId": conf_id}),
    ]
    joined = [_changed(conf_id, CHEN, JOINED)]
    assert [await floor.told(agent) for agent in (CHAIR, BEN)] == [joined, joined]


async def test_an_agent_who_answers_automatically_joins_at_once(floor: Floor) -> None:
    await floor.do(BEN, "setAgentAutoAnswer", isautoanswer="true")
    await _begin(floor)
    await _invite(floor, BEN)
    assert (await floor.types(BEN))[-2:] == ["AgentOther_PhoneOffhook", "AgentConf_SelfJoinResult"]


async def test_who_rejects_is_free_again_and_the_others_are_told(floor: Floor) -> None:
    conf_id = await _begin(floor)
    await _invite(floor, BEN)
    await floor.hush()
    assert await floor.do(BEN, "rejectAgentConf") == "0"
    assert await floor.types(BEN) == ["AgentOther_PhoneRelease", "AgentState_Ready"]
    assert await floor.told(CHAIR) == [_changed(conf_id, BEN, JOINED, result=1)]


async def test_who_does_not_answer_in_time_turns_busy(floor: Floor) -> None:
    conf_id = await _begin(floor)
    await _invite(floor, BEN)
    await floor.hush()
    await floor.pass_time(20)
    assert await floor.told(BEN) == [
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentState_SetNotReady_Success", {"reason": "2"}),
    ]
    assert await floor.told(CHAIR) == [_changed(conf_id, BEN, JOINED, result=1)]


async def test_agents_who_cannot_be_asked_are_told_of(floor: Floor) -> None:
    conf_id = await _begin(floor)
    await floor.do(BEN, "sayBusy")
    await floor.hush()
    assert await _invite(floor, BEN, DANA) == "0"
    assert await floor.told(CHAIR) == [_changed(conf_id, who, JOINED, result=1) for who in (BEN, DANA)]
    assert await floor.told(BEN) == []


async def test_who_leaves_is_free_again_and_the_others_are_told(floor: Floor) -> None:
    conf_id = await _together(floor, BEN, CHEN)
    assert await floor.do(BEN, "requestLeaveAgentConf") == "0"
    assert await floor.told(BEN) == [
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentConf_SelfLeaveResult", {"confId": conf_id}),
        ("AgentState_Ready", None),
    ]
    left = [_changed(conf_id, BEN, LEFT, BY_ITSELF)]
    assert [await floor.told(agent) for agent in (CHAIR, CHEN)] == [left, left]


@pytest.mark.parametrize(("how", "reason"), [("hangs up", HUNG_UP), ("signs out", SIGNED_OUT)])
async def test_the_others_are_told_how_somebody_left(floor: Floor, how: str, reason: int) -> None:
    conf_id = await _together(floor, BEN)
    if how == "hangs up":
        assert await floor.do(BEN, "releasePhone") == "0"
    else:
        await floor.sign_out(BEN)
    assert await floor.told(CHAIR) == [_changed(conf_id, BEN, LEFT, reason)]


@pytest.mark.parametrize("how", ["hangs up", "signs out"])
async def test_a_conference_ends_with_its_chair(floor: Floor, how: str) -> None:
    await _together(floor, BEN)
    if how == "hangs up":
        await floor.do(CHAIR, "releasePhone")
    else:
        await floor.sign_out(CHAIR)
    assert await floor.types(BEN) == ["AgentOther_PhoneRelease", "AgentConf_SelfLeaveResult", "AgentState_Ready"]
    assert (floor.world.activities.conferences, floor.world.calls) == ({}, {})


async def test_a_party_outside_joins_when_it_answers(floor: Floor) -> None:
    conf_id = await _begin(floor)
    assert await _invite(floor, phones=(CUSTOMER,)) == "0"
    assert await floor.told(CHAIR) == []
    [call_id] = floor.world.calls
    await floor.centre.customers.answer(call_id)
    assert await floor.told(CHAIR) == [_changed(conf_id, CUSTOMER, JOINED, kind=6)]


async def test_a_party_outside_leaves_when_it_hangs_up(floor: Floor) -> None:
    conf_id = await _begin(floor)
    await _invite(floor, phones=(CUSTOMER,))
    [call_id] = floor.world.calls
    await floor.centre.customers.answer(call_id)
    await floor.hush()
    await floor.centre.customers.hang_up(call_id)
    assert await floor.told(CHAIR) == [_changed(conf_id, CUSTOMER, LEFT, HUNG_UP, kind=6)]
    assert conf_id in floor.world.activities.conferences


@pytest.mark.parametrize("number", [CUSTOMER, f"{BARRED}1"], ids=["does not answer", "may not be called"])
async def test_a_party_outside_who_cannot_be_reached_is_told_of(floor: Floor, number: str) -> None:
    conf_id = await _begin(floor)
    await _invite(floor, phones=(number,))
    await floor.pass_time(45)
    assert await floor.told(CHAIR) == [_changed(conf_id, number, JOINED, kind=6, result=1)]


async def test_a_talking_agent_brings_the_parties_of_its_call(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(1, CUSTOMER)
    await floor.hush()
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 3}) == "0"
    assert await floor.types(CHAIR) == ["AgentConf_SelfJoinResult", "AgentConf_RequestSuccess"]
    [conference] = floor.world.activities.conferences.values()
    assert ([member.leg.number for member in conference.joined()], conference.call.id) == ([CUSTOMER, "101"], call_id)


async def test_the_call_that_was_brought_ends_for_the_agent_with_the_conference(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(1, CUSTOMER)
    await _begin(floor)
    assert await floor.do(CHAIR, "releaseAgentConf") == "0"
    assert ("AgentEvent_Call_Release", call_id) in await floor.told(CHAIR)
    assert floor.world.calls == {}


async def test_an_agent_who_was_called_may_not_turn_the_call_into_a_conference(floor: Floor) -> None:
    await floor.centre.customers.place(1, CUSTOMER)
    await floor.do(CHAIR, "innerHelp", {"dstaddress": str(BEN), "devicetype": 2, "mode": 2, "holdflag": False})
    await floor.do(BEN, "answer")
    assert await floor.do(BEN, "requestAgentConf", {"memberNum": 5}) == "100-009"
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 5}) == "0"


@pytest.mark.parametrize("operation", ["hold", "beginMute"])
async def test_a_call_that_is_not_steady_becomes_no_conference(floor: Floor, operation: str) -> None:
    await floor.centre.customers.place(1, CUSTOMER)
    await floor.do(CHAIR, operation)
    await floor.hush()
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 5}) == "100-009"
    assert await floor.told(CHAIR) == []


async def test_a_conference_that_needs_more_seats_than_there_are_is_refused_by_an_event() -> None:
    async with open_floor(Plan(conference_seats=5), CHAIR) as floor:
        assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 6}) == "0"
        assert await floor.told(CHAIR) == [("AgentConf_RequestFailed", {"cause": 21001})]
        assert (await floor.state(CHAIR)).state is State.IDLE


async def test_the_chair_is_reminded_before_the_end(floor: Floor) -> None:
    conf_id = await _begin(floor, time=10, promptTime=2)
    await floor.pass_time(8 * 60)
    assert await floor.told(CHAIR) == [("AgentConf_Timeout", {"confId": conf_id})]
    await floor.pass_time(2 * 60)
    assert (await floor.types(CHAIR))[-1] == "AgentState_Ready"


async def test_without_a_time_a_conference_lasts_an_hour(floor: Floor) -> None:
    await _begin(floor)
    await floor.pass_time(3599)
    assert floor.world.activities.conferences
    await floor.pass_time(1)
    assert not floor.world.activities.conferences


async def test_where_calls_are_recorded_conferences_are() -> None:
    async with open_floor(Plan(record=True), CHAIR) as floor:
        await floor.do(CHAIR, "requestAgentConf", {"memberNum": 3})
        assert "AgentMediaEvent_Record" in await floor.types(CHAIR)
        await floor.do(CHAIR, "releaseAgentConf")
        assert (await floor.types(CHAIR))[0] == "AgentMediaEvent_StopRecordDone"


@pytest.mark.parametrize(
    ("asking", "operation", "code"),
    [
        (BEN, "answerAgentConf", "101-001"),
        (BEN, "rejectAgentConf", "101-001"),
        (BEN, "requestLeaveAgentConf", "101-001"),
        (CHAIR, "answerAgentConf", "101-001"),
        (CHAIR, "rejectAgentConf", "101-001"),
        (CHAIR, "requestLeaveAgentConf", "101-007"),
    ],
)
async def test_what_cannot_be_done_now_changes_nothing(floor: Floor, asking: int, operation: str, code: str) -> None:
    await _begin(floor)
    assert await floor.do(asking, operation) == code
    assert [await floor.told(agent) for agent in floor.sessions] == [[]] * 4


async def test_an_agent_is_in_one_conference_at_most(floor: Floor) -> None:
    await _together(floor, BEN)
    await _invite(floor, CHEN)
    await floor.hush()
    for agent in (CHAIR, BEN, CHEN):
        assert await floor.do(agent, "requestAgentConf", {"memberNum": 5}) == "101-003"


async def test_only_idle_agents_may_ask(floor: Floor) -> None:
    await floor.do(CHAIR, "sayBusy")
    await floor.hush()
    assert await floor.do(CHAIR, "requestAgentConf", {"memberNum": 5}) == "100-009"
    assert (await floor.told(CHAIR), floor.world.activities.conferences) == ([], {})


@pytest.mark.parametrize(
    "named",
    [[{"addressType": "9", "address": "9999"}], [{"addressType": "6", "address": "x"}]],
    ids=["no agent", "no number"],
)
async def test_nobody_is_asked_when_one_address_is_wrong(floor: Floor, named: list[dict[str, str]]) -> None:
    await _begin(floor)
    both = [{"addressType": "9", "address": str(BEN)}, *named]
    assert await floor.do(CHAIR, "batchAddParticipant", {"addresses": both}) == "000-002"
    assert await floor.told(BEN) == []


async def test_more_than_the_seats_cannot_be_asked(floor: Floor) -> None:
    await _begin(floor, 2)
    assert await _invite(floor, BEN, CHEN) == "000-002"
    assert await _invite(floor, BEN) == "0"
    assert await floor.told(CHEN) == []


async def test_who_is_asked_already_is_passed_over(floor: Floor) -> None:
    await _together(floor, BEN)
    assert await _invite(floor, BEN, CHAIR) == "0"
    assert [await floor.told(agent) for agent in (CHAIR, BEN)] == [[], []]


@pytest.mark.parametrize("asking", [CHAIR, BEN, INSPECTOR])
async def test_members_and_inspectors_see_a_conference(floor: Floor, asking: int) -> None:
    conf_id = await _together(floor, BEN)
    await floor.pass_time(90)
    assert await floor.do(asking, "queryConfInfos", {}) == "0"
    [conference] = floor.result
    assert {name: value for name, value in conference.items() if name != "addresses"} == {
        "confId": conf_id,
        "confState": 0,
        "startTime": NOW,
        "applyConfTime": 60,
        "confHaveBeenTime": 1,
    }
    assert [(one["address"], one["addressType"], one["role"]) for one in conference["addresses"]] == [
        ("101", "9", 1),
        ("102", "9", 0),
    ]


async def test_strangers_see_no_conference(floor: Floor) -> None:
    await _together(floor, BEN)
    await floor.do(CHEN, "queryConfInfos", {})
    assert floor.result == []


async def test_an_inspector_may_list_the_conferences_it_asks_about(floor: Floor) -> None:
    conf_id = await _begin(floor)
    await floor.do(INSPECTOR, "queryConfInfos", {"confIds": [conf_id]})
    assert len(floor.result) == 1
    await floor.do(INSPECTOR, "queryConfInfos", {"confIds": [1]})
    assert floor.result == []


async def test_inspectors_alone_may_ask_for_the_conferences_of_the_vdn(floor: Floor) -> None:
    conf_id = await _begin(floor)
    assert await floor.do(INSPECTOR, "queryAllConfIds") == "0"
    assert floor.result == [conf_id]
    assert await floor.do(BEN, "queryAllConfIds") == "101-004"


async def test_an_inspector_ends_a_conference_by_its_call(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(1, CUSTOMER)
    await _begin(floor)
    assert await floor.do(INSPECTOR, "forceDropCall", callid=call_id) == "0"
    assert (floor.world.activities.conferences, floor.world.calls) == ({}, {})
