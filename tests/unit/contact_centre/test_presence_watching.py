"""Inspectors are told of sign-ins and sign-outs of agents they watch."""

from collections.abc import AsyncIterator

import pytest

from tests.support.floor import Floor, open_floor

INSPECTOR, AGENT, COLLEAGUE = 119, 101, 102


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, INSPECTOR, AGENT) as made:
        yield made


def _told(subtype: str, agent: int) -> tuple[str, object]:
    names = ["subtype", "monitoredagent", "agentname", "mediaserver"]
    values = [f"QC_AgentState_{subtype}", str(agent), str(agent), "CtiServer"]
    return ("QC_AgentState_Notify", {**dict(zip(names, values, strict=True)), "jsonKey": names})


async def test_a_watched_agent_s_sign_in_and_sign_out_are_told(floor: Floor) -> None:
    await floor.do(INSPECTOR, "beginMonitor", agents="101;102")
    await floor.sign_out(AGENT)
    await floor.sign_in(COLLEAGUE)
    await floor.pass_time(1)
    assert await floor.told(INSPECTOR) == [_told("Logout", AGENT), _told("Login", COLLEAGUE)]


async def test_an_agent_who_signs_in_elsewhere_has_done_both(floor: Floor) -> None:
    await floor.do(INSPECTOR, "beginMonitor", agents="101")
    await floor.sign_in(AGENT)
    await floor.pass_time(1)
    assert await floor.told(INSPECTOR) == [_told("Logout", AGENT), _told("Login", AGENT)]


async def test_agents_who_are_not_watched_are_not_told_of(floor: Floor) -> None:
    await floor.do(INSPECTOR, "beginMonitor", agents="101;102")
    await floor.do(INSPECTOR, "endMonitor", agents="102")
    await floor.sign_in(COLLEAGUE)
    await floor.pass_time(1)
    assert await floor.told(INSPECTOR) == []


async def test_an_inspector_who_signs_in_to_listen_is_told_of_everyone(floor: Floor) -> None:
    await floor.sign_in(INSPECTOR, listenStatus=True)
    await floor.pass_time(1)
    await floor.sign_in(COLLEAGUE)
    await floor.pass_time(1)
    assert await floor.told(INSPECTOR) == [_told("Login", COLLEAGUE)]


async def test_who_is_no_inspector_does_not_listen(floor: Floor) -> None:
    await floor.sign_in(AGENT, listenStatus=True)
    await floor.pass_time(1)
    await floor.sign_in(COLLEAGUE)
    await floor.pass_time(1)
    assert await floor.told(AGENT) == []


async def test_an_inspector_who_is_gone_is_forgotten(floor: Floor) -> None:
    await floor.do(INSPECTOR, "beginMonitor", agents="101")
    await floor.sign_out(INSPECTOR)
    await floor.pass_time(11)
    await floor.sign_in(INSPECTOR)
    assert await floor.do(INSPECTOR, "queryAllMonitoredAgents") == "0"
    assert floor.result == []
