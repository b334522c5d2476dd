"""The gateway's side of the seam, for tests of what every contact centre promises there.

A `GatewaySide` keeps sessions as the gateway does, without listeners and GUIDs, and speaks to a `Backend`. `floor` is
the contact centre at the end of the way, where customers call: the backend itself, or the one in a gateway behind it.
"""

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlencode

from gateway.agents.authentication import Authentication
from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.agents.passwords import PasswordPool
from gateway.agents.registry import AgentRegistry
from gateway.backend import (
    Admitted,
    Backend,
    BackendAnswer,
    End,
    EndReason,
    Entered,
    Leave,
    LiveSession,
    Message,
    OperationRequest,
    SignInRequest,
)
from gateway.contact_centre.centre import ContactCentre
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.invocation import File
from gateway.contact_centre.plan_file import read as read_plan
from gateway.interface.operation import SignIn
from gateway.sessions.guid import new_session_id, random_key_ring
from gateway.sessions.model import Record, Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Change
from gateway.settings.load import load
from gateway.settings.schema import Settings
from gateway.stores import Stores
from gateway.upstream.upstream_centre import open_upstream
from gateway.wire.body import read_file
from gateway.wire.errors import GatewayError, Refused
from tests.support.desk import PREFIX
from tests.support.gateway import CONFIG, DEMO, PASSWORD, memory_stores, running_gateway
from tests.support.hall import BOUNDARY, ROWS, multipart
from tests.support.manual_time import ManualTime
from tests.support.operation_request import AskedOperation
from tests.support.recording_sink import RecordingSink
from tests.support.scene import quick_agents
from tests.support.waiting import until_async

KINDS: Final = ("embedded", "upstream")
BEHIND: Final = {"AUTHMODE": "1", "AGENT_POLL_WAIT_TIMES": "5"}
_FORGET: Final = "forget events"


@dataclass(frozen=True)
class Entry:
    """Somebody whom the centre has let in. The session is nowhere kept yet."""

    live: LiveSession
    entered: Entered


