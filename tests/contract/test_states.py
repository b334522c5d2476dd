"""Agent states on the wire: what is legal, which events come, which code if not.

See docs/contact_centre.md, Agent states.
"""

from collections.abc import AsyncIterator

import pytest

from tests.support.centre import centre_gateway
from tests.support.desk import Desk
from tests.support.gateway import running_gateway

NOW = 1_800_000_000_000


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}, clock=lambda: NOW, jobs=False) as gateway:
        made = gateway.desk(101)
        await made.sign_in()
        await made.drain_events()
        yield made


async def _do(desk: Desk, *operations: str) -> list[str]:
    return [(await desk.call("POST", f"onlineagent/{{id}}/{operation}")).retcode for operation in operations]


@pytest.mark.parametrize(
    ("before", "operation", "state", "event", "content"),
    [
        ([], "saybusy", 3, "AgentState_SetNotReady_Success", {"reason": "0"}),
        ([], "saybusy?reason=205", 3, "AgentState_SetNotReady_Success", {"reason": "205"}),
        (["saybusy"], "sayfree", 4, "AgentState_CancelNotReady_Success", None),
        (["saybusy"], "cancelbusy", 4, "AgentState_CancelNotReady_Success", None),
        (["saybusy"], "saybusy?reason=200&prolong=true", 3, "AgentState_SetNotReady_Success", {"reason": "200"}),
        ([], "work", 5, "AgentState_SetWork_Success", None),
        (["work"], "cancelwork", 4, "AgentState_CancelWork_Success", None),
        (["work"], "sayfree", 4, "AgentState_CancelWork_Success", None),
        ([], "rest/60/3", 8, "AgentState_SetRest_Success", {"reason": "3"}),
        (["rest/60/3"], "cancelrest", 4, "AgentState_CancelRest_Success", None),
        (["rest/60/3"], "rest/90/4?prolong=TRUE", 8, "AgentState_SetRest_Success", {"reason": "4"}),
    ],
)
async def test_a_legal_operation_changes_the_state_and_brings_its_event(
    desk: Desk, before: list[str], operation: str, state: int, event: str, content: object
) -> None:
    assert set(await _do(desk, *before)) <= {"0"}
    await desk.drain_events()
    answer = await desk.call("POST", f"onlineagent/{{id}}/{operation}")
    assert answer.body == b'{"message":"success","retcode":"0","result":{}}'
    assert (await desk.status()).json["result"]["agentState"] == state
    assert await desk.drain_events() == [{"eventType": event, "eventGenTime": NOW, "workNo": "101", "content": content}]


@pytest.mark.parametrize(
    ("before", "operation", "state"),
    [
        ([], "cancelbusy", 4),
        ([], "cancelwork", 4),
        ([], "cancelrest", 4),
        (["saybusy"], "saybusy", 3),
        (["saybusy"], "cancelrest", 3),
        (["rest/60/3"], "rest/60/3", 8),
        (["rest/60/3"], "sayfree", 8),
        (["rest/60/3"], "saybusy", 8),
        (["work"], "work", 5),
    ],
)
async def test_an_illegal_operation_gives_100_009_changes_nothing_and_brings_no_event(
    desk: Desk, before: list[str], operation: str, state: int
) -> None:
    await _do(desk, *before)
    await desk.drain_events()
    assert await _do(desk, operation) == ["100-009"]
    assert (await desk.status()).json["result"]["agentState"] == state
    assert await desk.drain_events() == []


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        ("saybusy?reason=199", "reason"),
        ("saybusy?reason=x", "reason"),
        ("rest/0/3", "time"),
        ("rest/86400/3", "time"),
        ("rest/60/256", "restcause"),
        ("resetskill/false?skillid=a", "skillid"),
    ],
)
async def test_a_parameter_out_of_range_is_named(desk: Desk, operation: str, names: str) -> None:
    answer = await desk.call("POST", f"onlineagent/{{id}}/{operation}")
    assert answer.retcode == "000-002"
    assert answer.json["message"].startswith(f"{names}: ")


async def test_resetskill_and_the_skill_queries(desk: Desk) -> None:
    skills = (await desk.call("GET", "onlineagent/{id}/agentskills")).json["result"]
    assert set(skills[0]) == {"name", "id", "mediatype"}
    assert await _do(desk, "resetskill/true", "resetskill/false?skillid=1;2&phonelinkage=0") == ["0", "0"]
    other = await desk.call("GET", "onlineagent/{id}/agentskillsbyworkno/102")
    assert other.json["result"]
    assert (await desk.call("GET", "onlineagent/{id}/agentskillsbyworkno/4711")).retcode == "600-001"


async def test_when_the_rest_runs_out_the_agent_is_reminded_once_and_stays_in_it() -> None:
    async with centre_gateway() as room:
        desk = room.gateway.desk(101)
        await desk.sign_in()
        await _do(desk, "rest/60/3")
        await desk.drain_events()
        await room.time.pass_s(60)
        [reminder] = await desk.drain_events()
        assert reminder["eventType"] == "AgentState_Rest_Timeout"
        assert (await desk.status()).json["result"]["agentState"] == 8
