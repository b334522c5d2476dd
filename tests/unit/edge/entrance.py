"""The edge without listeners: sessions in memory, a contact centre of the test, requests as the listeners make them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

from gateway.edge.agent_request import Services
from gateway.edge.dispatch import Edge
from gateway.events.push_way import choose_way
from gateway.interface.operation import OperationTable
from gateway.rows import ALL_OPERATIONS
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds, Change
from gateway.settings.schema import Settings
from gateway.wire.errors import StoreUnavailable
from gateway.wire.http import AnyResponse, Response, StreamedResponse
from tests.support.requests import made_request
from tests.unit.edge.fake_backend import PASSWORD, FakeBackend
from tests.unit.sessions.samples import RING, START

AGENT = 101
PREFIX = "/agentgateway/resource"
LISTED = "https://crm.example/events"
ORIGIN = "https://desk.example"


class MovingStore(MemorySessionStore):
    """A store that can refuse what is to be durable, such as the end of a session."""

    away = False

    async def apply(self, agent_id: int, rule: Any, *, known: Record | None = None, durable: bool = False) -> Any:
        if self.away and durable:
            raise StoreUnavailable
        return await super().apply(agent_id, rule, known=known, durable=durable)


@dataclass(frozen=True)
class Said:
    """An answer as it would leave."""

    response: AnyResponse

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def body(self) -> bytes:
        assert isinstance(self.response, Response)
        return self.response.body

    @property
    def lines(self) -> list[str]:
        """The headers, one a line."""
        assert not isinstance(self.response, StreamedResponse)
        return self.response.lines.split("\r\n")

    @property
    def retcode(self) -> str:
        return str(json.loads(self.body)["retcode"])

    def header(self, name: str) -> str:
        """ "" where it is not there."""
        return next((line.partition(": ")[2] for line in self.lines if line.startswith(f"{name}: ")), "")


class Entrance:
    """An edge, and what stands around it. `pushed` are the agents whose sessions are pushed for."""

    def __init__(self, **settings: str) -> None:
        self.settings = Settings.model_validate({"CORS_ORIGINS": ORIGIN, **settings})
        self.backend = FakeBackend()
        self.store = MovingStore(MemoryEventQueue(lambda: Bounds(10, 10_000)), lambda: START)
        self.sessions = SessionService(self.store, RING, lambda: Policy(self.settings))
        self.pushed: list[int] = []
        self.owed = 0
        push = Mock(way=self._way, opened=lambda agent_id, session: self.pushed.append(agent_id))
        self.services = Services(
            lambda: self.settings, self.sessions, Mock(), Mock(), Mock(), push, self.backend, self._owes
        )
        self.edge = Edge(self.services, OperationTable(ALL_OPERATIONS), {"/page": self._page})

    @staticmethod
    def _way(call_back_uri: str, service_token: str, push_url: str) -> PushWay | None:
        return choose_way(call_back_uri, service_token, push_url, [LISTED], "this")

    @staticmethod
    async def _page(_request: object) -> AnyResponse:
        return Response(b"a page")

    def _owes(self) -> None:
        self.owed += 1

    async def ask(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Said:
        """A request; `target` is below the prefix where it does not begin with `/` or `http`."""
        whole = target if target.startswith(("/", "http")) else f"{PREFIX}/{target}"
        return Said(await self.edge.handle(made_request(method, whole, headers or {}, body=body)))

    async def sign_in(self, path: str = f"onlineagent/{AGENT}", **members: object) -> Said:
        """With the right password and a phone, unless `members` say otherwise."""
        body = json.dumps({"password": PASSWORD, "phonenum": "40038", **members}).encode()
        return await self.ask("PUT", path, body)

    async def session(self, agent_id: int = AGENT) -> Session | None:
        """The one that lives."""
        return (await self.store.read(agent_id)).session

    async def hold(self, session: Session, agent_id: int = AGENT) -> dict[str, str]:
        """Keeps this session; the headers of a request in it."""
        await self.store.apply(agent_id, lambda _record: Change(None, Record(agent_id, session)))
        self.backend.here[agent_id] = [session.id]
        return {"guid": self.sessions.guid(session, session.number)}
