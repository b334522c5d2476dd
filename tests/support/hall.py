"""A contact centre without HTTP, on the time of the test: agents call operations by their row's name."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic_core import from_json

from gateway.agents.authentication import Authentication
from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backend import Admitted, BackendAnswer, End, EndReason, Message
from gateway.contact_centre.centre import ContactCentre
from gateway.contact_centre.event_catalogue import check
from gateway.contact_centre.floor.agent_state import AgentState
from gateway.contact_centre.floor.plan import Behaviour, Plan
from gateway.contact_centre.invocation import File
from gateway.interface.operation import Operation
from gateway.interface.sign_in_models import LightSignInBody
from gateway.rows import ALL_OPERATIONS
from gateway.settings.load import load
from gateway.wire.body import read_file
from gateway.wire.envelope import Event
from gateway.wire.errors import Refused
from tests.support.manual_time import ManualTime
from tests.support.operation_request import AskedOperation

CONFIG = Path(__file__).parents[2] / "config"
SETTINGS = load(CONFIG / "basic.properties", {}).settings
REGISTRY = AgentRegistry(CONFIG / "agents.toml")
ROWS: dict[str, Operation] = {row.name: row for row in ALL_OPERATIONS}
PATIENT = Behaviour(answer_s=None)
"""A customer who does nothing by itself."""
BOUNDARY = "part-of-a-test"
_POOL = PasswordPool()


@dataclass(frozen=True)
class Told:
    """An event as an agent got it."""

    kind: str
    content: Any


class Desktops:
    """The sink of a centre: what each session is told and keeps. Sessions that are not open take nothing."""

    under_way = ()

    def __init__(self) -> None:
        self.told: dict[str, list[Event]] = {}
        self.notes: dict[str, bytes] = {}
        self.over: dict[str, EndReason] = {}
        self.silent: dict[str, bool] = {}

    def tell(
        self,
        agent_id: int,
        session_id: str,
        events: Sequence[Event] = (),
        note: Callable[[], bytes] | None = None,
    ) -> None:
        if session_id in self.told:
            self.told[session_id] += events
            if note is not None:
                self.notes[session_id] = note()

    def forget_events(self, agent_id: int, session_id: str) -> None:
        self.told[session_id].clear()

    def ended(self, agent_id: int, session_id: str, reason: EndReason, by: int = 0) -> None:
        self.told.pop(session_id)
        self.over[session_id] = reason

    def may_be_silent(self, agent_id: int, session_id: str, silent: bool) -> None:
        self.silent[session_id] = silent

    async def settled(self) -> None:
        """Everything is taken at once."""


class Hall:
    """The centre and its time; `desktops` are the sessions. Agents are signed in by `enter`."""

    def __init__(self, plan: Plan | None = None, registry: AgentRegistry = REGISTRY, node: str = "node") -> None:
        self.time = ManualTime()
        self.desktops = Desktops()
        self.sessions: dict[int, str] = {}
        self.registry = registry
        self.node = node
        self._numbers = count(1)
        authentication = Authentication(registry, FilePasswordBook(registry), MemoryAttempts(), _POOL, lambda: SETTINGS)
        self.centre = ContactCentre(
            registry,
            authentication,
            self.desktops,
            self.time.clock,
            read_file,
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
        session_id = f"{next(self._numbers):032x}"
        entered = await self.centre.enter(Admitted(agent_id, proof=(agent, asked)), session_id, self.time.now_ms)
        former = self.sessions.get(agent_id)
        self.sessions[agent_id] = session_id
        self.desktops.told[session_id] = list(entered.events)
        if former is not None:
            await self._end(agent_id, former, EndReason.TAKEN_OVER)
        self.centre.opened(agent_id, session_id, None)
        chosen = {"autoflag": "true"} if skills is None else {"autoflag": "false", "skillid": skills}
        await self.do(agent_id, "resetSkill", chosen)
        return session_id

    async def leave(self, agent_id: int) -> None:
        """Signs the agent out by force."""
        await self._end(agent_id, self.sessions.pop(agent_id), EndReason.SIGNED_OUT)

    async def _end(self, agent_id: int, session_id: str, reason: EndReason) -> None:
        self.desktops.told.pop(session_id, None)
        await self.centre.leave(End(agent_id, session_id, reason, self.time.now_ms))

    async def session_id(self, agent_id: int) -> str:
        """The id of the agent's session, "" for none."""
        session_id = self.sessions.get(agent_id, "")
        return session_id if session_id in self.desktops.told else ""

    async def state(self, agent_id: int) -> AgentState:
        """The agent's state; that of a sign-in for one who is signed out."""
        desk = self.world.desks.get(agent_id)
        return desk.state if desk is not None else AgentState()

    async def do(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        file: File | None = None,
    ) -> Any:
        """One operation, as a request of the agent; its result. Raises Refused."""
        answer = await self._answer(agent_id, name, values, body, file)
        assert isinstance(answer.body, bytes)
        if "Content-Disposition" in answer.headers:
            return File(unquote(answer.headers["Content-Disposition"].partition("''")[2]), answer.body)
        return from_json(answer.body).get("result", {})

    async def _answer(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
        file: File | None,
    ) -> BackendAnswer:
        row = ROWS[name]
        message = Message(row.method, f"/{row.path}", json.dumps(body or {}).encode(), "application/json", _address)
        if file is not None:
            message = message._replace(body=multipart(file), content_type=f"multipart/form-data; boundary={BOUNDARY}")
        session_id = self.sessions[agent_id]
        request = AskedOperation(row, agent_id, session_id, message, dict(values or {}))
        return await self.centre.perform(request)

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
        waiting = self.desktops.told.get(self.sessions.get(agent_id, ""), [])
        found = []
        for event in waiting:
            body = json.loads(event.body)
            assert body["workNo"] == str(agent_id)
            check(body["eventType"], body["content"])
            found.append(Told(body["eventType"], body["content"]))
        waiting.clear()
        return found

    def waiting(self, agent_id: int) -> int:
        """How many events wait for the agent."""
        return len(self.desktops.told.get(self.sessions.get(agent_id, ""), ()))

    async def kinds(self, agent_id: int) -> list[str]:
        """As `told`, the types alone."""
        return [told.kind for told in await self.told(agent_id)]


def _address() -> str:
    return "127.0.0.1"


def multipart(file: File) -> bytes:
    """A body with this file as the part `file`."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
    return head.encode() + file.data + f"\r\n--{BOUNDARY}--\r\n".encode()
