"""Brings what the contact centre tells into the store, in order for each session (docs/design/one_floor.md).

What comes is written at once, by one task for each session that has something; what comes meanwhile goes with the next
write. While a shard of the store is away, all for its agents waits, bounded, and is then sent again from where it
stopped: a queue knows events again by their ids.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from gateway.audit import trail
from gateway.backend import EndReason
from gateway.ops import metrics, request_context
from gateway.ops.backoff import Backoff
from gateway.ops.logs import crash_line
from gateway.sessions.service import SessionService
from gateway.sessions.store import RECENT_IDS, Bounds, EventQueue, SessionStore
from gateway.trace.traces import Traces
from gateway.wire.envelope import Event
from gateway.wire.errors import StoreUnavailable, Unreadable

FIRST_REST_S: Final = 0.1
LONGEST_REST_S: Final = 1.0
CLOSE_S: Final = 2.0

_LOG = logging.getLogger(__name__)
MOST_TOGETHER: Final = RECENT_IDS // 2
"""Events in one write. A queue knows all of them again when the write is repeated."""
Note = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Forget:
    """The events told so far are void."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The centre has signed the agent out; `by` is the agent who did it, 0 for nobody, `address` where that came from.

    What writes it works for nobody: it may write what others have told meanwhile.
    """

    reason: EndReason
    by: int
    address: str


@dataclass(frozen=True, slots=True)
class Silent:
    """Whether the agent need not poll for now."""

    silent: bool


Step = Event | Forget | Ended | Silent


class Batch(NamedTuple):
    """What is written together: one step, or events and a note. `events` are those of the steps."""

    steps: Sequence[Step]
    events: Sequence[Event] = ()
    note: Note | None = None


@dataclass(slots=True)
class OutboxLine:
    """Steps in the order in which they came, `count` of them events, and the newest note.

    `busy`: some of it is being written, by `task` where that takes time.
    """

    agent_id: int
    session_id: str
    busy: bool = False
    task: "asyncio.Task[None] | None" = None
    steps: deque[Step] = field(default_factory=deque)
    note: Note | None = None
    count: int = 0
    _size: int = 0

    def add(self, steps: Iterable[Step], note: Note | None = None) -> None:
        """These come last."""
        for step in steps:
            match step:
                case Event():
                    self.count += 1
                    self._size += len(step.body)
                case Forget():
                    self._drop_events()
                case Silent() if self.steps and isinstance(self.steps[-1], Silent):
                    self.steps.pop()
            self.steps.append(step)
        self.note = note or self.note

    def drop_oldest(self, bounds: Bounds) -> int:
        """Keeps within the bounds, if need be without the oldest events, minor ones first; how many were dropped."""
        dropped = 0
        while self.count > 1 and (self.count > bounds.count or self._size > bounds.size):
            events = [step for step in self.steps if isinstance(step, Event)]
            least = next((event for event in events if event.minor), events[0])
            self.steps.remove(least)
            self.count -= 1
            self._size -= len(least.body)
            dropped += 1
        return dropped

    def take(self) -> Batch:
        """What is to be written next. The note goes with the last event: it tells what that has led to."""
        steps, events = self.steps, list[Event]()
        while steps:
            match steps[0]:
                case Event() as event:
                    steps.popleft()
                    self.count -= 1
                    self._size -= len(event.body)
                    events.append(event)
                    if self.count and len(events) == MOST_TOGETHER:
                        return Batch(events, events)
                case step if not events:
                    steps.popleft()
                    return Batch((step,))
                case _:
                    break
        if self.count:
            return Batch(events, events)
        note, self.note = self.note, None
        return Batch(events, events, note)

    def give_back(self, batch: Batch) -> None:
        """It could not be written: it comes first."""
        for step in reversed(batch.steps):
            self.steps.appendleft(step)
            if isinstance(step, Event):
                self.count += 1
                self._size += len(step.body)
        self.note = self.note or batch.note

    def clear(self) -> None:
        """The session is over."""
        self.steps.clear()
        self.note = None
        self.count = self._size = 0

    def _drop_events(self) -> None:
        self.steps = deque(step for step in self.steps if not isinstance(step, Event))
        self.count = self._size = 0


@dataclass(slots=True)
class _Shard:
    """Sessions of one shard that have something to get. `away`: it did not take what it was given last."""

    lines: dict[str, OutboxLine] = field(default_factory=dict)
    away: bool = False
    dropped: int = 0


class Outbox:
    """`backend.Sink` over a store and its queue.

    `bounds` is how much waits for one session, asked each time. `owes` is called when the backend is owed an end.
    `pause` (of seconds) does what `asyncio.sleep` does. `traces` is told of the events of traced agents.
    """

    def __init__(
        self,
        service: SessionService,
        queue: EventQueue,
        bounds: Callable[[], Bounds],
        owes: Callable[[], None],
        *,
        traces: Traces | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._service = service
        self._queue = queue
        self._bounds = bounds
        self._owes = owes
        self._pause = pause
        self._traces = traces
        self._shards: dict[SessionStore, _Shard] = {shard: _Shard() for shard in service.store.shards()}
        self._retries: set[asyncio.Task[None]] = set()
        self._closing = False
        # In the context of who tells, a write would name that one for what others tell meanwhile.
        self._nobody = copy_context()
        self._begun = 0
        self.under_way: dict[int, None] = {}
        """Writes under way by number, the oldest first."""
        self._waiters: deque[tuple[int, asyncio.Future[None]]] = deque()
        """Each waits for all writes up to a number."""

    def tell(self, agent_id: int, session_id: str, events: Sequence[Event] = (), note: Note | None = None) -> None:
        """See `Sink.tell`. With a store in memory the events are in the queue at once."""
        if self._traces is not None and agent_id in self._traces.agents:
            self._traces.events(agent_id, events)
        self._add(agent_id, session_id, events, note)

    def forget_events(self, agent_id: int, session_id: str) -> None:
        """See `Sink.forget_events`."""
        self._add(agent_id, session_id, (Forget(),))

    def ended(self, agent_id: int, session_id: str, reason: EndReason, by: int = 0) -> None:
        """See `Sink.ended`."""
        self._add(agent_id, session_id, (Ended(reason, by, request_context.address()),))

    def may_be_silent(self, agent_id: int, session_id: str, silent: bool) -> None:
        """See `Sink.may_be_silent`."""
        self._add(agent_id, session_id, (Silent(silent),))

    async def settled(self) -> None:
        """See `Sink.settled`."""
        if self.under_way:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((self._begun, waiter))
            await waiter

    async def close(self, within_s: float = CLOSE_S) -> None:
        """Writes what can be written within this time."""
        self._closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._write_the_rest()
        lines = [line for shard in self._shards.values() for line in shard.lines.values()]
        tasks = [line.task for line in lines if line.task is not None]
        for task in (*tasks, *self._retries):
            task.cancel()
        await asyncio.gather(*tasks, *self._retries, return_exceptions=True)
        left = sum(len(shard.lines) for shard in self._shards.values())
        if left:
            _LOG.warning("what the contact centre told %d sessions is lost: the store is out of reach", left)

    async def _write_the_rest(self) -> None:
        while True:
            for shard in self._shards.values():
                shard.away = False
                self._write_lines(shard)
            await self.settled()
            if not any(shard.lines for shard in self._shards.values()):
                return
            await self._pause(FIRST_REST_S)

    def _add(self, agent_id: int, session_id: str, steps: Sequence[Step], note: Note | None = None) -> None:
        shard = self._shards[self._service.store.shard_of(agent_id)]
        line = shard.lines.get(session_id)
        if line is None:
            line = shard.lines[session_id] = OutboxLine(agent_id, session_id)
        line.add(steps, note)
        if line.count > 1:
            self._bound(shard, line)
        if not (shard.away or line.busy):
            self._write(shard, line)

    def _bound(self, shard: _Shard, line: OutboxLine) -> None:
        dropped = line.drop_oldest(self._bounds())
        if dropped:
            if not shard.dropped:
                _LOG.error("too much waits for the store: the oldest events of a session are dropped")
            shard.dropped += dropped
            metrics.EVENTS_DROPPED.inc(dropped)

    def _write(self, shard: _Shard, line: OutboxLine) -> None:
        """Begins to write all of a line of which nothing is being written; what comes in this step goes along."""
        line.busy = True
        self._begun += 1
        self.under_way[self._begun] = None
        work = self._write_all(shard, line, self._begun)
        if self._queue.at_once:
            _to_its_end(work)
        else:
            line.task = asyncio.create_task(work, context=self._nobody.copy())

    def _write_lines(self, shard: _Shard) -> None:
        for line in list(shard.lines.values()):
            if not line.busy:
                self._write(shard, line)

    async def _write_all(self, shard: _Shard, line: OutboxLine, number: int) -> None:
        try:
            while line.steps or line.note is not None:
                await self._write_next(line, line.take())
            del shard.lines[line.session_id]
        except StoreUnavailable:
            self._comes_later(shard)
        finally:
            line.busy = False
            del self.under_way[number]
            if self._waiters:
                self._wake_waiters()

    def _wake_waiters(self) -> None:
        oldest = next(iter(self.under_way)) if self.under_way else self._begun + 1
        while self._waiters and self._waiters[0][0] < oldest:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_result(None)

    async def _write_next(self, line: OutboxLine, batch: Batch) -> None:
        """Writes some of a line; all of it goes where the session is over. Raises StoreUnavailable, and keeps it."""
        agent_id = line.agent_id
        try:
            if batch.events or batch.note is not None:
                note = None if batch.note is None else _made(agent_id, batch.note)
                alive = await self._queue.append(agent_id, line.session_id, batch.events, note)
            else:
                alive = await self._write_step(agent_id, line.session_id, batch.steps[0])
        except Unreadable as problem:
            _LOG.error("agent %d: what the contact centre told its session is lost: %s", agent_id, problem.message)
        except (StoreUnavailable, asyncio.CancelledError):
            line.give_back(batch)
            raise
        except Exception as crash:
            _LOG.error("what the contact centre told agent %d is lost: %s", agent_id, crash_line(crash))
        else:
            if not alive:
                line.clear()

    async def _write_step(self, agent_id: int, session_id: str, step: Step) -> bool:
        """False when the session is over."""
        match step:
            case Silent(silent):
                return await self._service.may_be_silent(agent_id, session_id, silent)
            case Ended():
                await self._end(agent_id, session_id, step)
                return False
            case _:
                await self._queue.clear(agent_id, session_id)
                return True

    async def _end(self, agent_id: int, session_id: str, step: Ended) -> None:
        if await self._service.end(agent_id, session_id, step.reason):
            who = {name: value for name, value in (("by", step.by), ("address", step.address)) if value}
            trail.record("sign-out", agent_id, session=session_id, reason=step.reason.name, **who)
            self._owes()

    def _comes_later(self, shard: _Shard) -> None:
        if not shard.away and not self._closing:
            shard.away = True
            _LOG.warning("the store is out of reach: what the contact centre tells waits for it")
            retry = asyncio.create_task(self._try_again(shard), context=self._nobody.copy())
            self._retries.add(retry)
            retry.add_done_callback(self._retries.discard)

    async def _try_again(self, shard: _Shard) -> None:
        """One session tries for all of its shard."""
        backoff = Backoff(FIRST_REST_S, LONGEST_REST_S, jitter=0)
        while shard.away:
            await self._pause(backoff.next_s())
            line = next((line for line in shard.lines.values() if not line.busy), None)
            if line is not None and not await self._takes(line):
                continue
            shard.away = False
            _LOG.info(
                "what the contact centre has told meanwhile is written now; %d events were dropped", shard.dropped
            )
            shard.dropped = 0
            self._write_lines(shard)

    async def _takes(self, line: OutboxLine) -> bool:
        """Whether the store takes what this session is to get next."""
        line.busy = True
        try:
            if line.steps or line.note is not None:
                await self._write_next(line, line.take())
        except StoreUnavailable:
            return False
        finally:
            line.busy = False
        return True


def _made(agent_id: int, note: Note) -> bytes | None:
    try:
        return note()
    except Exception as crash:
        _LOG.error("the note of agent %d cannot be made: %s", agent_id, crash_line(crash))
        return None


def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Runs what never waits. Raises RuntimeError where it does."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise RuntimeError("a queue that says that it never waits has waited")
