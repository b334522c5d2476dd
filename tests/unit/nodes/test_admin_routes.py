"""`/nodes`, `/drain`, `/undrain` of one process."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from gateway.nodes.admin_routes import LostSessions, node_routes
from gateway.nodes.node_keeper import Drain, NodeKeeper, OneProcessBook, ProcessState, Traffic
from tests.support.admin import Operator, serving

NOW = 1_700_000_000_000


class TwoOfOneName(OneProcessBook):
    """Somebody else has the same NODE_NAME."""

    async def all(self, now_ms: int) -> Sequence[ProcessState]:
        found = await super().all(now_ms)
        return [*found, *(replace(state, run="another", process="another", draining=False) for state in found)]


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    keeper = NodeKeeper("NodeA", OneProcessBook(), Drain(), lambda: NOW)
    keeper.traffic = lambda: Traffic(2, 1, 1)

    async def lost() -> LostSessions:
        return LostSessions(2, (101, 102))

    async with serving(node_routes(keeper, lost)) as made:
        yield made


async def test_a_drain_tells_what_is_still_there_and_what_a_stop_would_lose(operator: Operator) -> None:
    said = (await operator.post("/drain")).json
    assert {name: said[name] for name in said if name != "nodes"} == {
        "node": "NodeA",
        "draining": True,
        "empty": False,
        "connections": 2,
        "requests": 1,
        "polls": 1,
        "lost_if_stopped": {"total": 2, "agents": [101, 102]},
    }


async def test_it_is_looked_at_and_taken_back(operator: Operator) -> None:
    await operator.post("/drain", body=b'{"node":"NodeA"}')
    told = [
        (await operator.get("/drain")).json["draining"],
        (await operator.get("/nodes")).json["nodes"][0]["draining"],
    ]
    told.append((await operator.post("/undrain")).json["draining"])
    assert told == [True, True, False]


@pytest.mark.parametrize("body", [b"[]", b'{"node":1}', b'{"nodes":"NodeA"}', b"{"])
async def test_the_body_names_a_node_or_nothing(operator: Operator, body: bytes) -> None:
    said = await operator.post("/drain", body=body)
    assert (said.status, said.json["error"][:5]) == (400, "body:")


async def test_a_node_that_nobody_knows_is_404(operator: Operator) -> None:
    said = [await operator.post("/drain", body=b'{"node":"NodeZ"}'), await operator.get("/drain?node=NodeZ")]
    assert [each.status for each in said] == [404, 404]


async def test_another_process_of_the_same_name_is_not_waited_for() -> None:
    book, drain = TwoOfOneName(), Drain()
    keeper = NodeKeeper("NodeA", book, drain, lambda: NOW)

    async def lost() -> LostSessions:
        return LostSessions(0, ())

    async with serving(node_routes(keeper, lost)) as operator:
        told = (await operator.post("/drain")).json
        listed = (await operator.get("/nodes")).json
    assert (told["draining"], len(told["nodes"]), listed["total"]) == (True, 1, 2)
