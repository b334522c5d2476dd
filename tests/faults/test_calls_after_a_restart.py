"""The process with the contact centre is gone with its calls: agents still signed in are told and free again."""

import signal
from functools import partial

import pytest

from tests.support.desk import Desk
from tests.support.site import Site
from tests.support.waiting import until_async

LATEST_S = 60
IDLE, TALKING = 4, 7
RELEASED, READY = "AgentEvent_Call_Release", "AgentState_Ready"
"""What tells a desktop that its call is over, and that it may get the next one."""


async def is_in(desk: Desk, wanted: int) -> bool:
    return bool((await desk.status()).json["result"]["agentState"] == wanted)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_the_call_of_a_node_with_its_own_centre_is_ended_after_its_restart(
    alone_on_redis: Site, how: signal.Signals
) -> None:
    alone_on_redis.edit(AGENT_POLL_WAIT_FLAG="OFF")
    node = await alone_on_redis.start()
    desk = node.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    assert (await desk.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"
    await desk.drain_events()
    await until_async(partial(is_in, desk, TALKING))
    await node.end(how)
    await alone_on_redis.start(port=node.port)
    await until_async(partial(is_in, desk, IDLE), LATEST_S)
    events = [event["eventType"] for event in await desk.drain_events()]
    assert RELEASED in events
    assert events[-1] == READY
