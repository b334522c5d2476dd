"""A contact centre without HTTP, on the time of the test: agents call operations by their row's name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gateway.agents.authentication import Authentication
from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Call, File, SignInCall
from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.core.plan import Behaviour, Plan
from gateway.edge import validate
from gateway.events.catalogue import check
from gateway.operations.fields import Body, Parameters
from gateway.operations.operation import Operation
from gateway.operations.sign_in_models import LightSignInBody
from gateway.operations.table import ALL_OPERATIONS
from gateway.sessions.agent_state import AgentState
from gateway.sessions.guid import random_key_ring
from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.model import EndReason
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.sharded_store import ShardedStore
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.sessions.store import SessionStore
from gateway.settings.load import load
from gateway.wire.errors import Refused
from tests.support.manual_time import ManualTime

CONFIG = Path(__file__).parents[2] / "config"
SETTINGS = load(CONFIG / "basic.properties", {}).settings
REGISTRY = AgentRegistry(CONFIG / "agents.toml")
ROWS: dict[str, Operation] = {row.name: row for row in ALL_OPERATIONS}
PATIENT = Behaviour(answer_s=None)
"""A customer who does nothing by itself."""
_POOL = PasswordPool()


@dataclass(frozen=True)
class Told:
    """An event as an agent got it."""

    kind: str
    content: Any


class Hall:
    """The centre, its store (perhaps in shards) and its time. Agents are signed in by `enter`."""

    def __init__(
        self, plan: Plan | None = None, registry: AgentRegistry = REGISTRY, node: str = "node", shards: int = 1
    ) -> None:
        self.time = ManualTime()
        self.queue = MemoryQueue(lambda: Bounds(10_000, 10_000_000))
        parts = [MemoryStore(self.queue, self.time.clock) for _ in range(shards)]
        self.store: SessionStore = ShardedStore(parts) if shards > 1 else parts[0]
        self.service = SessionService(self.store, random_key_ring(), lambda: Policy(SETTINGS))
        authentication = Authentication(registry, FilePasswordBook(registry), MemoryAttempts(), _POOL, lambda: SETTINGS)
        self.registry = registry
        self.node = node
        self.centre = EmbeddedCentre(
            self.service,
            registry,
            authentication,
            self.queue,
            node=node,
            plan=plan or Plan(behaviours=(PATIENT,)),
            scheduler=self.time,
        )
        self.world = self.centre.world
        self.customers = self.centre.customers

    async def enter(self, agent_id: int, *, skills: str | None = None, **body: object) -> str:
        """Signs an agent in, by force if need be, to all its skill queues or to `skills`; the session's id."""
        agent = self.registry.get(agent_id)
        assert agent is not None
        asked = LightSignInBody.model_validate({"password": "x", "phonenum": f"6{agent_id}", **body})

        async def admit(session_id: str) -> Admission:
            return await self.centre.sign_in(SignInCall(agent, session_id, asked, self.time.now_ms))

        session, _guid = await sign_in(self.service, Terms(agent_id, self.node, force=True), admit)
        await self.tell_ends()
        chosen = {"autoflag": "true"} if skills is None else {"autoflag": "false", "skillid": skills}
        await self.do(agent_id, "resetSkill", chosen)
        return session.id

    async def leave(self, agent_id: int) -> None:
        """Signs the agent out by force."""
        await self.service.end(agent_id, await self.session_id(agent_id), EndReason.SIGNED_OUT)
        await self.tell_ends()

    async def tell_ends(self) -> None:
        """Tells the centre of sessions that ended."""
        for end in await self.store.owed(1000):
            await self.centre.sign_out(end)
            await self.store.paid(end.session_id)

    async def session_id(self, agent_id: int) -> str:
        """The id of the agent's session, "" for none."""
        session = (await self.store.read(agent_id)).session
        return session.id if session else ""

    async def state(self, agent_id: int) -> AgentState:
        """The agent's state as its record has it."""
        return (await self.store.read(agent_id)).state

    async def do(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        file: File | None = None,
    ) -> Any:
        """One operation, validated like a request; its result. Raises Refused."""
        row = ROWS[name]
        record = await self.store.read(agent_id)
        assert record.session is not None
        parameters = cast(Parameters, validate.parameters(row, dict(values or {})))
        given = cast("Body | None", validate.body(row, json.dumps(body or {}).encode()))
        call = Call(row, record, record.session.id, parameters, given, lambda: "127.0.0.1", file)
        return await self.centre.perform(call)

    async def code(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> str:
        """As `do`: the retcode."""
        try:
            await self.do(agent_id, name, values, body)
        except Refused as refusal:
            return refusal.retcode
        return "0"

    async def told(self, agent_id: int) -> list[Told]:
        """The events that wait for the agent, each held against the catalogue; none is left."""
        session_id = await self.session_id(agent_id)
        found = []
        while (event := await self.queue.head(agent_id, session_id)) is not None:
            await self.queue.confirm(agent_id, session_id, event.id)
            body = json.loads(event.body)
            assert body["workNo"] == str(agent_id)
            check(body["eventType"], body["content"])
            found.append(Told(body["eventType"], body["content"]))
        return found

    async def kinds(self, agent_id: int) -> list[str]:
        """As `told`, the types alone."""
        return [told.kind for told in await self.told(agent_id)]
