"""One contact centre for a store, and sessions that outlive it: real processes (docs/design/one_floor.md)."""

import asyncio
import signal

import pytest

from gateway.redis_store.floor_claim import LIFE_S
from tests.support.desk import Desk
from tests.support.gateway import ENDS_S, GatewayProcess
from tests.support.servers import Server, free_port
from tests.support.site import Site
from tests.support.waiting import until, until_async

BUSY, FREE = 3, 4
BUSY_NOW = "AgentState_SetNotReady_Success"


async def busy_desk(node: GatewayProcess, agent_id: int = 101) -> Desk:
    """An agent at work, who is busy."""
    desk = node.desk(agent_id)
    assert (await desk.sign_in()).retcode == "0"
    assert (await desk.call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
    return desk


async def state(desk: Desk) -> int:
    """What the contact centre says of the agent."""
    answer = await desk.status()
    assert answer.retcode == "0", answer
    found: int = answer.json["result"]["agentState"]
    return found


async def told(desk: Desk) -> list[str]:
    """Types of the events that wait for it."""
    return [event["eventType"] for event in await desk.drain_events()]


@pytest.fixture
def quick(alone_on_redis: Site) -> Site:
    """Polls are not held."""
    alone_on_redis.edit(AGENT_POLL_WAIT_FLAG="OFF")
    return alone_on_redis


async def test_agents_are_what_they_were_after_their_contact_centre_was_killed(quick: Site) -> None:
    first = await quick.start()
    desk = await busy_desk(first)
    await first.end(signal.SIGKILL)
    await quick.start(port=first.port)
    assert await state(desk) == BUSY
    signed_in = ["AgentOther_InService", "AgentState_Ready", BUSY_NOW]
    assert await told(desk) == signed_in * 2


async def test_who_was_in_a_call_when_the_contact_centre_was_killed_is_told_of_its_end_and_free(quick: Site) -> None:
    first = await quick.start()
    desk = first.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    assert (await desk.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"
    await told(desk)
    await first.end(signal.SIGKILL)
    await quick.start(port=first.port)
    assert (await told(desk))[:3] == ["AgentEvent_Call_Release", "AgentOther_PhoneRelease", "AgentState_Ready"]
    assert await state(desk) == FREE
    assert (await desk.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"


async def test_a_second_contact_centre_is_refused_and_told_what_to_set(quick: Site) -> None:
    first = await quick.start()
    desk = await busy_desk(first)
    code, said = await quick.serve_to_the_end(NODE_NAME="NodeB", HTTP_PORT=str(free_port()))
    assert code == 1
    assert all(name in said.splitlines()[-1] for name in ("BACKEND = upstream", "UPSTREAM_URL", "STORE_TAG"))
    assert await state(desk) == BUSY


async def test_a_gateway_of_the_other_kind_is_refused(quick: Site) -> None:
    first = await quick.start()
    code, said = await quick.serve_to_the_end(
        NODE_NAME="NodeB", HTTP_PORT=str(free_port()), BACKEND="upstream", UPSTREAM_URL=f"http://127.0.0.1:{first.port}"
    )
    assert code == 1
    assert "BACKEND = embedded uses the store" in said.splitlines()[-1]


async def test_one_that_starts_while_the_other_drains_takes_over_from_it(quick: Site) -> None:
    quick.edit(DRAIN_TIME="3000")
    first = await quick.start()
    desk = await busy_desk(first)
    first.send(signal.SIGTERM)
    second = await quick.start("NodeB")
    async with asyncio.timeout(ENDS_S):
        assert await first.process.wait() == 0
    desk.port = second.port
    assert await state(desk) == BUSY


async def test_one_that_stood_still_for_too_long_writes_nothing_any_more_and_ends(quick: Site) -> None:
    first = await quick.start()
    desk = await busy_desk(first)
    first.send(signal.SIGSTOP)
    second = await quick.start("NodeB")
    moved = second.desk(101)
    moved.guid = desk.guid
    assert await state(moved) == BUSY
    assert (await moved.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"
    before = await told(moved)
    first.send(signal.SIGCONT)
    assert (await desk.call("POST", "onlineagent/{id}/saybusy")).status == 503
    assert await first.end(signal.SIGCONT) == 1
    assert "another gateway runs the contact centre of this store by now" in first.log.read_text()
    assert (await state(moved), before[-1], await told(moved)) == (FREE, "AgentState_CancelNotReady_Success", [])


async def test_an_outage_of_the_store_ends_no_contact_centre(quick: Site, redis_server: Server) -> None:
    first = await quick.start()
    desk = await busy_desk(first)
    redis_server.freeze()
    await asyncio.sleep(LIFE_S + 1)  # The claim runs out meanwhile.
    redis_server.thaw()

    async def works_again() -> bool:
        return (await desk.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"

    await until_async(works_again)
    assert await state(desk) == FREE
    await until(lambda: redis_server.ask("HGET", "{agentgateway}:floor", "number") == "1")
    assert first.process.returncode is None
