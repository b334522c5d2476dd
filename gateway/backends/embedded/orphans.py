"""Agents whose calls were held by a process that is gone: they are told, and free again (design section 10).

Calls live in one process, which the records of its agents name (`AgentState.centre`). When that process has ended or
died, any other one frees its agents within 5 s (`events.lease`).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.events.lease import Lease
from gateway.events.push_nodes import PushNodes
from gateway.sessions.over_shards import over_shards
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.errors import Refused

_READ_TOGETHER: Final = 200

_LOG = logging.getLogger(__name__)


class Orphans:
    """The agents of processes that are gone, seen from this one. `node` names it in records, `clock` gives s.

    `free` ends the calls that an agent has, in a session, at a process: see `Records.end_calls_of`.
    """

    def __init__(
        self,
        node: str,
        nodes: PushNodes,
        store: SessionStore,
        free: Callable[[int, str, str], Awaitable[None]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lease = Lease(node, nodes, self._look, clock=clock)
        self._store = store
        self._free = free

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._lease.process

    async def run(self) -> None:
        """Says that this process is alive and looks for agents of others that are not, until cancelled."""
        await self._lease.run()

    async def round(self, *, everything: bool = False) -> None:
        """See `Lease.round`."""
        await self._lease.round(everything=everything)

    async def close(self) -> None:
        """Others may free the agents of this process at once."""
        if self._lease.alive:
            await self._lease.leave()

    async def _look(self) -> None:
        await over_shards(self._store, self._look_in)

    async def _look_in(self, shard: SessionStore) -> None:
        live = await shard.live()
        for start in range(0, len(live), _READ_TOGETHER):
            await asyncio.gather(*(self._consider(shard, seen) for seen in live[start : start + _READ_TOGETHER]))

    async def _consider(self, shard: SessionStore, seen: Seen) -> None:
        centre = (await shard.read(seen.agent_id)).state.centre
        if not centre or centre in self._lease.alive:
            return
        if not self._lease.may_take_over():
            self._lease.look_again()
            return
        try:
            await self._free(seen.agent_id, seen.session_id, centre)
        except Refused:
            return  # The session has ended, and the calls with it.
        _LOG.info("the calls of agent %d are over: process %s is gone", seen.agent_id, centre)
