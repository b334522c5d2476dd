"""Agents whose calls were held by a process that is gone: they are told, and free again (design section 10).

Calls live in one process, which the records of its agents name (`AgentState.centre`). When that process has ended or
died, any other one frees its agents within 8 s: a call that still runs must not be cut, so a process is only taken for
dead when it was not heard of for twice the length of a lease.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.events.lease import LEASE_S, Lease
from gateway.events.push_nodes import PushNodes
from gateway.ops.jobs import Job, for_each
from gateway.sessions.over_shards import over_shards
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.errors import Refused, StoreUnavailable

_READ_TOGETHER: Final = 200

_LOG = logging.getLogger(__name__)


class Orphans:
    """The agents of processes that are gone, seen from this one. `node` names it in records, `clock` gives s.

    `free` frees an agent, in a session, of the calls that its record names at a process, which may be this one; False
    where there was nothing to do. `freed` is called after a look that freed some, `regained` when others may have taken
    this process for dead.
    """

    def __init__(
        self,
        node: str,
        nodes: PushNodes,
        store: SessionStore,
        free: Callable[[int, str, str], Awaitable[bool]],
        *,
        freed: Callable[[], Awaitable[None]],
        regained: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lease = Lease(node, nodes, self._look_soon, work="centre", regained=self._regain, clock=clock)
        self._looking = Job("orphans", clock=clock)
        self._store = store
        self._free = free
        self._freed = freed
        self._regained = regained
        self._clock = clock
        self._due = asyncio.Event()
        self._missing: dict[str, float] = {}

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._lease.process

    async def run(self) -> None:
        """Says that this process is alive and looks for agents of others that are not, until cancelled.

        The word does not wait for the look: the one who frees many must not seem dead meanwhile.
        """
        async with asyncio.TaskGroup() as both:
            both.create_task(self._lease.run())
            both.create_task(self._look_when_due())

    async def say(self) -> None:
        """One word. Raises StoreUnavailable."""
        await self._lease.round()

    async def close(self) -> None:
        """Others need not wait for the end of the lease."""
        if self._lease.alive:
            await self._lease.leave()

    async def look(self) -> None:
        """Frees the agents of all shards that must be; those of a shard out of reach later."""
        self._due.clear()
        self._missing = {
            process: since_s for process, since_s in self._missing.items() if process not in self._lease.alive
        }
        try:
            await over_shards(self._store, self._look_in)
        except StoreUnavailable:
            self._lease.look_again()

    async def _look_soon(self) -> None:
        self._due.set()

    async def _look_when_due(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            if not await self._looking.attempt(self.look):
                self._lease.look_again()

    def _regain(self) -> None:
        self._missing.clear()
        self._regained()

    def _is_gone(self, process: str) -> bool:
        missing_s = self._clock() - self._missing.setdefault(process, self._clock())
        return self._lease.may_take_over() and missing_s >= LEASE_S

    async def _look_in(self, shard: SessionStore) -> None:
        freed: list[int] = []

        async def consider(seen: Seen) -> None:
            if await self._consider(shard, seen):
                freed.append(seen.agent_id)

        try:
            await for_each(await shard.live(), consider, together=_READ_TOGETHER)
        finally:
            if freed:
                await self._freed()

    async def _consider(self, shard: SessionStore, seen: Seen) -> bool:
        try:
            centre = (await shard.read(seen.agent_id)).state.centre
            if not centre or centre in self._lease.alive - {self.process}:
                return False
            if centre != self.process and not self._is_gone(centre):
                self._lease.look_again()
                return False
            freed = await self._free(seen.agent_id, seen.session_id, centre)
        except (Refused, StoreUnavailable):
            return False  # The session has ended; or the next look at all sessions finds it.
        if freed:
            _LOG.info("agent %d is free: its call at process %s is over", seen.agent_id, centre)
        return freed
