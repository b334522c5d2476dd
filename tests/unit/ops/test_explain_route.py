"""The page that explains an agent."""

import pytest

from gateway.ops.audit_file import Found, Question
from gateway.ops.diagnosis import NODE_KINDS
from gateway.ops.explain_route import BACK_MS, explain_route
from tests.support.admin import serving

NOW_MS = 1_800_000_000_000
OUT = {"time": "2027-01-15T08:00:00.000Z", "kind": "sign-out", "agent": 101, "reason": "IDLE"}
STARTED = {"time": "2027-01-15T07:00:00.000Z", "kind": "node-start", "node": "n1"}


async def test_what_happened_to_an_agent_and_to_nodes_is_told_in_sentences() -> None:
    asked: list[Question] = []

    async def read(question: Question) -> list[Found]:
        asked.append(question)
        return [OUT] if question.agent_id else [STARTED]

    async with serving([explain_route(read, lambda: NOW_MS)]) as operator:
        told = (await operator.get("/explain/101")).json
    assert set(told) == {"history", "now", "advice", "cause"}
    assert told["history"][0].endswith("node n1 started.")
    assert "MAXTIME" in told["advice"]
    assert [(question.since_ms, question.agent_id, question.kinds) for question in asked] == [
        (NOW_MS - BACK_MS, 101, frozenset()),
        (NOW_MS - BACK_MS, None, NODE_KINDS),
    ]


@pytest.mark.parametrize("path", ["/explain/0", "/explain/x", "/explain/1000000", "/explain/101?since=soon"])
async def test_a_wrong_number_is_named(path: str) -> None:
    async def read(_question: Question) -> list[Found]:
        return []

    async with serving([explain_route(read)]) as operator:
        said = await operator.get(path)
    assert said.status == 400
    assert said.json["error"].partition(":")[0] in {"agent", "since"}
