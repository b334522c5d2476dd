"""Questions about calls. The floor holds every result against its model."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.contact_centre.floor.plan import Plan, VoiceMenu
from tests.support.floor import NOW, Floor, open_floor

PLAN = Plan(access={"60001": 1}, ivrs={"70001": VoiceMenu("70001", 41, seconds=8)})


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(PLAN, 101, 102, 119) as made:
        await made.do(119, "sayBusy")
        yield made


async def customer(floor: Floor, number: str = "15500000001", data: str = "gold") -> str:
    """A customer calls queue 1: 101 is the longest idle."""
    call_id: str = await floor.centre.customers.place(1, number, data=data)
    return call_id


async def test_the_present_call_in_full(floor: Floor) -> None:
    await floor.pass_time(5)
    call_id = await customer(floor)
    await floor.pass_time(7)
    assert await floor.do(101, "queryCallInfo") == "0"
    assert floor.result == {
        "callfeature": 0,
        "callid": call_id,
        "caller": "15500000001",
        "called": "60001",
        "callskill": "Service",
        "callskillid": 1,
        "orgicallednum": "60001",
        "calldata": "gold",
        "begintime": NOW + 5000,
        "endtime": None,
        "userPriority": 0,
        "trunkNo": 65535,
        "logontimes": 7,
    }


async def test_without_a_call_the_last_one_is_told_unless_it_is_not_wanted(floor: Floor) -> None:
    call_id = await customer(floor)
    await floor.pass_time(7)
    await floor.do(101, "release")
    assert await floor.do(101, "queryCallInfo") == "0"
    assert (floor.result["callid"], floor.result["endtime"]) == (call_id, NOW + 7000)
    assert await floor.do(101, "queryCallInfo", isNoContainLastCall="true") == "0"
    assert floor.result is None


async def test_a_call_before_it_is_answered(floor: Floor) -> None:
    await floor.do(101, "setAgentAutoAnswer", isautoanswer="false")
    call_id = await customer(floor)
    assert await floor.do(101, "queryCallInfoBeforeAnswer") == "0"
    assert (floor.result["callid"], floor.result["begintime"]) == (call_id, None)
    await floor.do(101, "answer")
    assert await floor.do(101, "queryCallInfoBeforeAnswer") == "0"
    assert floor.result is None


async def test_a_call_by_its_id_is_told_to_its_agent_alone(floor: Floor) -> None:
    call_id = await customer(floor)
    assert await floor.do(101, "queryCallInfoByCallId", callid=call_id) == "0"
    assert floor.result["calldata"] == "gold"
    assert await floor.do(102, "queryCallInfoByCallId", callid=call_id) == "0"
    assert floor.result is None


async def test_call_data_may_be_read_in_base64(floor: Floor) -> None:
    await customer(floor, data="gold \u00e9")
    assert await floor.do(101, "queryCallAppData") == "0"
    assert floor.result == "gold \u00e9"
    assert await floor.do(101, "queryCallAppData", isEncodeResult="true") == "0"
    assert base64.b64decode(floor.result).decode() == "gold \u00e9"


@pytest.mark.parametrize("spelling", ["callId", "callid"])
async def test_call_data_of_a_call_by_its_id(floor: Floor, spelling: str) -> None:
    first = await customer(floor, data="first")
    await floor.do(101, "hold")
    assert await floor.do(101, "callInner", {"called": "102", "callappdata": "second"}) == "0"
    assert await floor.do(101, "queryCallAppData") == "0"
    assert floor.result == "second"
    assert await floor.do(101, "queryCallAppData", **{spelling: first}) == "0"
    assert floor.result == "first"


async def test_without_a_call_there_is_no_data(floor: Floor) -> None:
    assert await floor.do(101, "queryCallAppData") == "400-001"


async def test_the_business_s_data_comes_back_as_it_was_kept(floor: Floor) -> None:
    call_id = await customer(floor)
    await floor.do(101, "setCallBusinessData", {"callid": call_id, "order": 7, "tags": ["a"]})
    assert await floor.do(101, "getCallBusinessData", {"callid": call_id}) == "0"
    assert floor.result == {"order": 7, "tags": ["a"]}


async def test_calls_in_a_voice_menu_are_counted_and_listed(floor: Floor) -> None:
    call_id = await customer(floor)
    order = {"devicetype": 3, "mode": 0, "address": "70001"}
    assert await floor.do(101, "transfer", order) == "0"
    assert await floor.do(119, "queryCallCountByIVRId", ivrid=41) == "0"
    assert floor.result == 1
    assert await floor.do(119, "queryWaitCallInfoByIVRId", ivrid=41) == "0"
    assert [call["callid"] for call in floor.result] == [call_id]
    assert await floor.do(119, "queryCallCountByIVRId", ivrid=42) == "0"
    assert floor.result == 0


async def test_no_call_waits_for_one_agent_alone(floor: Floor) -> None:
    await customer(floor)
    assert await floor.do(101, "queryPrivateCallInfo") == "0"
    assert floor.result == []


async def test_nothing_is_told_of_the_calls_of_an_unknown_agent(floor: Floor) -> None:
    assert await floor.do(119, "queryAllCallInfoByAgentWorkNo", workno=9999) == "100-011"
    assert await floor.do(119, "queryAllCallInfoByAgentWorkNo", workno=103) == "0"
    assert floor.result == []


async def over(floor: Floor, *numbers: str) -> list[str]:
    """Calls of 101, one after the other, 10 s each and 10 s between."""
    calls = []
    for number in numbers:
        calls.append(await customer(floor, number))
        await floor.pass_time(10)
        await floor.do(101, "release")
        await floor.do(102, "sayBusy")
        await floor.pass_time(10)
    return calls


async def recorded(floor: Floor, agent_id: int = 101, **values: object) -> list[str]:
    name = "querySelfCallRecordInfo" if agent_id == 101 else "queryCallRecordList"
    assert await floor.do(agent_id, name, **values) == "0"
    return [record["callid"] for record in floor.result]


async def test_records_are_told_from_position_to_position(floor: Floor) -> None:
    calls = await over(floor, "1550001", "1550002", "1550003")
    assert await recorded(floor) == calls
    assert await recorded(floor, startposition=1, endposition=2) == calls[1:2]


async def test_records_of_a_time_span(floor: Floor) -> None:
    calls = await over(floor, "1550001", "1550002", "1550003")
    second = datetime.fromtimestamp(NOW / 1000 + 20, UTC).strftime("%Y-%m-%d %H:%M:%S")
    assert await recorded(floor, startdate=second) == calls[1:]
    assert await recorded(floor, startdate=NOW + 20_000, enddate=NOW + 20_000) == calls[1:2]


async def test_records_of_a_queue(floor: Floor) -> None:
    calls = await over(floor, "1550001")
    assert await recorded(floor, skillid=1) == calls
    assert await recorded(floor, skillid=2) == []


async def test_a_time_that_is_none_is_refused(floor: Floor) -> None:
    assert await floor.do(101, "querySelfCallRecordInfo", startdate="yesterday") == "000-002"


async def test_a_call_of_two_agents_is_recorded_for_each(floor: Floor) -> None:
    call_id = await customer(floor)
    assert await floor.do(101, "innerHelp", {"dstaddress": "102", "devicetype": 2, "mode": 2}) == "0"
    await floor.do(101, "release")
    await floor.do(102, "release")
    assert await floor.do(119, "queryCallRecordList") == "0"
    assert [(record["callid"], record["workno"]) for record in floor.result] == [(call_id, "101"), (call_id, "102")]


@pytest.mark.parametrize(("roles", "code"), [((), "900-002"), (("reports",), "0"), (("inspector",), "0")])
async def test_records_of_others_need_a_right(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, roles: tuple[str, ...], code: str
) -> None:
    agent = floor.registry.get(102)
    assert agent is not None
    monkeypatch.setattr(floor.registry, "get", lambda _id: replace(agent, roles=frozenset(roles)))
    assert await floor.do(102, "queryCallRecordList", workno=101) == code


async def test_the_day_s_numbers(floor: Floor) -> None:
    await over(floor, "1550001", "1550002")
    assert await floor.do(101, "queryCallStatisticsInfoEx") == "0"
    assert floor.result == {"talktime": 20, "answernums": 2, "calloutnums": 0}


async def test_another_day_begins_anew(floor: Floor) -> None:
    await over(floor, "1550001")
    await floor.pass_time(86_400)
    assert await floor.do(101, "queryCallStatisticsInfoEx") == "0"
    assert floor.result == {"talktime": 0, "answernums": 0, "calloutnums": 0}
