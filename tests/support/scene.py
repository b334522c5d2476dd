"""A moment in the contact centre that queries are asked about, over HTTP.

101 talks with a customer for 60 s, with another customer on hold; 102 is busy, 103 rests, 119 (an inspector) is busy;
one more customer waits for queue 1 since 20 s, and one for queue 3 since 10 s. Time stands still.
"""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from gateway.interface.operation import OperationTable
from gateway.rows import ALL_OPERATIONS
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.desk import PREFIX, Desk
from tests.support.quick_agents import quick_agents_text

_TABLE = OperationTable(ALL_OPERATIONS)


async def ask(desk: Desk, path: str, body: object = None, *, method: str = "GET") -> Any:
    """The `result` of a query that is answered, held against the model of its row."""
    answer = await desk.call(method, path, body)
    assert (answer.status, answer.retcode) == (200, "0"), answer.body
    row = _TABLE.find(method, f"{PREFIX}/{path.partition('?')[0].replace('{id}', str(desk.agent_id))}").operation
    TypeAdapter(row.result).validate_json(_result_bytes(answer.body))
    return answer.json["result"]


def _result_bytes(body: bytes) -> bytes:
    head, found, rest = body.partition(b'"result":')
    assert found, head
    return rest[:-1]


@dataclass
class Scene:
    """The agents and the ids of the calls."""

    hall: CentreGateway
    talking: Desk
    busy: Desk
    resting: Desk
    inspector: Desk
    held_call: str
    call: str
    waiting_call: str

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Everyone who is signed in, by id."""
        return self.talking, self.busy, self.resting, self.inspector


async def _post(desk: Desk, path: str) -> None:
    assert (await desk.call("POST", path)).retcode == "0", path


@contextlib.contextmanager
def quick_agents() -> Iterator[Path]:
    """The demo agents with a hash of their password that is cheap to verify."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "agents.toml"
        path.write_text(quick_agents_text(), "utf-8")
        yield path


@contextlib.asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    """The moment, in a gateway of its own."""
    with quick_agents() as agents:
        async with centre_gateway({"AGENTS_FILE": str(agents)}) as hall:
            yield await _set(hall)


async def _set(hall: CentreGateway) -> Scene:
    customers = hall.centre.customers
    talking, busy, resting, inspector = [await hall.agent(agent_id) for agent_id in (101, 102, 103, 119)]
    await _post(busy, "onlineagent/{id}/saybusy?reason=205")
    await _post(resting, "onlineagent/{id}/rest/600/1")
    await _post(inspector, "onlineagent/{id}/saybusy")
    held_call = await customers.place(1, "15500000001", data="silver")
    assert (await talking.call("PUT", "voicecall/{id}/answer")).retcode == "0"
    await hall.time.pass_s(40)
    await _post(talking, "voicecall/{id}/hold")
    made = await talking.call("PUT", "voicecall/{id}/callout", {"called": "15600000001"})
    call: str = made.json["result"]
    await customers.answer(call)
    await hall.time.pass_s(40)
    waiting_call = await customers.place(1, "15500000002")
    await hall.time.pass_s(10)
    await customers.place(3, "15500000003")
    await hall.time.pass_s(10)
    return Scene(hall, talking, busy, resting, inspector, held_call, call, waiting_call)
