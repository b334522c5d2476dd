"""Event queues of several shards (design section 8, STORE_SHARDS)."""

from collections.abc import Sequence

from gateway.redis_link.shards import shard_of
from gateway.sessions.model import Event
from gateway.sessions.store import EventQueue


class ShardedQueue:
    """`EventQueue` over two shards or more; a queue lies where its agent does."""

    def __init__(self, shards: Sequence[EventQueue]) -> None:
        self._shards = tuple(shards)

    def _of(self, agent_id: int) -> EventQueue:
        return self._shards[shard_of(agent_id, len(self._shards))]

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """See `EventQueue.head`."""
        return await self._of(agent_id).head(agent_id, session_id)

    async def next(self, agent_id: int, session_id: str, *, tells: bool) -> tuple[Event | None, int]:
        """See `EventQueue.next`."""
        return await self._of(agent_id).next(agent_id, session_id, tells=tells)

    async def lost(self, agent_id: int, event_id: str) -> None:
        """See `EventQueue.lost`."""
        await self._of(agent_id).lost(agent_id, event_id)

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """See `EventQueue.confirm`."""
        await self._of(agent_id).confirm(agent_id, session_id, event_id)

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event]) -> bool:
        """See `EventQueue.append`."""
        return await self._of(agent_id).append(agent_id, session_id, events)

    async def clear(self, agent_id: int, session_id: str) -> None:
        """See `EventQueue.clear`."""
        await self._of(agent_id).clear(agent_id, session_id)

    async def depth(self, agent_id: int) -> int:
        """See `EventQueue.depth`."""
        return await self._of(agent_id).depth(agent_id)
