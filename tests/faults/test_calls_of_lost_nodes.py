"""A node is gone with the calls that it held: their agents are told and free again (design section 10)."""

import signal
from functools import partial

import pytest

from tests.support.desk import Desk
from tests.support.gateway import running_gateway
from tests.support.site import Site
from tests.support.waiting import until_async

LATEST_S = 60
FAST = {"AGENT_POLL_WAIT_FLAG": "OFF"}
IDLE, TALKING = 4, 7
ENDED = ["AgentEvent_Call_Release", "AgentOther_PhoneRelease", "AgentState_Ready"]
"""What tells a desktop that its call is over and that it may get the next one."""


@pytest.fixture
def common(common: dict[str, str]) -> dict[str, str]:
    """Empty polls are answered at once."""
    return {**common, **FAST}


async def begins_a_call(port: int, desk: Desk) -> None:
    """The desk's agent signs in at the node on this port and calls a customer."""
    here = Desk(port, desk.agent_id, desk.password)
    assert (await here.sign_in(force=True)).retcode == "0"
    desk.guid = here.guid
    assert (await here.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"
    await desk.drain_events()


async def state(desk: Desk) -> int:
    found: int = (await desk.status()).json["result"]["agentState"]
    return found


async def is_idle(desk: Desk) -> bool:
    return await state(desk) == IDLE


async def test_a_node_that_stops_ends_its_calls(common: dict[str, str]) -> None:
    async with running_gateway(common) as other:
        desk = other.desk(101)
        async with running_gateway(common) as node:
            await begins_a_call(node.port, desk)
            assert await state(desk) == TALKING
        assert await state(desk) == IDLE
        assert [event["eventType"] for event in await desk.drain_events()] == ENDED


async def test_the_calls_of_a_node_that_was_killed_are_ended_by_another(common: dict[str, str], shared: Site) -> None:
    shared.edit(**common)
    node = await shared.start()
    async with running_gateway(common) as other:
        desk = other.desk(101)
        await begins_a_call(node.port, desk)
        await node.end(signal.SIGKILL)
        await until_async(partial(is_idle, desk), LATEST_S)
        assert [event["eventType"] for event in await desk.drain_events()] == ENDED


async def test_a_call_goes_on_while_another_node_starts_and_stops(common: dict[str, str]) -> None:
    async with running_gateway(common) as node:
        desk = node.desk(101)
        await begins_a_call(node.port, desk)
        async with running_gateway(common):
            assert await state(desk) == TALKING
        assert (await desk.call("DELETE", "voicecall/{id}/release")).retcode == "0"


@pytest.mark.slow
async def test_the_call_of_one_node_alone_is_ended_after_its_restart(shared: Site) -> None:
    shared.edit(**FAST)
    node = await shared.start()
    desk = node.desk(101)
    await begins_a_call(node.port, desk)
    await node.end(signal.SIGKILL)
    again = await shared.start(port=node.port)
    await until_async(partial(is_idle, desk), LATEST_S)
    assert [event["eventType"] for event in await desk.drain_events()] == ENDED
    assert again.port == desk.port
