"""Plain settings of the calling agent, and what a desktop asks when it is loaded."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contact_centre.floor.call_forwarding import targets_of
from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import NOW, Floor, open_floor


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, 101, 102) as made:
        yield made


async def synced(floor: Floor, agent_id: int = 101) -> dict[str, Any]:
    """The state object for a reloaded desktop."""
    assert await floor.do(agent_id, "syncagentinfo") == "0"
    found: dict[str, Any] = floor.result["agentStateInfo"]
    return found


async def test_an_idle_agent_s_state_has_nothing_of_calls(floor: Floor) -> None:
    await floor.pass_time(5)
    assert await synced(floor) == {
        "callFeature": -1,
        "callData": "",
        "lastState": 255,
        "preBusy": False,
        "firsttalkingFlag": False,
        "workNo": "101",
        "qcWorkNo": "",
        "callerNo": "",
        "beginHoldTime": None,
        "state": 1,
        "talkingCallfeature": -1,
        "releaseFlag": 0,
        "calledNo": "",
        "mainCallId": "",
        "secondTalkingTime": None,
        "preRest": False,
        "recordID": "",
        "currentTime": str(NOW + 5000),
        "beginTalkingTime": None,
        "partner": "",
        "holdCallId": "",
        "agentStateBeginTime": NOW,
        "curCommand": 0,
        "curCallId": "",
        "cmdBeginTime": str(NOW),
    }
    assert floor.result["callinfo"] is None


async def test_the_events_so_far_are_dropped(floor: Floor) -> None:
    await floor.do(101, "sayBusy")
    await synced(floor)
    assert await floor.told(101) == []


async def test_events_after_it_come(floor: Floor) -> None:
    await synced(floor)
    await floor.do(101, "sayBusy")
    assert await floor.types(101) == ["AgentState_SetNotReady_Success"]


@pytest.mark.parametrize(
    ("operation", "values", "state"),
    [("sayBusy", {}, 4), ("sayWork", {}, 2), ("rest", {"time": 60, "restcause": 1}, 3)],
)
async def test_a_state_is_told_as_a_console_shows_it_with_the_one_before(
    floor: Floor, operation: str, values: dict[str, object], state: int
) -> None:
    await floor.do(101, operation, **values)
    told = await synced(floor)
    assert (told["state"], told["lastState"]) == (state, 1)


async def test_a_call_is_told_with_its_parties_and_times(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(1, "13800000000", data="gold")
    await floor.pass_time(7)
    told = await synced(floor)
    assert (told["state"], told["lastState"], told["firsttalkingFlag"]) == (9, 1, True)
    assert (told["callFeature"], told["talkingCallfeature"], told["callData"]) == (0, 0, "gold")
    assert (told["callerNo"], told["calledNo"], told["partner"]) == ("13800000000", "60000", "13800000000")
    assert (told["mainCallId"], told["curCallId"], told["holdCallId"]) == (call_id, call_id, "")
    assert (told["beginTalkingTime"], told["beginHoldTime"]) == (str(NOW), None)
    assert json.loads(floor.result["callinfo"])["callid"] == call_id


async def test_a_call_on_hold_and_a_second_one_are_told_apart(floor: Floor) -> None:
    first = await floor.centre.customers.place(1, "13800000000")
    await floor.pass_time(7)
    await floor.do(101, "hold")
    on_hold = await synced(floor)
    assert (on_hold["state"], on_hold["holdCallId"], on_hold["curCallId"]) == (11, first, first)
    await floor.pass_time(3)
    assert await floor.do(101, "callInner", {"called": "102"}) == "0"
    second = floor.result
    told = await synced(floor)
    assert (told["mainCallId"], told["holdCallId"], told["curCallId"]) == (first, first, second)
    assert (told["callFeature"], told["talkingCallfeature"], told["firsttalkingFlag"]) == (6, 6, False)
    assert (told["beginTalkingTime"], told["beginHoldTime"]) == (str(NOW), str(NOW + 7000))
    assert (told["secondTalkingTime"], told["partner"]) == (str(NOW + 10_000), "102")


@pytest.mark.parametrize(
    ("operation", "values", "flags"),
    [("sayBusy", {}, (True, False)), ("rest", {"time": 60, "restcause": 1}, (False, True))],
)
async def test_a_state_asked_for_during_a_call_is_told(
    floor: Floor, operation: str, values: dict[str, object], flags: tuple[bool, bool]
) -> None:
    await floor.centre.customers.place(1, "13800000000")
    await floor.do(101, operation, **values)
    told = await synced(floor)
    assert (told["preBusy"], told["preRest"]) == flags


async def test_a_recorded_call_has_the_id_of_its_recording(floor: Floor) -> None:
    await floor.do(101, "setAgentSelfRecord", recordflag=1, recordbeforetalking=0)
    await floor.centre.customers.place(1, "13800000000")
    told = {kind: content for kind, content in await floor.told(101) if kind == "AgentMediaEvent_Record"}
    assert (await synced(floor))["recordID"] == told["AgentMediaEvent_Record"]["recordID"] != ""


async def test_playing_a_file_is_told(floor: Floor) -> None:
    assert await floor.do(101, "beginPlay", {"voicepath": "y:/1/0/20270115/102/1000000.V3"}) == "0"
    assert (await synced(floor))["state"] == 5


async def test_a_conference_is_told_to_who_is_in_it_and_who_is_asked(floor: Floor) -> None:
    await floor.do(102, "setAgentAutoAnswer", isautoanswer="false")
    assert await floor.do(101, "requestAgentConf", {"memberNum": 5}) == "0"
    assert await floor.do(101, "batchAddParticipant", {"addresses": [{"addressType": "9", "address": "102"}]}) == "0"
    assert [(await synced(floor, agent))["state"] for agent in (101, 102)] == [10, 8]


async def test_an_inspected_agent_is_told_by_whom(floor: Floor) -> None:
    await floor.sign_in(119)
    assert await floor.do(119, "addSupervise", workNo=101) == "0"
    assert (await synced(floor))["qcWorkNo"] == "119"
    assert (await synced(floor, 119))["state"] == 16


async def test_the_softphone_gets_its_number_and_another_password_each_time(floor: Floor) -> None:
    assert await floor.do(101, "loginInfo") == "0"
    first = floor.result
    assert await floor.do(101, "loginInfo") == "0"
    assert first["phonenum"] == "6001"
    assert len({first["phonetoken"], floor.result["phonetoken"]}) == 2


async def test_another_phone_is_used_from_now_on(floor: Floor) -> None:
    assert await floor.do(101, "bindAgentPhone", {"phonenum": "6002"}) == "0"
    assert (await floor.state(101)).phone == "6002"


async def test_a_phone_that_is_no_number_cannot_be_bound(floor: Floor) -> None:
    assert await floor.do(101, "bindAgentPhone", {"phonenum": "desk"}) == "100-013"
    assert (await floor.state(101)).phone == "6001"


async def test_the_phone_stays_during_a_call(floor: Floor) -> None:
    await floor.centre.customers.place(1, "13800000000")
    assert await floor.do(101, "bindAgentPhone", {"phonenum": "6002"}) == "100-009"
    assert (await floor.state(101)).phone == "6001"


async def test_each_kind_of_forwarding_is_set_and_cancelled_by_itself(floor: Floor) -> None:
    for kind, number in (("forwardBusy", "102"), ("forwardNoAns", "13800000000")):
        assert await floor.do(101, "setForwarding", {"forwardingType": kind, "forwardDN": number}) == "0"
    assert targets_of(await floor.state(101)) == {"forwardBusy": 102, "forwardNoAns": "13800000000"}
    off = {"forwardingType": "forwardBusy", "activateForward": "false"}
    assert await floor.do(101, "setForwarding", off) == "0"
    assert targets_of(await floor.state(101)) == {"forwardNoAns": "13800000000"}


async def test_forwarding_is_cancelled_altogether_without_a_kind(floor: Floor) -> None:
    await floor.do(101, "setForwarding", {"forwardingType": "forwardBusy", "forwardDN": "102"})
    assert await floor.do(101, "setForwarding", {"activateForward": False}) == "0"
    assert (await floor.state(101)).forwarding == ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "000-002"),
        ({"forwardDN": "102"}, "000-002"),
        ({"forwardingType": "busy", "forwardDN": "102"}, "000-002"),
        ({"forwardingType": "busy", "activateForward": False}, "000-002"),
        ({"forwardingType": "forwardBusy"}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "desk"}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "1" * 25}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "101"}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "6001"}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "102", "activateForward": "perhaps"}, "000-002"),
        ({"forwardingType": "forwardBusy", "forwardDN": "9990000"}, "200-001"),
    ],
)
async def test_forwarding_that_cannot_be_is_refused_and_changes_nothing(body: dict[str, object], code: str) -> None:
    async with open_floor(Plan(barred=("999",)), 101) as floor:
        assert await floor.do(101, "setForwarding", body) == code
        assert (await floor.state(101)).forwarding == ""


async def test_what_a_former_version_kept_of_forwarding_means_nothing(floor: Floor) -> None:
    assert targets_of((await floor.state(101))._replace(forwarding='{"number":"6005","when":["busy"]}')) == {}


@pytest.mark.parametrize(("flag", "early"), [(1, 0), (1, 1), (0, 0)])
async def test_own_recording_is_switched(floor: Floor, flag: int, early: int) -> None:
    assert await floor.do(101, "setAgentSelfRecord", recordflag=flag, recordbeforetalking=early) == "0"
    state = await floor.state(101)
    assert (state.self_record, state.record_early) == (bool(flag), bool(early))
