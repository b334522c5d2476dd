"""Push mode: which sessions this process pushes events for (design section 9; contract connection.md section 7).

The process that opened a session pushes for it until it dies; heartbeats at other nodes change nothing, since a move
could push an event twice. A dead process is noticed when its lease has run out (`events.lease`): the node of the
session's next heartbeat, or whichever node looks first, takes over.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from gateway.events.lease import Lease
from gateway.events.poll import Due
from gateway.events.push_choice import choose_way
from gateway.events.push_client import PushClient
from gateway.events.push_line import PushLine, PushParts
from gateway.events.push_nodes import PushNodes
from gateway.events.push_rules import claiming, renewing, way_of
from gateway.events.push_seal import PushSeal
from gateway.ops.jobs import all_done, for_each
from gateway.sessions.model import PushWay, Session
from gateway.sessions.over_shards import over_shards
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.settings.schema import Settings

MOST_AT_ONCE: Final = 50
"""Pushes at once to one receiver, so that one that is slow delays nobody but its own agents."""
FIRST_AFTER_S: Final = 0.5
"""A receiver knows the GUID of a new session by then: the sign-in answer has reached its client."""
STOP_S: Final = 2.0
_MOST: Final = 1_000_000
_READ_TOGETHER: Final = 200
_AHEAD_MS: Final = 86_400_000

_LOG = logging.getLogger(__name__)


class PushService:
    """All pushing of this process.

    `ended` is called when the backend is owed an end; `pause` is as in `PushParts`; `clock` is monotonic, in s.
    """

    def __init__(
        self,
        service: SessionService,
        queue: EventQueue,
        nodes: PushNodes,
        due: Due,
        settings: Callable[[], Settings],
        ended: Callable[[], None],
        *,
        client: PushClient | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lease = Lease(
            settings().node_name, nodes, self._look, work="push", regained=lambda: self.wake(0, ""), clock=clock
        )
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
            due,
            settings,
            self._slot,
            self._lease.holds,
            ended,
            pause,
        )

    def _slot(self, receiver: str) -> asyncio.Semaphore:
        return self._slots.setdefault(receiver, asyncio.Semaphore(MOST_AT_ONCE))

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._lease.process

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
            self._take(agent_id, session.id, session.way.url, FIRST_AFTER_S)

    async def heard(self, agent_id: int, session: Session, token: str) -> None:
        """A heartbeat, perhaps with a new service token. Raises Unavailable."""
        way = session.way
        if way is None:
            return
        if token and not way.older:
            await self._renew(agent_id, session.id, way, token)
        if way.holder not in self._lease.alive:
            await self._consider(agent_id, session.id)

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
        """Keeps the lease and looks for sessions without a living process, until cancelled."""
        try:
            await self._lease.run()
        finally:
            await self.close()

    async def round(self, *, everything: bool = False) -> None:
        """See `Lease.round`."""
        await self._lease.round(everything=everything)

    async def _look(self) -> None:
        await over_shards(self._service.store, self._look_in)

    async def _look_in(self, store: SessionStore) -> None:
        sessions = await store.silent(0, store.now_ms() + _AHEAD_MS, _MOST)
        strange = [seen for seen in sessions if not self._is_ours(seen)]
        await for_each(strange, lambda seen: self._consider(seen.agent_id, seen.session_id), together=_READ_TOGETHER)

    def _is_ours(self, seen: Seen) -> bool:
        line = self._lines.get(seen.agent_id)
        return line is not None and line.session_id == seen.session_id

    async def _consider(self, agent_id: int, session_id: str) -> None:
        """Takes the session when it is ours, or its process is dead."""
        store = self._service.store
        found = way_of(await store.read(agent_id), session_id)
        if found is None:
            return
        way = found[1]
        if way.holder != self.process:
            if way.holder in self._lease.alive:
                return
            if not self._lease.may_take_over():
                self._lease.look_again()
                return
            if not await store.apply(agent_id, claiming(session_id, way.holder, self.process)):
                return
            _LOG.info("pushes to agent %d in place of %s", agent_id, way.holder)
        self._take(agent_id, session_id, way.url)

    def _take(self, agent_id: int, session_id: str, url: str, first_s: float = 0) -> None:
        line = self._lines.get(agent_id)
        if line is not None:
            line.wake()
        if line is None or line.session_id != session_id:
            self._lines[agent_id] = PushLine(agent_id, session_id, url, self._parts, self._line_over, first_s)

    def _line_over(self, line: PushLine, taken: bool) -> None:
        if self._lines.get(line.agent_id) is line:
            del self._lines[line.agent_id]
            if taken:
                self._lease.look_again()

    async def close(self) -> None:
        """Lets pushes under way end and leaves the sessions to other processes."""
        self._lease.give_up()
        try:
            await all_done([line.stop(STOP_S) for line in self._lines.values()])
        finally:
            await self._lease.leave()
            await self._client.close()
