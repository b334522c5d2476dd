"""Event queues in Redis (design section 9)."""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from gateway.redis_link.link import RedisLink
from gateway.redis_link.packing import Argument
from gateway.redis_link.scripts import load_script
from gateway.sessions.aside import Aside, Bad
from gateway.sessions.memory_queue import Bounds
from gateway.sessions.model import Event

_APPEND: Final = load_script("gateway.sessions.lua", "queue", "append")
ARRIVES_WITHIN_MS: Final = 200
"""How long a kernel may hold back the acknowledgement of what another node has sent."""

_NEXT: Final = load_script("gateway.sessions.lua", "next")
_LOST: Final = load_script("gateway.sessions.lua", "lost")
_CONFIRM: Final = load_script("gateway.sessions.lua", "confirm")
_CLEAR: Final = load_script("gateway.sessions.lua", "clear")


class RedisQueue:
    """`EventQueue` over a link. `bounds` is asked at every append, `dropped` hears how many of the oldest were lost."""

    def __init__(
        self, link: RedisLink, bounds: Callable[[], Bounds], dropped: Callable[[int], None] = lambda count: None
    ) -> None:
        self._link = link
        self._node = secrets.token_hex(4)
        self._aside = Aside(link)
        self._bounds = bounds
        self._dropped = dropped

    def _keys(self, agent_id: int) -> tuple[str, str]:
        return self._link.key("events", agent_id), self._link.key("queue", agent_id)

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """See `EventQueue.head`."""
        key = self._link.key("events", agent_id)
        while (element := await self._link.command("LINDEX", key, 0)) is not None:
            try:
                return _read(element, session_id)
            except ValueError:
                await self._aside.put([Bad(key, "first", content=element)])
        return None

    async def next(self, agent_id: int, session_id: str, *, tells: bool) -> tuple[Event | None, int]:
        """See `EventQueue.next`."""
        keys = self._keys(agent_id)
        while True:
            arguments = (self._node, self._link.now_ms(), ARRIVES_WITHIN_MS, int(tells))
            found = await self._link.script(_NEXT, keys, arguments)
            if found is None:
                return None, 0
            try:
                return _read(found[0], session_id), int(found[1])
            except ValueError:
                await self._aside.put([Bad(keys[0], "first", content=found[0])])

    async def lost(self, agent_id: int, event_id: str) -> None:
        """See `EventQueue.lost`."""
        await self._link.script(_LOST, [self._link.key("queue", agent_id)], [f"{self._node} {event_id} "])

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """See `EventQueue.confirm`."""
        await self._link.script(_CONFIRM, self._keys(agent_id), [f"{session_id}\n{event_id}\n"])

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event]) -> bool:
        """See `EventQueue.append`."""
        bounds = self._bounds()
        arguments: list[Argument] = [session_id, bounds.count, bounds.size, self._link.wake_channel, f"{agent_id}:"]
        for event in events:
            arguments += (event.id, event.body)
        dropped = int(await self._link.script(_APPEND, self._keys(agent_id), arguments))
        if dropped > 0:
            self._dropped(dropped)
        return dropped >= 0

    async def clear(self, agent_id: int, session_id: str) -> None:
        """See `EventQueue.clear`."""
        await self._link.script(_CLEAR, self._keys(agent_id), [session_id])

    async def depth(self, agent_id: int) -> int:
        """See `EventQueue.depth`."""
        return int(await self._link.command("LLEN", self._link.key("events", agent_id)))


def _read(element: bytes, session_id: str) -> Event | None:
    """The event of an element, None where it is one of another session. Raises ValueError for what is none."""
    owner, event_id, body = element.split(b"\n", 2)
    return Event(event_id.decode("ascii"), body) if owner == session_id.encode() else None