class GatewaySide(ABC):
    """`sessions` are those that are open, by agent. `sign_in` signs in to all skill queues of the agent as well."""

    backend: Backend
    floor: ContactCentre
    sink: RecordingSink

    def __init__(self, time: ManualTime) -> None:
        self.time = time
        self.sessions: dict[int, LiveSession] = {}

    @abstractmethod
    def now_ms(self) -> int:
        """The time of the gateway."""

    @abstractmethod
    async def keep(self, entry: Entry) -> None:
        """The session is in the store; with that, a former one of the agent is over."""

    @abstractmethod
    async def drop(self, live: LiveSession) -> None:
        """The session is in the store no more."""

    @abstractmethod
    async def newest(self, agent_id: int) -> LiveSession:
        """The agent's session as the store has it now."""

    @abstractmethod
    async def events(self, live: LiveSession) -> list[str]:
        """The types of events that the session was told so far, oldest first."""

    @abstractmethod
    async def waiting(self, agent_id: int) -> int:
        """How many events the agent's session was told that `events` has not shown yet."""

    @abstractmethod
    async def over(self, live: LiveSession) -> EndReason | None:
        """Why the centre has ended the session; None where it has not."""

    @abstractmethod
    async def restart(self) -> None:
        """The process of the gateway, and of what is embedded in it, ends and starts again."""

    async def admit(self, agent_id: int, password: str = PASSWORD, *, force: bool = False) -> Admitted:
        row = ROWS["forceLogin" if force else "login"]
        assert isinstance(row, SignIn)
        body = json.dumps({"password": password, "phonenum": f"6{agent_id}", "autoanswer": False}).encode()
        message = Message("PUT", _target(row.path, {"agentid": str(agent_id)}), body, "application/json", _address)
        return await self.backend.admit(SignInRequest(row, agent_id, message))

    async def enter(self, admitted: Admitted) -> Entry:
        session_id, now_ms = new_session_id(), self.now_ms()
        entered = await self.backend.enter(admitted, session_id, now_ms)
        return Entry(LiveSession(admitted.agent_id, session_id, now_ms, upstream=entered.upstream), entered)

    def opened(self, entry: Entry) -> None:
        live = entry.live
        self.backend.opened(live.agent_id, live.session_id, live.upstream)

    async def sign_in(self, agent_id: int, *, force: bool = False) -> LiveSession:
        """All of a sign-in; nothing is left of what the agent was told."""
        former = self.sessions.get(agent_id)
        entry = await self.enter(await self.admit(agent_id, force=force))
        await self.keep(entry)
        self.opened(entry)
        if former is not None:
            await self.leave(former, EndReason.TAKEN_OVER)
        assert await self.code(agent_id, "resetSkill", {"autoflag": "true"}) == "0"
        return entry.live

    async def leave(self, live: LiveSession, reason: EndReason = EndReason.SIGNED_OUT, *, code: int = 0) -> None:
        end = End(live.agent_id, live.session_id, reason, self.now_ms(), code, live.upstream)
        await self.backend.leave(end)

    async def ask_to_leave(self, agent_id: int, *, too_old: bool = False) -> Leave:
        """Asks as for a sign-out of the agent, or for a session that is too old."""
        live = await self.newest(agent_id)
        return await self.backend.ask_to_leave(live, None if too_old else await self._request(live, "logout"))

    async def sign_out(self, agent_id: int) -> None:
        """All of a voluntary sign-out."""
        leave = await self.ask_to_leave(agent_id)
        live = self.sessions[agent_id]
        await self.drop(live)
        if not leave.told:
            await self.leave(live)

    async def _request(
        self,
        live: LiveSession,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        file: File | None = None,
    ) -> OperationRequest:
        row, given = ROWS[name], dict(values or {})
        number = str(live.agent_id)
        target = _target(row.path, {"agentid": number, "workno": number, **given})
        message = Message(row.method, target, json.dumps(body).encode() if body else b"", "application/json", _address)
        if file is not None:
            message = message._replace(body=multipart(file), content_type=f"multipart/form-data; boundary={BOUNDARY}")
        return AskedOperation(row, live.agent_id, live.session_id, message, given, live.upstream)

    async def perform(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        file: File | None = None,
    ) -> BackendAnswer:
        """An operation of the agent. What the centre refuses is raised or answered."""
        live = await self.newest(agent_id)
        return await self.backend.perform(await self._request(live, name, values, body, file))

    async def perform_as(self, live: LiveSession, name: str) -> BackendAnswer:
        """The same in the name of a session that may be over."""
        return await self.backend.perform(await self._request(live, name))

    async def code(
        self,
        agent_id: int,
        name: str,
        values: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        file: File | None = None,
    ) -> str:
        """As `perform`: the retcode, however the centre says it."""
        try:
            return (await self.perform(agent_id, name, values, body, file)).retcode
        except Refused as refused:
            return refused.retcode

    async def result(self, agent_id: int, name: str, values: Mapping[str, str] | None = None, **more: Any) -> Any:
        """As `perform`: what was asked for. A file is bytes."""
        answer = await self.perform(agent_id, name, values, **more)
        assert answer.retcode == "0", answer
        if isinstance(answer.body, bytes) and "Content-Disposition" not in answer.headers:
            return json.loads(answer.body).get("result")
        return await whole(answer)

    async def hears(self, agent_id: int, *kinds: str) -> None:
        """Waits until these events were told to the agent, in this order, others perhaps between."""
        live = self.sessions[agent_id]

        async def told() -> bool:
            rest = iter(await self.events(live))
            return all(kind in rest for kind in kinds)

        try:
            await until_async(told)
        except TimeoutError:
            raise AssertionError((kinds, await self.events(live))) from None

    async def ends(self, live: LiveSession) -> EndReason:
        """Waits until the centre has ended the session."""

        async def is_over() -> bool:
            return await self.over(live) is not None

        await until_async(is_over)
        return cast("EndReason", await self.over(live))

    def state(self, agent_id: int) -> State | None:
        """The agent's state in the contact centre, None for one who is signed out."""
        desk = self.floor.world.desks.get(agent_id)
        return None if desk is None else desk.state.state

    def in_call(self, agent_id: int) -> bool:
        """Whether the agent has a call, ringing ones included."""
        return self.floor.world.desks[agent_id].in_call if agent_id in self.floor.world.desks else False

    def silent(self, live: LiveSession) -> bool | None:
        """What was said last of whether the agent may be silent."""
        said = [one[3] for one in self.sink.told if one[:3] == ("may be silent", live.agent_id, live.session_id)]
        return bool(said[-1]) if said else None


