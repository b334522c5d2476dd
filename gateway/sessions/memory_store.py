"""The embedded store and its event queues: one process, nothing kept over a restart.

See docs/design/optimistic_swap.md and docs/design/events.md.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gateway.backend import End
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.sessions.store import RECENT_IDS, Bounds, Look, Looking, Rule, Seen, SessionStore, Wake
from gateway.wire.envelope import Event


@dataclass(slots=True)
class _Queue:
    session_id: str
    events: deque[Event] = field(default_factory=deque)
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT_IDS))
    size: int = 0
    note: bytes = b""


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


T = TypeVar("T")


def wall_clock() -> Callable[[], int]:
    """Time in ms that starts at the wall clock and then only goes forward."""
    offset = time.time() - time.monotonic()
    return lambda: int((time.monotonic() + offset) * 1000)


@dataclass(slots=True)
class _LastSeen:
    session_id: str
    seen_ms: int
    push: bool


class MemorySessionStore:
    """`SessionStore` in dictionaries. Every method runs in one step of the event loop, hence atomically."""

    def __init__(self, queue: MemoryEventQueue, clock: Callable[[], int] | None = None) -> None:
        self._queue = queue
        self._clock = clock or wall_clock()
        self._records: dict[int, Record] = {}
        self._seen: dict[int, _LastSeen] = {}
        self._owed: dict[str, End] = {}
        self._fingerprints: dict[str, str] = {}

    def shards(self) -> Sequence[SessionStore]:
        """See `SessionStore.shards`."""
        return (self,)

    def shard_of(self, agent_id: int) -> SessionStore:
        """See `SessionStore.shard_of`."""
        return self

    def in_reach(self) -> bool:
        """Memory is never out of reach."""
        return True

    def now_ms(self) -> int:
        """See `SessionStore.now_ms`."""
        return self._clock()

    def outages(self) -> tuple[Outage, ...]:
        """Memory is never out of reach."""
        return ()

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        """See `SessionStore.read`; memory is always sure."""
        return self._records.get(agent_id) or Record(agent_id)

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        """See `SessionStore.apply`; `known` and `durable` make no difference here."""
        before = self._records.get(agent_id) or Record(agent_id)
        change = rule(before)
        if change.silent_since_ms is not None:
            seen = self._seen.get(agent_id)
            if seen is not None and seen.seen_ms > change.silent_since_ms:
                return None
        if change.record is not None:
            self._records[agent_id] = change.record
            self._follow_session(before, change.record)
            self._owed.update((end.session_id, end) for end in change.ends)
            if change.record.session is not None and (change.events or change.note):
                self._queue.add(agent_id, change.record.session.id, change.events, change.note or None)
        return change.outcome

    def _follow_session(self, before: Record, after: Record) -> None:
        session = after.session
        if (before.session and before.session.id) == (session and session.id):
            return
        if session is None:
            self._seen.pop(after.agent_id, None)
            self._queue.close_session(after.agent_id)
        else:
            self._seen[after.agent_id] = _LastSeen(session.id, self._clock(), session.push)
            self._queue.open_session(after.agent_id, session.id)

    def note_seen(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """See `SessionStore.note_seen`."""
        seen = self._seen.get(agent_id)
        if seen is not None and seen.session_id == session_id:
            seen.seen_ms, seen.push = self._clock(), push

    async def forget_seen(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`: here a session is in both or in none."""

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        overdue = [
            seen for seen in await self.live() if seen.seen_ms < (push_before_ms if seen.push else poll_before_ms)
        ]
        return sorted(overdue, key=lambda seen: seen.seen_ms)[:most]

    async def live(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        return [Seen(agent_id, seen.session_id, seen.seen_ms, seen.push) for agent_id, seen in self._seen.items()]

    async def count(self, *, push: bool = False) -> int:
        """See `SessionStore.count`."""
        return sum(seen.push for seen in self._seen.values()) if push else len(self._seen)

    async def owed(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`."""
        return list(self._owed.values())[:most]

    async def paid(self, session_id: str) -> None:
        """See `SessionStore.paid`."""
        self._owed.pop(session_id, None)

    async def key_fingerprints(self, add: Mapping[str, str], drop: Sequence[str] = ()) -> Mapping[str, str]:
        """See `SessionStore.key_fingerprints`."""
        for key_id in drop:
            self._fingerprints.pop(key_id, None)
        self._fingerprints = {**add, **self._fingerprints}
        return dict(self._fingerprints)

    def on_wake(self, wake: Wake) -> None:
        """See `SessionStore.on_wake`."""
        self._queue.on_wake(wake)

    def known(self, agent_id: int) -> Record | None:
        """See `SessionStore.known`: here it is always that of now."""
        return self._records.get(agent_id)

    async def look(self, known: Record, looking: Looking) -> Look:
        """See `SessionStore.look`: there is no other node."""
        agent_id = known.agent_id
        record = self._records.get(agent_id) or Record(agent_id)
        if (record is not known and record != known) or (
            looking.until_ms is not None and self.now_ms() >= looking.until_ms
        ):
            return Look(record=record)
        if looking.confirms:
            self._queue.take(agent_id, looking.session_id, looking.confirms)
        return Look(event=self._queue.oldest(agent_id, looking.session_id), ended=looking.ended)

    async def lost(self, agent_id: int, event_id: str) -> None:
        """See `SessionStore.lost`: there is no other node."""

    async def close(self) -> None:
        """Nothing to let go of."""
