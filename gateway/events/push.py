"""Push mode: which sessions this process pushes events for (docs/protocol.md, Push).

The process that opened a session pushes for it until it dies; heartbeats at other nodes change nothing, since a move
could push an event twice. A dead process is noticed when its lease has run out (`events.claims`): the node of the
session's next heartbeat, or whichever node looks first, takes over.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from gateway.events.claims import Claims, PushNodes
from gateway.events.push_client import PushClient
from gateway.events.push_line import PushLine, PushParts
from gateway.events.push_way import PushSeal, choose_way, renewing
from gateway.ops.jobs import all_done
from gateway.sessions.model import PushWay, Session
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.settings.schema import Settings
from gateway.trace.traces import Traces

MOST_AT_ONCE: Final = 50
"""Pushes at once to one receiver, so that one that is slow delays nobody but its own agents."""
FIRST_AFTER_S: Final = 0.5
"""A receiver knows the GUID of a new session by then: the sign-in answer has reached its client."""
STOP_S: Final = 2.0
_MOST: Final = 1_000_000
_AHEAD_MS: Final = 86_400_000


class PushService:
    """All pushing of this process: `events.claims.Work`.

    `ended` is called when the backend is owed an end; `pause` is as in `PushParts`; `clock` is monotonic, in s.
    `traces` is told of the pushes of traced agents.
    """

    name = "push"
    begun_a_second = 0

    def __init__(
        self,
        service: SessionService,
        queue: EventQueue,
        nodes: PushNodes,
        settings: Callable[[], Settings],
        ended: Callable[[], None],
        *,
        client: PushClient | None = None,
        traces: Traces | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._claims = Claims(settings().node_name, service.store, nodes, self, clock=clock)
        self._service = service
        self._settings = settings
        self._client = client or PushClient(settings)
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._lines: dict[int, PushLine] = {}
        self._seal = PushSeal(service.ring)
        self._parts = PushParts(
            self.process,
            service,
            queue,
            self._client,
            self._seal.unsealed,
            settings,
            self._slot,
            self._claims.hold,
            ended,
            pause,
            traces,
        )

    def _slot(self, receiver: str) -> asyncio.Semaphore:
        return self._slots.setdefault(receiver, asyncio.Semaphore(MOST_AT_ONCE))

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._claims.process

    @property
    def sessions(self) -> int:
        """For how many sessions this process pushes."""
        return len(self._lines)

    def way(self, call_back_uri: str, service_token: str, push_url: str) -> PushWay | None:
        """Where the events of a sign-in go; None for polling mode. Raises Refused (`100-001`)."""
        way = choose_way(call_back_uri, service_token, push_url, self._settings().push_callbacks, self.process)
        return way and self._seal.sealed(way)

    def opened(self, agent_id: int, session: Session) -> None:
        """A session was opened here."""
        if session.way is not None:
            self.begin(agent_id, session, FIRST_AFTER_S)

    async def heard(self, agent_id: int, session: Session, token: str) -> None:
        """A heartbeat, perhaps with a new service token. Raises Unavailable."""
        way = session.way
        if way is None:
            return
        if token and not way.older:
            await self._renew(agent_id, session.id, way, token)
        if way.holder not in self._claims.alive:
            await self._claims.consider(agent_id, session.id)

    async def _renew(self, agent_id: int, session_id: str, way: PushWay, token: str) -> None:
        former = self._seal.unsealed(way)
        if former.token != token:
            fresh = self._seal.sealed(replace(former, token=token))
            await self._service.store.apply(agent_id, renewing(session_id, fresh))

    def wake(self, agent_id: int, token: str) -> None:
        """As `sessions.store.Wake`."""
        if token:
            return
        for line in list(self._lines.values()) if agent_id == 0 else [self._lines.get(agent_id)]:
            if line is not None:
                line.wake()

    async def run(self) -> None:
        """See `Claims.run`."""
        await self._claims.run(self.close)

    async def round(self, *, everything: bool = False) -> None:
        """See `Claims.round`."""
        await self._claims.round(everything=everything)

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        """See `Work.candidates`."""
        return await shard.silent(0, shard.now_ms() + _AHEAD_MS, _MOST)

    def is_done_here(self, seen: Seen) -> bool:
        """See `Work.is_done_here`."""
        line = self._lines.get(seen.agent_id)
        return line is not None and line.session_id == seen.session_id

    def holder(self, session: Session) -> str | None:
        """See `Work.holder`."""
        return session.way.holder if session.way else None

    def held_by(self, session: Session, process: str) -> Session:
        """See `Work.held_by`."""
        return replace(session, way=session.way and replace(session.way, holder=process))

    def begin(self, agent_id: int, session: Session, after_s: float) -> None:
        """See `Work.begin`."""
        line = self._lines.get(agent_id)
        if line is not None:
            line.wake()
        if session.way is not None and (line is None or line.session_id != session.id):
            self._lines[agent_id] = PushLine(
                agent_id, session.id, session.way.url, self._parts, self._line_over, after_s
            )

    def resume(self) -> None:
        """See `Work.resume`."""
        self.wake(0, "")

    def _line_over(self, line: PushLine, taken: bool) -> None:
        if self._lines.get(line.agent_id) is line:
            del self._lines[line.agent_id]
            if taken:
                self._claims.look_again()

    async def close(self) -> None:
        """Lets pushes under way end and leaves the sessions to other processes."""
        self._claims.give_up()
        try:
            await all_done([line.stop(STOP_S) for line in self._lines.values()])
        finally:
            await self._claims.leave()
            await self._client.close()
