"""The embedded contact centre without doors: agents sign in, operations go through their rows, time stands still.

Every operation is validated by its row's models, every result by the row's result, every event by the catalogue.
"""

import contextlib
import heapq
import itertools
import json
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from gateway.agents.authentication import Authentication
from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Call, SignInCall
from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.core.plan import Plan
from gateway.backends.embedded.scheduler import Action, Pending
from gateway.edge import validate
from gateway.events import catalogue
from gateway.operations.operation import COMMON_RETCODES, Operation
from gateway.operations.sign_in_models import SignInBody
from gateway.operations.table import ALL_OPERATIONS
from gateway.sessions.agent_state import AgentState
from gateway.sessions.guid import random_key_ring
from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.model import EndReason
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.settings.load import load
from gateway.settings.schema import Settings
from gateway.wire.errors import Refused

ROOT: Final = Path(__file__).parents[2]
CONFIG: Final = ROOT / "config" / "basic.properties"
AGENTS: Final = ROOT / "config" / "agents.toml"
NOW: Final = 1_800_000_000_000
ROWS: Final[dict[str, Operation]] = {row.name: row for row in reversed(ALL_OPERATIONS)}

Told = tuple[str, Any]
"""An event: its type and its content."""


@cache
def _settings() -> Settings:
    return load(CONFIG, {}).settings


class _Due:
    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class HandScheduler:
    """Timers that run when the test moves the time on (`Scheduler`)."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._waiting: list[tuple[float, int, _Due]] = []
        self._order = itertools.count()

    def after(self, delay_s: float, action: Action) -> Pending:
        due = _Due(action)
        heapq.heappush(self._waiting, (self.now_s + delay_s, next(self._order), due))
        return due

    def close(self) -> None:
        self._waiting.clear()

    async def advance(self, seconds: float) -> None:
        """Runs what comes due in the next `seconds`, in order."""
        until = self.now_s + seconds
        while self._waiting and self._waiting[0][0] <= until:
            at_s, _, due = heapq.heappop(self._waiting)
            self.now_s = at_s
            if due.action is not None:
                await due.action()
        self.now_s = until


class Floor:
    """`do` performs an operation and gives its retcode, `told` takes the events of an agent since the last time.

    `result` is what the last operation answered, `message` why the last one was refused.
    """

    def __init__(self, plan: Plan | None = None, agents_file: Path = AGENTS) -> None:
        self.scheduler = HandScheduler()
        self.queue = MemoryQueue(lambda: Bounds(1000, 1_048_576))
        self.store = MemoryStore(self.queue, lambda: NOW + round(self.scheduler.now_s * 1000))
        self.service = SessionService(self.store, random_key_ring(), lambda: Policy(_settings()))
        self.registry = AgentRegistry(agents_file)
        self.pool = PasswordPool()
        authentication = Authentication(
            self.registry, FilePasswordBook(self.registry), MemoryAttempts(), self.pool, _settings
        )
        self.centre = EmbeddedCentre(
            self.service,
            self.registry,
            authentication,
            self.queue,
            node="Node0",
            plan=plan,
            scheduler=self.scheduler,
        )
        self.world = self.centre.world
        self.sessions: dict[int, str] = {}
        self.result: Any = None
        self.message = ""

    async def sign_in(self, *agents: int, force: bool = False, **body: object) -> None:
        """Agents sign in, to all their skill queues; what they are told so far is taken away."""
        for agent_id in agents:
            agent = self.registry.get(agent_id)
            assert agent is not None
            asked = SignInBody.model_validate({"password": "x", "phonenum": "6001", **body})

            async def admit(session_id: str) -> Admission:
                return await self.centre.sign_in(SignInCall(agent, session_id, asked, self.store.now_ms()))  # noqa: B023

            session, _ = await sign_in(self.service, Terms(agent_id, "Node0", force=force), admit)
            self.sessions[agent_id] = session.id
            await self._tell_ends()
            assert await self.do(agent_id, "resetSkill", autoflag="true") == "0"
            await self.told(agent_id)

    async def sign_out(self, agent_id: int) -> None:
        """The agent is gone, in whatever state."""
        await self.service.end(agent_id, self.sessions[agent_id], EndReason.SIGNED_OUT)
        await self._tell_ends()

    async def _tell_ends(self) -> None:
        for end in await self.store.owed(100):
            await self.centre.sign_out(end)
            await self.store.paid(end.session_id)

    async def do(self, agent_id: int, name: str, body: object = None, **values: object) -> str:
        """Performs an operation with these path and query values; its retcode."""
        row = ROWS[name]
        record = await self.store.read(agent_id)
        try:
            parameters = validate.parameters(row, {key: str(value) for key, value in values.items()})
            raw = b"" if body is None else json.dumps(body).encode()
            call = Call(row, record, self.sessions[agent_id], parameters, validate.body(row, raw), lambda: "127.0.0.1")  # type: ignore[arg-type]
            result = await self.centre.perform(call)
        except Refused as refused:
            return self._refused(row, refused)
        self.result = from_json(to_json(result, by_alias=True))
        TypeAdapter(row.result).validate_python(self.result)
        return "0"

    def _refused(self, row: Operation, refused: Refused) -> str:
        self.result, self.message = None, refused.message
        assert refused.retcode in (*row.retcodes, *COMMON_RETCODES), refused
        return refused.retcode

    async def told(self, agent_id: int) -> list[Told]:
        """The agent's events since the last time, oldest first."""
        session_id, found = self.sessions[agent_id], []
        while (event := await self.queue.head(agent_id, session_id)) is not None:
            await self.queue.confirm(agent_id, session_id, event.id)
            body = from_json(event.body)
            assert body["workNo"] == str(agent_id)
            catalogue.check(body["eventType"], body["content"])
            found.append((body["eventType"], body["content"]))
        return found

    async def types(self, agent_id: int) -> list[str]:
        """The types of the same."""
        return [kind for kind, _ in await self.told(agent_id)]

    async def hush(self, *agents: int) -> None:
        """Takes away what these agents, or all, were told so far."""
        for agent_id in agents or self.sessions:
            await self.told(agent_id)

    async def state(self, agent_id: int) -> AgentState:
        """The agent's state in its record."""
        return (await self.store.read(agent_id)).state

    async def pass_time(self, seconds: float) -> None:
        """Time goes on; what comes due is done."""
        await self.scheduler.advance(seconds)


@contextlib.asynccontextmanager
async def open_floor(plan: Plan | None = None, *agents: int, agents_file: Path = AGENTS) -> AsyncIterator[Floor]:
    """A floor with these agents signed in."""
    floor = Floor(plan, agents_file)
    try:
        await floor.sign_in(*agents)
        yield floor
    finally:
        floor.centre.close()
        floor.pool.close()