class EmbeddedSide(GatewaySide):
    """In front of a contact centre in this process, on the time of the test."""

    def __init__(self, time: ManualTime, registry: AgentRegistry, settings: Settings, pool: PasswordPool) -> None:
        super().__init__(time)
        self._registry, self._settings, self._pool = registry, settings, pool
        self._first: dict[str, list[str]] = {}
        self._shown = 0
        self.sink = RecordingSink()
        self._start()

    def _start(self) -> None:
        registry, file = self._registry, self._settings.contact_center_file
        assert file is not None
        book, settings = FilePasswordBook(registry), self._settings
        authentication = Authentication(registry, book, MemoryAttempts(), self._pool, lambda: settings)
        plan = read_plan(file, registry.skills(), settings.vdn_id)
        self.backend = self.floor = ContactCentre(
            registry, authentication, self.sink, self.time.clock, read_file, plan=plan, scheduler=self.time
        )

    def now_ms(self) -> int:
        return self.time.now_ms

    async def keep(self, entry: Entry) -> None:
        self.sessions[entry.live.agent_id] = entry.live
        self._first[entry.live.session_id] = [_kind(event.body) for event in entry.entered.events]

    async def drop(self, live: LiveSession) -> None:
        del self.sessions[live.agent_id]

    async def newest(self, agent_id: int) -> LiveSession:
        live = self.sessions[agent_id]
        notes = [cast("bytes", one[4]) for one in self.sink.told if one[:3] == ("tell", agent_id, live.session_id)]
        return replace(live, note=notes[-1] if notes else b"")

    async def events(self, live: LiveSession) -> list[str]:
        found = list(self._first.get(live.session_id, ()))
        for what, _agent, session_id, *more in self.sink.told:
            if session_id == live.session_id and what == _FORGET:
                found.clear()
            elif session_id == live.session_id and what == "tell":
                found += [_kind(event.body) for event in cast("Any", more[0])]
        self._shown = len(found)
        return found

    async def waiting(self, agent_id: int) -> int:
        shown = self._shown
        return len(await self.events(self.sessions[agent_id])) - shown

    async def over(self, live: LiveSession) -> EndReason | None:
        said = [one[3] for one in self.sink.told if one[:3] == ("ended", live.agent_id, live.session_id)]
        return cast("EndReason", said[0]) if said else None

    async def restart(self) -> None:
        await self.floor.close()
        kept = [await self.newest(agent_id) for agent_id in self.sessions]
        self._start()
        self.backend.resume(kept)


