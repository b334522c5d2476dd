"""Queues, waiting calls, the VDN on the wire: every counter tells the same (docs/contact_centre.md, Queries)."""

from collections.abc import AsyncIterator

import pytest

from tests.support.desk import Desk
from tests.support.scene import Scene, ask, scene


@pytest.fixture
async def now() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


async def waiting_for_queue_1(desk: Desk) -> dict[str, object]:
    """How many calls wait for queue 1, as each query has it."""
    numbers = await ask(desk, "queuedevice/{id}/queryacdstat", {"skills": [1]}, method="POST")
    older = await ask(desk, "queuedevice/{id}/queryskillstat", {"skills": [1]}, method="POST")
    return {
        "skillwaitnum": await ask(desk, "queuedevice/{id}/skillwaitnum/1"),
        "waitcallinfo": len(await ask(desk, "calldata/{id}/waitcallinfo/1")),
        "queryacdstat": numbers[0]["queueSize"],
        "queryskillstat": older[0]["queueSize"],
        "skillstatisticinfo": (await ask(desk, "querymonitor/{id}/skillstatisticinfo/1"))["queueSize"],
    }


async def waiting_at_all(desk: Desk) -> dict[str, object]:
    """How many calls wait for the queues of an agent who has them all, as each query has it."""
    return {
        "waitnum": await ask(desk, "queuedevice/{id}/waitnum"),
        "waitnumbyagent": await ask(desk, "queuedevice/{id}/waitnumbyagent"),
        "systemstate": (await ask(desk, "querymonitor/{id}/systemstate"))["waitingCalls"],
    }


async def test_every_counter_of_a_queue_is_the_same(now: Scene) -> None:
    assert set((await waiting_for_queue_1(now.busy)).values()) == {1}
    assert set((await waiting_at_all(now.inspector)).values()) == {2}


async def test_every_counter_follows_a_customer_who_gives_up(now: Scene) -> None:
    await now.hall.centre.customers.hang_up(now.waiting_call)
    assert set((await waiting_for_queue_1(now.busy)).values()) == {0}
    assert set((await waiting_at_all(now.inspector)).values()) == {1}


async def test_every_counter_follows_an_agent_who_takes_the_call(now: Scene) -> None:
    assert (await now.busy.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"
    assert set((await waiting_for_queue_1(now.busy)).values()) == {0}
    state = await ask(now.busy, "querymonitor/{id}/systemstate")
    assert (state["talkingAgents"], state["idleAgents"], state["busyAgents"]) == (2, 0, 1)


async def test_a_waiting_call_is_told_with_its_queue_and_for_how_long(now: Scene) -> None:
    [told] = await ask(now.busy, "calldata/{id}/waitcallinfo/1")
    assert (told["callid"], told["caller"]) == (now.waiting_call, "15500000002")
    assert (told["callskillid"], told["callskill"], told["logontimes"], told["mediaType"]) == (1, "Service", 20, 5)
    numbers = await ask(now.busy, "querymonitor/{id}/skillstatisticinfo/1")
    assert numbers["queueTime"] == 20


async def test_agents_of_a_queue_are_counted_as_they_are_listed(now: Scene) -> None:
    numbers = await ask(now.busy, "querymonitor/{id}/skillstatisticinfo/1")
    assert numbers["loggedOnAgents"] == len(await ask(now.busy, "agentgroup/{id}/agentidsbyskill/1")) == 4
    assert numbers["availAgents"] == len(await ask(now.busy, "agentgroup/{id}/idleagent")) == 0


async def test_the_vdn_in_numbers_agrees_with_its_lists(now: Scene) -> None:
    told = await ask(now.busy, "querymonitor/{id}/systemstate")
    assert told == {
        "vdnid": 1,
        "loggedOnAgents": len(await ask(now.busy, "agentgroup/{id}/onlineagentonvdn")),
        "idleAgents": len(await ask(now.busy, "agentgroup/{id}/agentlistbystatus?status=4")),
        "busyAgents": len(await ask(now.busy, "agentgroup/{id}/agentlistbystatus?status=3")),
        "talkingAgents": len(await ask(now.busy, "agentgroup/{id}/agentlistbystatus?status=7")),
        "talkingCalls": 2,
        "waitingCalls": 2,
    }


async def test_queues_of_the_vdn_are_the_same_in_each_list(now: Scene) -> None:
    own = await ask(now.busy, "queuedevice/{id}/agentvdnskill")
    assert own == await ask(now.busy, "queuedevice/{id}/vdnskill/1")
    assert own == await ask(now.busy, "queuedevice/{id}/agentskill/119")


@pytest.mark.parametrize(("path", "code"), [("vdnskill/2", "600-002"), ("agentskill/999", "600-001")])
async def test_an_empty_list_has_a_code_and_no_result(now: Scene, path: str, code: str) -> None:
    answer = await now.busy.call("GET", f"queuedevice/{{id}}/{path}")
    assert (answer.status, answer.retcode, set(answer.json)) == (200, code, {"message", "retcode"})


async def test_at_most_100_queues_are_asked_about_at_a_time(now: Scene) -> None:
    wanted = {"skills": list(range(1, 102))}
    assert (await now.busy.call("POST", "queuedevice/{id}/queryacdstat", wanted)).retcode == "000-002"


async def test_the_cluster_is_the_one_that_sign_in_tells(now: Scene) -> None:
    told = await now.busy.sign_in(force=True)
    name = told.json["result"]["serverName"]
    [cluster] = await ask(now.busy, "querymonitor/{id}/clusterinfo")
    assert cluster["clusterName"] == name
    assert await ask(now.busy, f"querymonitor/{{id}}/clusterinfobyname/{name}") == cluster
    where = await ask(now.busy, "querymonitor/{id}/allagentclusterinfo")
    assert {agent["nodeName"] for agent in where} == set(cluster["nodes"]) == {now.busy.guid.partition(".")[2]}


async def test_the_server_s_time_is_that_of_events(now: Scene) -> None:
    time = await ask(now.busy, "querymonitor/{id}/servertime")
    await now.busy.call("POST", "onlineagent/{id}/cancelbusy")
    assert {event["eventGenTime"] for event in await now.busy.drain_events() if event["eventGenTime"] >= time} == {time}
