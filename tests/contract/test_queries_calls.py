"""Questions about calls on the wire: every answer tells of the same calls (docs/contact_centre.md, Queries)."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.support.scene import Scene, ask, scene


@pytest.fixture
async def now() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


async def test_an_agent_s_calls_are_counted_and_listed_alike(now: Scene) -> None:
    own = [now.held_call, now.call]
    assert await ask(now.talking, "calldata/{id}/allcallid") == own
    assert await ask(now.talking, "calldata/{id}/callnums") == len(own)
    assert await ask(now.talking, "calldata/{id}/isprocesscall") is True
    assert await ask(now.inspector, "calldata/{id}/allcallinfoEx/101") == own
    told = await ask(now.inspector, "calldata/{id}/allcallinfo/101")
    assert [call["callid"] for call in told] == own
    assert await ask(now.talking, "calldata/{id}/remotenumbers") == ["15500000001", "15600000001"]


async def test_calls_on_hold_are_counted_and_listed_alike(now: Scene) -> None:
    [own] = await ask(now.talking, "calldata/{id}/holdlist")
    [seen] = await ask(now.inspector, "calldata/{id}/holdlistex/101")
    assert own["callid"] == seen["callid"] == now.held_call
    assert await ask(now.inspector, "calldata/{id}/agentholdnum/101") == 1


async def test_the_calls_of_the_vdn_are_those_of_agents_and_those_that_wait(now: Scene) -> None:
    told = {call["callid"] for call in await ask(now.inspector, "calldata/{id}/allcallinfoinvdn")}
    waiting = [
        call["callid"] for queue in (1, 3) for call in await ask(now.busy, f"calldata/{{id}}/waitcallinfo/{queue}")
    ]
    assert told == {now.held_call, now.call, *waiting}


async def test_an_agent_without_a_call_has_none_anywhere(now: Scene) -> None:
    assert await ask(now.busy, "calldata/{id}/allcallid") == []
    assert await ask(now.busy, "calldata/{id}/callnums") == 0
    assert await ask(now.busy, "calldata/{id}/isprocesscall") is False
    assert await ask(now.busy, "calldata/{id}/callinfo") is None
    assert (await now.busy.call("GET", "calldata/{id}/holdlist")).retcode == "400-003"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("allcallinfo/101", "900-002"),
        ("allcallinfoEx/101", "900-002"),
        ("allcallinfoinvdn", "900-002"),
        ("callRecordInfoList", "900-002"),
        ("holdlistex/101", "300-001"),
        ("agentholdnum/101", "300-001"),
    ],
)
async def test_other_agents_calls_are_an_inspector_s_business(now: Scene, path: str, code: str) -> None:
    assert (await now.busy.call("GET", f"calldata/{{id}}/{path}")).retcode == code


async def test_a_call_is_in_the_records_of_its_agent_once_it_is_over(now: Scene) -> None:
    assert await ask(now.talking, "calldata/{id}/queryselfcallrecordinfolist") == []
    assert (await now.talking.call("DELETE", "voicecall/{id}/release")).retcode == "0"
    [own] = await ask(now.talking, "calldata/{id}/queryselfcallrecordinfolist")
    assert [own] == await ask(now.inspector, "calldata/{id}/callRecordInfoList?workno=101")
    assert (own["callid"], own["workno"], own["called"]) == (now.call, "101", "15600000001")
    assert (own["endtime"] - own["begintime"]) == 60_000
    assert await ask(now.busy, "calldata/{id}/queryselfcallrecordinfolist") == []


async def test_the_day_s_numbers_follow_the_calls(now: Scene) -> None:
    await now.talking.call("DELETE", "voicecall/{id}/release")
    told = await ask(now.talking, "calldata/{id}/statisticsEx")
    assert told == {"talktime": 60, "answernums": 1, "calloutnums": 1}
    assert told == await ask(now.talking, "calldata/{id}/statistics")


async def test_a_reloaded_desktop_is_told_the_calls_and_the_events_so_far_are_gone(now: Scene) -> None:
    told = await ask(now.talking, "onlineagent/{id}/syncagentinfo", method="POST")
    state = told["agentStateInfo"]
    assert (state["mainCallId"], state["holdCallId"], state["curCallId"]) == (now.held_call, now.held_call, now.call)
    assert json.loads(told["callinfo"]) == await ask(now.talking, "calldata/{id}/callinfo")
    assert await now.talking.drain_events() == []