class UpstreamSide(GatewaySide):
    """In front of a whole gateway with a contact centre in it, over HTTP; sessions here are in a store in memory."""

    def __init__(self, time: ManualTime, floor: ContactCentre, settings: Settings) -> None:
        super().__init__(time)
        self.floor = floor
        self.sink = RecordingSink()
        self._settings = settings
        self._stores: Stores = memory_stores()
        self._ring = random_key_ring()
        self._told: dict[str, list[str]] = {}
        self._running: asyncio.Task[None] | None = None
        self.start()

    def start(self) -> None:
        stores, settings = self._stores, self._settings
        service = SessionService(stores.sessions, self._ring, lambda: Policy(settings))
        self.backend = open_upstream(
            service, stores.queue, stores.attempts, stores.upstream_nodes, lambda: settings, lambda: None, self.sink
        )
        self._running = asyncio.create_task(self.backend.run())

    async def close(self) -> None:
        assert self._running is not None
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self.backend.close()

    def now_ms(self) -> int:
        return self._stores.sessions.now_ms()

    async def keep(self, entry: Entry) -> None:
        live = entry.live
        kept = Session(live.session_id, "Node", "k1", live.started_ms, upstream=live.upstream)
        await self._stores.sessions.apply(live.agent_id, lambda _record: Change(None, Record(live.agent_id, kept)))
        self.sessions[live.agent_id] = live

    async def drop(self, live: LiveSession) -> None:
        await self._stores.sessions.apply(live.agent_id, lambda _record: Change(None, Record(live.agent_id)))
        del self.sessions[live.agent_id]

    async def newest(self, agent_id: int) -> LiveSession:
        session, live = (await self._stores.sessions.read(agent_id)).session, self.sessions[agent_id]
        return replace(live, upstream=session.upstream) if session is not None else live

    async def events(self, live: LiveSession) -> list[str]:
        told, queue = self._told.setdefault(live.session_id, []), self._stores.queue
        while (event := await queue.head(live.agent_id, live.session_id)) is not None:
            told.append(_kind(event.body))
            await queue.confirm(live.agent_id, live.session_id, event.id)
        return told

    async def waiting(self, agent_id: int) -> int:
        return await self._stores.queue.depth(agent_id)

    async def over(self, live: LiveSession) -> EndReason | None:
        said = [one[3] for one in self.sink.told if one[:3] == ("ended", live.agent_id, live.session_id)]
        record = await self._stores.sessions.read(live.agent_id)
        said += [old.reason for old in record.tombstones if old.id == live.session_id]
        return cast("EndReason", said[0]) if said else None

    async def restart(self) -> None:
        await self.close()
        self.start()
        self.backend.resume([await self.newest(agent_id) for agent_id in self.sessions])


@contextlib.asynccontextmanager
async def gateway_side(kind: str) -> AsyncIterator[GatewaySide]:
    """One of KINDS."""
    with quick_agents() as agents:
        async with (_embedded if kind == "embedded" else _upstream)(agents) as side:
            yield side


@contextlib.asynccontextmanager
async def _embedded(agents: Path) -> AsyncIterator[GatewaySide]:
    settings = load(CONFIG, {**DEMO, "AGENTS_FILE": str(agents)}).settings
    pool = PasswordPool()
    side = EmbeddedSide(ManualTime(), AgentRegistry(agents), settings, pool)
    try:
        yield side
    finally:
        await side.floor.close()
        pool.close()


@contextlib.asynccontextmanager
async def _upstream(agents: Path) -> AsyncIterator[GatewaySide]:
    time = ManualTime()
    async with running_gateway({**BEHIND, "AGENTS_FILE": str(agents)}, scheduler=time) as behind:
        floor = behind.app.centre
        assert floor is not None
        url = f"http://127.0.0.1:{behind.port}"
        side = UpstreamSide(time, floor, load(CONFIG, {"BACKEND": "upstream", "UPSTREAM_URL": url}).settings)
        try:
            yield side
        finally:
            await side.close()


async def whole(answer: BackendAnswer) -> bytes:
    """The body of an answer that may come in pieces."""
    if isinstance(answer.body, bytes):
        return answer.body
    return b"".join([piece async for piece in answer.body])


def file_name(answer: BackendAnswer) -> str:
    """The name of the file that an answer brings."""
    return unquote(answer.headers["Content-Disposition"].partition("''")[2])


async def is_turned_away(asking: Any) -> bool:
    """Whether what is awaited is refused, or nobody is there for it."""
    try:
        answer: BackendAnswer = await asking
    except GatewayError:
        return True
    return answer.retcode != "0"


def _target(path: str, values: Mapping[str, str]) -> str:
    query = {name: value for name, value in values.items() if f"{{{name}}}" not in path}
    query = {name: value for name, value in query.items() if name not in {"agentid", "workno"}}
    return f"{PREFIX}/{path.format_map(dict(values))}" + (f"?{urlencode(query)}" if query else "")


def _kind(body: bytes) -> str:
    kind: str = json.loads(body)["eventType"]
    return kind


def _address() -> str:
    return "127.0.0.1"
