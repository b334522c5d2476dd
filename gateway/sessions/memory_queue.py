"""Event queues in memory (docs/design/events.md)."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.sessions.store import Wake
from gateway.wire.event import Event

RECENT_IDS = 64
"""How many ids a queue remembers, taken events included, so that a repeated append adds nothing."""


@dataclass(slots=True)
class _Queue:
    session_id: str
    events: deque[Event] = field(default_factory=deque)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_IDS))
    size: int = 0
    note: bytes = b""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one queue may hold: events and bytes of their bodies."""

    count: int
    size: int


class MemoryEventQueue:
    """`EventQueue` for one process. `bounds` is asked at every append, so a changed setting holds at once.

    A full queue drops minor events first, of these and of the others the oldest. An event wakes polls where the queue
    was empty: whoever waits has found it so.
    """

    at_once = True

    def __init__(self, bounds: Callable[[], Bounds], dropped: Callable[[int], None] = lambda count: None) -> None:
        self._bounds = bounds
        self._dropped = dropped
        self._queues: dict[int, _Queue] = {}
        self._wakes: list[Wake] = []

    def open_session(self, agent_id: int, session_id: str) -> None:
        """Starts an empty queue for a new session and wakes polls of a former one."""
        self._queues[agent_id] = _Queue(session_id)
        self.wake(agent_id)

    def close_session(self, agent_id: int) -> None:
        """Forgets the queue of an ended session and wakes its poll."""
        self._queues.pop(agent_id, None)
        self.wake(agent_id)

    def on_wake(self, wake: Wake) -> None:
        """See `SessionStore.on_wake`."""
        self._wakes.append(wake)

    def wake(self, agent_id: int) -> None:
        """Tells everyone who listens that the agent's poll should look again."""
        for wake in self._wakes:
            wake(agent_id, "")

    def add(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        """As `append`, in one step."""
        queue = self._queues.get(agent_id)
        if queue is None or queue.session_id != session_id:
            return False
        was_empty = not queue.events
        for event in events:
            if event.id not in queue.recent:
                queue.recent.append(event.id)
                queue.events.append(event)
                queue.size += len(event.body)
        if note is not None:
            queue.note = note
        if len(queue.events) > 1:
            self._drop_oldest(queue)
        if was_empty and queue.events:
            self.wake(agent_id)
        return True

    def _drop_oldest(self, queue: _Queue) -> None:
        bounds, dropped = self._bounds(), 0
        while len(queue.events) > 1 and (len(queue.events) > bounds.count or queue.size > bounds.size):
            least = next((event for event in queue.events if event.minor), queue.events[0])
            queue.events.remove(least)
            queue.size -= len(least.body)
            dropped += 1
        if dropped:
            self._dropped(dropped)

    def oldest(self, agent_id: int, session_id: str) -> Event | None:
        """As `head`, in one step."""
        queue = self._queues.get(agent_id)
        return queue.events[0] if queue and queue.session_id == session_id and queue.events else None

    def take(self, agent_id: int, session_id: str, event_id: str) -> None:
        """As `confirm`, in one step."""
        head = self.oldest(agent_id, session_id)
        if head is not None and head.id == event_id:
            queue = self._queues[agent_id]
            queue.size -= len(queue.events.popleft().body)

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """See `EventQueue.head`."""
        return self.oldest(agent_id, session_id)

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """See `EventQueue.confirm`."""
        self.take(agent_id, session_id, event_id)

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        """See `EventQueue.append`."""
        return self.add(agent_id, session_id, events, note)

    async def note(self, agent_id: int, session_id: str) -> bytes:
        """See `EventQueue.note`."""
        queue = self._queues.get(agent_id)
        return queue.note if queue is not None and queue.session_id == session_id else b""

    async def clear(self, agent_id: int, session_id: str) -> None:
        """See `EventQueue.clear`."""
        queue = self._queues.get(agent_id)
        if queue is not None and queue.session_id == session_id:
            queue.events.clear()
            queue.size = 0

    async def depth(self, agent_id: int) -> int:
        """See `EventQueue.depth`."""
        queue = self._queues.get(agent_id)
        return len(queue.events) if queue else 0
