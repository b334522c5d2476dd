"""A hall as agents see it: what an operation is refused with, what it answers, what everybody is told.

Beyond what the hall does, every refusal is held against the codes of its row and every result against the row's result.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from pydantic import TypeAdapter

from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.floor.agent_state import AgentState
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.invocation import File
from gateway.interface.operation import COMMON_RETCODES
from gateway.wire.errors import Refused
from tests.support.hall import CONFIG, REGISTRY, ROWS, Hall
from tests.support.manual_time import START_MS

AGENTS: Final = CONFIG / "agents.toml"
NOW: Final = START_MS

Told = tuple[str, Any]
"""An event: its type and its content."""


class Floor:
    """`do` performs an operation and gives its retcode, `told` takes the events of an agent since the last time.

    `result` is what the last operation answered, `message` why the last one was refused. `sessions` are the last
    sessions of the agents who signed in here.
    """

    def __init__(self, plan: Plan | None = None, registry: AgentRegistry = REGISTRY) -> None:
        self.hall = Hall(plan, registry, node="Node0")
        self.registry = registry
        self.centre = self.hall.centre
        self.world = self.hall.world
        self.sessions: dict[int, str] = {}
        self.result: Any = None
        self.message = ""

    async def sign_in(self, *agents: int, **body: object) -> None:
        """Agents sign in, to all their skill queues; what they are told so far is taken away."""
        for agent_id in agents:
            asked: dict[str, Any] = {"phonenum": "6001", **body}
            self.sessions[agent_id] = await self.hall.enter(agent_id, **asked)
            await self.told(agent_id)

    async def sign_out(self, agent_id: int) -> None:
        """The agent is gone, in whatever state."""
        await self.hall.leave(agent_id)

    async def do(self, agent_id: int, name: str, body: object = None, **values: object) -> str:
        """Performs an operation with these path and query values; its retcode. A file is `result` as it is."""
        return await self._do(agent_id, name, values, body, None)

    async def send(self, agent_id: int, name: str, file: File, **values: object) -> str:
        """The same, of an operation that brings a file."""
        return await self._do(agent_id, name, values, None, file)

    async def _do(self, agent_id: int, name: str, values: dict[str, object], body: object, file: File | None) -> str:
        row = ROWS[name]
        try:
            asked = {key: str(value) for key, value in values.items()}
            result = await self.hall.do(agent_id, name, asked, cast("Mapping[str, object] | None", body), file)
        except Refused as refused:
            return self._refused((*row.retcodes, *COMMON_RETCODES), refused)
        self.result = result
        if not isinstance(result, File):
            TypeAdapter(row.result).validate_python(self.result)
        return "0"

    def _refused(self, codes: tuple[str, ...], refused: Refused) -> str:
        self.result, self.message = None, refused.message
        assert refused.retcode in codes, refused
        return refused.retcode

    async def told(self, agent_id: int) -> list[Told]:
        """The agent's events since the last time, oldest first."""
        return [(told.kind, told.content) for told in await self.hall.told(agent_id)]

    async def types(self, agent_id: int) -> list[str]:
        """The types of the same."""
        return await self.hall.kinds(agent_id)

    async def hush(self, *agents: int) -> None:
        """Takes away what these agents, or all, were told so far."""
        for agent_id in agents or self.sessions:
            await self.told(agent_id)

    async def state(self, agent_id: int) -> AgentState:
        """The agent's state."""
        return await self.hall.state(agent_id)

    async def pass_time(self, seconds: float) -> None:
        """Time goes on; what comes due is done."""
        await self.hall.time.pass_s(seconds)


@contextlib.asynccontextmanager
async def open_floor(plan: Plan | None = None, *agents: int, agents_file: Path = AGENTS) -> AsyncIterator[Floor]:
    """A floor with these agents signed in."""
    floor = Floor(plan, REGISTRY if agents_file is AGENTS else AgentRegistry(agents_file))
    try:
        await floor.sign_in(*agents)
        yield floor
    finally:
        await floor.centre.close()
