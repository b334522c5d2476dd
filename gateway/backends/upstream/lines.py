"""Which sessions this process fetches the events of, so that exactly one process does for each (design section 10).

The process that opened a session fetches for it until it dies; then another takes over (`events.lease`).
"""

import logging
import random
import time
from collections.abc import Callable
from typing import Final

from gateway.backends.upstream import rules
from gateway.backends.upstream.line import Line, LineParts
from gateway.backends.upstream.messenger import Messenger
from gateway.backends.upstream.service import Service
from gateway.events.lease import LEASE_S, Lease
from gateway.events.push_nodes import PushNodes
from gateway.ops.jobs import all_done, for_each
from gateway.sessions.model import Session
from gateway.sessions.over_shards import over_shards
from gateway.sessions.store import EventQueue, Seen, SessionStore

STOP_S: Final = 2.5
BEGIN_A_SECOND: Final = 1000
"""How many polls begin in a second when many sessions are taken over."""
_READ_TOGETHER: Final = 200

_LOG = logging.getLogger(__name__)


class Lines:
    """All fetching of this process. `node` names it in records, `lease_s` bounds its word, `clock` gives s."""

    def __init__(
        self,
        node: str,
        store: SessionStore,
        queue: EventQueue,
        service: Service,
        messenger: Messenger,
        nodes: PushNodes,
        *,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lease = Lease(node, nodes, self._look, work="upstream", lease_s=lease_s, clock=clock)
        self._store = store
        self._lines: dict[str, Line] = {}
        self._parts = LineParts(self.process, store, queue, service, messenger, self._lease.holds, clock)

    def __len__(self) -> int:
        """How many sessions this process fetches for."""
        return len(self._lines)

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._lease.process

    def opened(self, agent_id: int, session: Session) -> None:
        """A session was opened here."""
        if session.upstream is not None and session.upstream.holder == self.process:
            self._take(agent_id, session.id)

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
        await over_shards(self._store, self._look_in)

    async def _look_in(self, store: SessionStore) -> None:
        strange = [seen for seen in await store.live() if seen.session_id not in self._lines]
        spread_s = len(strange) * len(self._store.shards()) / BEGIN_A_SECOND
        await for_each(strange, lambda seen: self._consider(seen, spread_s), together=_READ_TOGETHER)

    async def _consider(self, seen: Seen, spread_s: float) -> None:
        """Takes the session when it is ours, or its process is dead."""
        found = rules.upstream_of(await self._store.read(seen.agent_id), seen.session_id)
        if found is None:
            return
        holder = found[1].holder
        if holder != self.process:
            if holder in self._lease.alive:
                return
            if not self._lease.may_take_over():
                self._lease.look_again()
                return
            if not await self._store.apply(seen.agent_id, rules.claiming(seen.session_id, holder, self.process)):
                return
            _LOG.info("fetches events of agent %d in place of %s", seen.agent_id, holder)
        self._take(seen.agent_id, seen.session_id, random.uniform(0, spread_s))

    def _take(self, agent_id: int, session_id: str, delay_s: float = 0) -> None:
        if session_id not in self._lines:
            self._lines[session_id] = Line(agent_id, session_id, self._parts, delay_s, self._line_over)

    def _line_over(self, line: Line, look_again: bool) -> None:
        if self._lines.get(line.session_id) is line:
            del self._lines[line.session_id]
        if look_again:
            self._lease.look_again()

    async def close(self) -> None:
        """Leaves the sessions to other processes; what the service sends meanwhile is still kept."""
        self._lease.give_up()
        others = self._lease.alive - {self.process}
        await self._lease.leave()
        await all_done([line.stop(STOP_S if others else 0) for line in self._lines.values()])
