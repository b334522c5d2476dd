"""The embedded store: one process, nothing kept over a restart (docs/design/optimistic_swap.md)."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gateway.backend import End
from gateway.sessions.memory_queue import MemoryEventQueue
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.sessions.store import Look, Looking, Rule, Seen, SessionStore, Wake

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
