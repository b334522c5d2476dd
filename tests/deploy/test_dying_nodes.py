"""Nodes that die, drain or lose their store behind the balancers that config/deploy ships."""

import asyncio
from functools import partial

import pytest

from tests.support.farm import Farm
from tests.support.fronts import READY_S, Front, FrontDesk, Fronts, need, quiet, signed_in, told
from tests.support.waiting import until_async

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUSY = "AgentState_SetNotReady_Success"
HTTP = "agentgateway.conf", "haproxy.cfg"


@pytest.mark.parametrize("name", [*HTTP, pytest.param("haproxy_tcp.cfg", marks=pytest.mark.slow)])
async def test_a_killed_node_costs_no_session_and_no_event(fronts: Fronts, gateways: Farm, name: str) -> None:
    front = need(fronts, name)
    desks = [await signed_in(front, agent_id) for agent_id in range(101, 107)]
    await asyncio.gather(*map(quiet, desks))
    waiting = [asyncio.create_task(told(desk, BUSY)) for desk in desks]
    await gateways.kill_node(1)
    try:
        for desk in desks:
            await until_async(partial(done, desk, "POST", "onlineagent/{id}/saybusy"), READY_S)
        await asyncio.gather(*waiting)
        for desk in desks:
            await until_async(partial(done, desk, "PUT", "onlineagent/{id}/heartbeat"), READY_S)
    finally:
        await gateways.return_node(1)


async def done(desk: FrontDesk, method: str, path: str) -> bool:
    """Whether the call succeeded; False where it may be tried again, whatever else fails the test."""
    try:
        answer = await desk.call(method, path)
    except (ConnectionError, asyncio.IncompleteReadError):
        return False
    assert answer.retcode in {"0", "100-007"}, answer
    return answer.retcode == "0"


async def test_a_drained_node_gets_no_new_calls(fronts: Fronts) -> None:
    front = need(fronts, "haproxy.cfg")
    await front.steer("set server ready/gateway1 state drain")
    try:
        used = {(await signed_in(front, agent_id)).guid.partition(".")[2] for agent_id in range(101, 107)}
    finally:
        await front.steer("set server ready/gateway1 state ready")
    assert used <= {"NodeB", "NodeC"}


@pytest.mark.parametrize("name", HTTP)
async def test_without_the_store_calls_are_answered_503_and_polls_wait(
    fronts: Fronts, gateways: Farm, name: str
) -> None:
    front = need(fronts, name)
    desk = await signed_in(front, 118)
    await quiet(desk)
    async with gateways.without_store():
        if front.steering:
            await until_async(partial(all_down, front), READY_S)
        poll = asyncio.create_task(desk.poll())
        call = await desk.status()
    assert (call.status, call.retcode, call.headers["Retry-After"]) == (503, "100-007", "1")
    await until_async(partial(done, desk, "POST", "onlineagent/{id}/saybusy"), READY_S)
    assert (await poll).status == 200


async def all_down(front: Front) -> bool:
    """Whether HAProxy has found no node ready."""
    state = await front.steer("show stat")
    return not any(line.startswith("ready,gateway") and ",UP" in line for line in state.splitlines())
