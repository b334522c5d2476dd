"""Event queues in Redis (docs/design/events.md)."""

from collections.abc import Callable, Sequence
from typing import Final

from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.floor_claim import Fenced, claim_text
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Argument, load_script
from gateway.redis_store.shards import shard_of
from gateway.sessions.store import Bounds, EventQueue
from gateway.wire.envelope import Event
from gateway.wire.errors import StoreUnavailable

_LOST_THE_FLOOR: Final = -2

_APPEND: Final = load_script("floor", "queue", "append")
_CONFIRM: Final = load_script("confirm")
_CLEAR: Final = load_script("floor", "clear")


class RedisEventQueue:
    """`EventQueue` over a link. `bounds` is asked at every append, `dropped` hears how many of the oldest were lost.

    `floor` is the claim of a contact centre in this process: without it nothing is added.
    """

    at_once = False

    def __init__(
        self,
        link: RedisLink,
        bounds: Callable[[], Bounds],
        dropped: Callable[[int], None] = lambda count: None,
        floor: Fenced | None = None,
    ) -> None:
        self._link = link
        link.keep(_APPEND)  # A call waits for it that has waited for its check before.
        self._events, self._queue, self._floor_key = link.key("events", ""), link.key("queue", ""), link.key("floor")
        self._wake_channel = link.wake_channel
        self._aside = Aside(link)
        self._bounds = bounds
        self._dropped = dropped
        self._floor = floor

    def _keys(self, agent_id: int) -> tuple[str, str]:
        return f"{self._events}{agent_id}", f"{self._queue}{agent_id}"

    def _check(self, answer: int) -> None:
        """Raises StoreUnavailable where a write was answered that the floor is another process's."""
        if answer == _LOST_THE_FLOOR and self._floor is not None:
            self._floor.refused()
            raise StoreUnavailable

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """See `EventQueue.head`."""
        key = f"{self._events}{agent_id}"
        while (element := await self._link.command("LINDEX", key, 0)) is not None:
            try:
                return read_element(element, session_id)
            except ValueError:
                await self._aside.put([Bad(key, "first", content=element)])
        return None

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """See `EventQueue.confirm`."""
        await self._link.script(_CONFIRM, self._keys(agent_id), [f"{session_id}\n{event_id}\n"])

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        """See `EventQueue.append`."""
        bounds, floor = self._bounds(), self._floor
        keys = f"{self._events}{agent_id}", f"{self._queue}{agent_id}", self._floor_key
        arguments: list[Argument] = [session_id, bounds.count, bounds.size, self._wake_channel, f"{agent_id}:"]
        arguments += (b"" if note is None else b"+" + note, "" if floor is None else floor.claim_text)
        for event in events:
            arguments += (event.id, event.body)
        dropped: int = await self._link.replicated(_APPEND, keys, arguments)
        if dropped:
            self._check(dropped)
            if dropped > 0:
                self._dropped(dropped)
        return dropped >= 0

    async def note(self, agent_id: int, session_id: str) -> bytes:
        """See `EventQueue.note`."""
        owner, note = await self._link.command("HMGET", f"{self._queue}{agent_id}", "session", "note")
        return bytes(note) if note and owner == session_id.encode() else b""

    async def clear(self, agent_id: int, session_id: str) -> None:
        """See `EventQueue.clear`."""
        arguments = session_id, claim_text(self._floor)
        keys = *self._keys(agent_id), self._floor_key
        self._check(await self._link.script(_CLEAR, keys, arguments))

    async def depth(self, agent_id: int) -> int:
        """See `EventQueue.depth`."""
        return int(await self._link.command("LLEN", f"{self._events}{agent_id}"))


def read_element(element: bytes, session_id: str) -> Event | None:
    """The event of an element, None where it is one of another session. Raises ValueError for what is none."""
    owner, event_id, body = element.split(b"\n", 2)
    return Event(str(event_id, "ascii"), body) if str(owner, "utf-8", "replace") == session_id else None


class ShardedEventQueue:
    """`EventQueue` over two shards or more; a queue lies where its agent does."""

    at_once = False

    def __init__(self, shards: Sequence[EventQueue]) -> None:
        self._shards = tuple(shards)

    def _of(self, agent_id: int) -> EventQueue:
        return self._shards[shard_of(agent_id, len(self._shards))]

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """See `EventQueue.head`."""
        return await self._of(agent_id).head(agent_id, session_id)

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """See `EventQueue.confirm`."""
        await self._of(agent_id).confirm(agent_id, session_id, event_id)

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        """See `EventQueue.append`."""
        return await self._of(agent_id).append(agent_id, session_id, events, note)

    async def note(self, agent_id: int, session_id: str) -> bytes:
        """See `EventQueue.note`."""
        return await self._of(agent_id).note(agent_id, session_id)

    async def clear(self, agent_id: int, session_id: str) -> None:
        """See `EventQueue.clear`."""
        await self._of(agent_id).clear(agent_id, session_id)

    async def depth(self, agent_id: int) -> int:
        """See `EventQueue.depth`."""
        return await self._of(agent_id).depth(agent_id)
