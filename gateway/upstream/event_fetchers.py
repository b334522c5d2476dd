"""Which sessions this process fetches the events of, so that exactly one process does for each.

The process that opened a session fetches for it until it dies; then another takes over (`events.claims`).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from gateway.backend import Upstream
from gateway.events.claims import LEASE_S, Claims, PushNodes
from gateway.ops.jobs import all_done
from gateway.sessions.model import Session
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.upstream.event_fetcher import EventFetcher, FetcherParts
from gateway.upstream.service_client import ServiceClient
from gateway.upstream.session_client import SessionClient

STOP_S: Final = 2.5
BEGIN_A_SECOND: Final = 1000
"""How many polls begin in a second when many sessions are taken over."""


class EventFetchers:
    """All fetching of this process: `events.claims.Work`. `node`, `lease_s` and `clock` are as in `Claims`."""

    name = "upstream"
    begun_a_second = BEGIN_A_SECOND

    def __init__(
        self,
        node: str,
        store: SessionStore,
        queue: EventQueue,
        service: ServiceClient,
        session_client: SessionClient,
        nodes: PushNodes,
        *,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._claims = Claims(node, store, nodes, self, lease_s=lease_s, clock=clock)
        self._fetchers: dict[str, EventFetcher] = {}
        self._parts = FetcherParts(self.process, store, queue, service, session_client, self._claims.hold, clock)

    def __len__(self) -> int:
        """How many sessions this process fetches for."""
        return len(self._fetchers)

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._claims.process

    def opened(self, agent_id: int, session_id: str, upstream: Upstream | None) -> None:
        """A session was opened here."""
        if upstream is not None and upstream.holder == self.process:
            self._fetch(agent_id, session_id)

    async def run(self) -> None:
        """See `Claims.run`."""
        await self._claims.run(self.close)

    async def round(self, *, everything: bool = False) -> None:
        """See `Claims.round`."""
        await self._claims.round(everything=everything)

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        """See `Work.candidates`."""
        return await shard.live()

    def is_done_here(self, seen: Seen) -> bool:
        """See `Work.is_done_here`."""
        return seen.session_id in self._fetchers

    def holder(self, session: Session) -> str | None:
        """See `Work.holder`."""
        return session.upstream.holder if session.upstream else None

    def held_by(self, session: Session, process: str) -> Session:
        """See `Work.held_by`."""
        return replace(session, upstream=session.upstream and replace(session.upstream, holder=process))

    def begin(self, agent_id: int, session: Session, after_s: float) -> None:
        """See `Work.begin`."""
        self._fetch(agent_id, session.id, after_s)

    def resume(self) -> None:
        """See `Work.resume`: a fetcher looks by itself."""

    def _fetch(self, agent_id: int, session_id: str, after_s: float = 0) -> None:
        if session_id not in self._fetchers:
            self._fetchers[session_id] = EventFetcher(agent_id, session_id, self._parts, after_s, self._fetcher_over)

    def _fetcher_over(self, fetcher: EventFetcher, look_again: bool) -> None:
        if self._fetchers.get(fetcher.session_id) is fetcher:
            del self._fetchers[fetcher.session_id]
        if look_again:
            self._claims.look_again()

    async def close(self) -> None:
        """Leaves the sessions to other processes; what the service sends meanwhile is still kept."""
        self._claims.give_up()
        others = self._claims.alive - {self.process}
        await self._claims.leave()
        await all_done([fetcher.stop(STOP_S if others else 0) for fetcher in self._fetchers.values()])
