"""Which sessions this process fetches the events of, so that exactly one process does for each (design section 10).

The process that opened a session fetches for it until it dies. A process says every second that it is alive; when it
has not for the length of its lease, another takes its sessions over. A process whose own lease ran out begins no poll,
and takes nothing over before it has held a new lease for its whole length, so that an outage of the store moves no
session.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Final

from gateway.backends.upstream import rules
from gateway.backends.upstream.line import Line, LineParts
from gateway.backends.upstream.messenger import Messenger
from gateway.backends.upstream.service import Service
from gateway.events.push_nodes import PushNodes
from gateway.sessions.model import Session
from gateway.sessions.over_shards import over_shards
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.wire.errors import StoreUnavailable

LEASE_S: Final = 3.0
LOOK_EVERY_S: Final = 1.0
"""With these, others have taken over within 5 s of the death of a process."""
LOOK_AT_ALL_EVERY: Final = 30
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
        self.process = f"{node}-{secrets.token_hex(8)}"
        self._store = store
        self._nodes = nodes
        self._lease_s = lease_s
        self._clock = clock
        self._lines: dict[str, Line] = {}
        self._alive: AbstractSet[str] = frozenset()
        self._held_since_s = self._held_until_s = 0.0
        self._look_at_all = True
        self._parts = LineParts(self.process, store, queue, service, messenger, self._holds, clock)

    def __len__(self) -> int:
        """How many sessions this process fetches for."""
        return len(self._lines)

    def _holds(self) -> bool:
        return self._clock() < self._held_until_s

    def _may_take_over(self) -> bool:
        return self._holds() and self._clock() - self._held_since_s >= self._lease_s

    def opened(self, agent_id: int, session: Session) -> None:
        """A session was opened here."""
        if session.upstream is not None and session.upstream.holder == self.process:
            self._take(agent_id, session.id)

    async def run(self) -> None:
        """Keeps the lease and looks for sessions without a living process, until cancelled."""
        rounds = 0
        try:
            while True:
                try:
                    await self.round(everything=rounds % LOOK_AT_ALL_EVERY == 0)
                except StoreUnavailable:
                    _LOG.debug("upstream: the store is out of reach")
                rounds += 1
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await self.close()

    async def round(self, *, everything: bool = False) -> None:
        """One look. `everything`: also when no process came or went. Raises StoreUnavailable."""
        asked_s = self._clock()
        alive = await self._nodes.alive(self.process, int(self._lease_s * 1000))
        if not self._holds():
            self._held_since_s = asked_s
        self._held_until_s = asked_s + self._lease_s
        self._look_at_all |= everything or alive != self._alive
        self._alive = alive
        if self._look_at_all:
            await self._look()

    async def _look(self) -> None:
        self._look_at_all = False
        try:
            await over_shards(self._store, self._look_in)
        except StoreUnavailable:
            self._look_at_all = True
            raise

    async def _look_in(self, store: SessionStore) -> None:
        strange = [seen for seen in await store.live() if seen.session_id not in self._lines]
        spread_s = len(strange) * len(self._store.shards()) / BEGIN_A_SECOND
        for start in range(0, len(strange), _READ_TOGETHER):
            some = strange[start : start + _READ_TOGETHER]
            await asyncio.gather(*(self._consider(seen, spread_s) for seen in some))

    async def _consider(self, seen: Seen, spread_s: float) -> None:
        """Takes the session when it is ours, or its process is dead."""
        found = rules.upstream_of(await self._store.read(seen.agent_id), seen.session_id)
        if found is None:
            return
        holder = found[1].holder
        if holder != self.process:
            if holder in self._alive:
                return
            if not self._may_take_over():
                self._look_at_all = True
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
        self._look_at_all |= look_again

    async def close(self) -> None:
        """Leaves the sessions to other processes; what the service sends meanwhile is still kept."""
        self._held_until_s = 0.0
        others = self._alive - {self.process}
        with suppress(StoreUnavailable):
            await self._nodes.leave(self.process)
        await asyncio.gather(*(line.stop(STOP_S if others else 0) for line in list(self._lines.values())))
