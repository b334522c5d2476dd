"""Watching agents, and what older inspectors' desktops ask besides."""

from collections.abc import AsyncIterator

import pytest

from tests.support.floor import Floor, open_floor

INSPECTOR, AGENT, COLLEAGUE = 119, 101, 102


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, INSPECTOR, AGENT) as made:
        yield made


async def test_the_watched_agents_are_those_named_and_not_ended(floor: Floor) -> None:
    await floor.do(INSPECTOR, "beginMonitor", agents="102;101;103")
    await floor.do(INSPECTOR, "endMonitor", agents="103")
    assert await floor.do(INSPECTOR, "queryAllMonitoredAgents") == "0"
    assert [(agent["workno"], agent["status"]) for agent in floor.result] == [("101", "4"), ("102", "2")]


async def test_agents_can_be_recorded_and_no_longer(floor: Floor) -> None:
    how = {"recordflag": 1, "recordbeforetalking": 1, "agents": "101;102"}
    assert await floor.do(INSPECTOR, "qcSetAgentSelfRecord", **how) == "0"
    state = await floor.state(AGENT)
    assert (state.self_record, state.record_early) == (True, True)
    assert await floor.do(INSPECTOR, "qcCancelAgentSelfRecord", agents="101") == "0"
    state = await floor.state(AGENT)
    assert (state.self_record, state.record_early) == (False, False)


@pytest.mark.parametrize(
    ("operation", "values", "result"),
    [("queryQcTasks", {}, []), ("queryUrlInfo", {"urlname": "help"}, ""), ("registerDataToServer", {"port": 1}, {})],
)
async def test_what_an_older_desktop_asks_has_an_answer(
    floor: Floor, operation: str, values: dict[str, object], result: object
) -> None:
    assert await floor.do(INSPECTOR, operation, **values) == "0"
    assert floor.result == result


TASK = {"taskdsn": "1", "begintime": "1760000000000"}
RECORD = {"recordflag": 1, "recordbeforetalking": 0}


@pytest.mark.parametrize(
    ("asking", "operation", "values", "code"),
    [
        (AGENT, "beginMonitor", {"agents": "102"}, "900-002"),
        (AGENT, "queryAllMonitoredAgents", {}, "900-002"),
        (AGENT, "queryQcTasks", {}, "900-002"),
        (AGENT, "registerDataToServer", {"port": 1}, "900-002"),
        (AGENT, "qcSetAgentSelfRecord", {"agents": "102", **RECORD}, "900-002"),
        (INSPECTOR, "beginMonitor", {"agents": "101;119"}, "000-005"),
        (INSPECTOR, "beginMonitor", {"agents": "101;9999"}, "900-004"),
        (INSPECTOR, "qcSetAgentSelfRecord", {"agents": "101;9999", **RECORD}, "900-004"),
        (INSPECTOR, "deleteQcTask", TASK, "900-003"),
    ],
)
async def test_what_is_refused_changes_nothing(
    floor: Floor, asking: int, operation: str, values: dict[str, object], code: str
) -> None:
    assert await floor.do(asking, operation, **values) == code
    assert (await floor.state(AGENT)).self_record is False
    await floor.do(INSPECTOR, "queryAllMonitoredAgents")
    assert floor.result == []
