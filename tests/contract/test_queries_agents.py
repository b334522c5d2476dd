"""The agentgroup group on the wire: lists agree with what each desktop is told (docs/contact_centre.md, Queries)."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.support.scene import Scene, ask, scene

STATES = {101: 7, 102: 3, 103: 8, 119: 3}


@pytest.fixture
async def now() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


async def test_the_scene_is_what_each_desktop_is_told(now: Scene) -> None:
    told = {desk.agent_id: (await desk.status()).json["result"]["agentState"] for desk in now.desks}
    assert told == STATES


@pytest.mark.parametrize("path", ["allagentstatus", "queryagentstatus"])
async def test_lists_of_everybody_have_each_agent_s_state(now: Scene, path: str) -> None:
    told = await ask(now.busy, f"agentgroup/{{id}}/{path}")
    assert {int(agent["workno"]): int(agent["status"]) for agent in told} == dict.fromkeys(range(101, 121), 2) | STATES


@pytest.mark.parametrize("path", ["onlineagentonvdn", "alllocalagentstatus", "agentbylist", "agentbyskill/1"])
async def test_lists_of_those_signed_in_have_each_agent_s_state(now: Scene, path: str) -> None:
    told = await ask(now.busy, f"agentgroup/{{id}}/{path}")
    assert {int(agent["workno"]): int(agent["status"]) for agent in told} == STATES


async def test_agents_by_status_are_together_everybody(now: Scene) -> None:
    counted = {
        status: len(await ask(now.busy, f"agentgroup/{{id}}/agentlistbystatus?status={status}"))
        for status in (2, 3, 4, 5, 7, 8)
    }
    assert counted == Counter({2: 16, 4: 0, 5: 0}) + Counter(STATES.values()) | {4: 0, 5: 0}


async def test_an_agent_who_becomes_idle_is_in_the_list_of_idle_ones(now: Scene) -> None:
    assert await ask(now.busy, "agentgroup/{id}/idleagent") == []
    customers = now.hall.centre.customers
    await customers.hang_up(now.waiting_call)
    assert (await now.busy.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"
    assert await ask(now.busy, "agentgroup/{id}/idleagent") == [{"workno": "102", "name": "Ben Okoro"}]


async def test_an_agent_s_calls_are_those_it_is_told_itself(now: Scene) -> None:
    told = await ask(now.inspector, "agentgroup/{id}/agentbyworkno/101")
    assert told["callids"] == await ask(now.talking, "calldata/{id}/allcallid") == [now.held_call, now.call]
    assert (told["status"], told["ctiStatus"]) == ("7", "5")


async def test_details_without_queues_are_asked_for_with_a_body(now: Scene) -> None:
    told = await ask(now.busy, "agentgroup/{id}/agentinfonoskills", {"agentlist": ["101", "103"]}, method="POST")
    assert [agent["currentstatetime"] for agent in told] == [100, 100]


async def test_a_body_comes_with_the_get_of_agents_of_a_queue(now: Scene) -> None:
    wanted = {"agentLimit": 1, "agentStatus": [3]}
    told = await ask(now.busy, "agentgroup/{id}/agentbyskill/1", wanted)
    assert [agent["workno"] for agent in told] == ["102"]


async def test_one_member_of_that_body_alone_is_refused(now: Scene) -> None:
    answer = await now.busy.call("GET", "agentgroup/{id}/agentbyskill/1", {"agentLimit": 1})
    assert answer.retcode == "000-002"


async def test_the_rest_under_way(now: Scene) -> None:
    told = await ask(now.resting, "agentgroup/{id}/agentrestinfo")
    assert told == {"restReasonId": 1, "restReason": "Lunch", "restTime": 600, "leftTime": 500}


@pytest.mark.parametrize(
    "path", ["iscensor", "ismonitor", "isspymonitor", "ispickup", "isreportmanager", "issystem", "iscallout"]
)
async def test_an_inspector_has_every_right_and_another_agent_may_call_out_only(now: Scene, path: str) -> None:
    assert await ask(now.inspector, f"agentgroup/{{id}}/{path}") is True
    assert await ask(now.busy, f"agentgroup/{{id}}/{path}") is (path == "iscallout")
