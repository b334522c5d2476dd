"""The pushed events of one session, oldest first, the next only after the one before is acknowledged.

See docs/protocol.md, Push.

A line works while there is an event and then rests until it is woken. Before each push the record is read, so a line
whose session is over, or which another process took over, ends. An event can arrive twice (its acknowledgement was
lost, or this process stood still for longer than its lease), always under the same id; it is never passed over.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Final

from gateway.audit import trail
from gateway.backend import EndReason
from gateway.events.delivery import farewell
from gateway.events.push_client import Outcome, PushClient
from gateway.events.push_message import push_message
from gateway.events.push_way import failing, origin, way_of
from gateway.ops import metrics
from gateway.ops.jobs import Job
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.policy import runs_out
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue
from gateway.settings.schema import Settings
from gateway.trace.traces import Traces
from gateway.wire.envelope import Event, age_s
from gateway.wire.errors import StoreUnavailable, Unavailable

STORE_RETRY_S: Final = 0.5

WITH_WORDS: Final = frozenset((Outcome.RETCODE, Outcome.STATUS, Outcome.REFUSED))
"""Where the receiver has said something, which is told in its place."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushParts:
    """What every line needs.

    `unsealed` opens what a record keeps of a receiver. `slot` bounds the pushes at once to one receiver (scheme, host
    and port). `holds` tells whether this process may push now; who answers no wakes all lines when it may again.
    `ended` is called after a forced end. `pause` (of seconds) does what `asyncio.sleep` does.
    `traces` is told of the pushes of traced agents.
    """

    process: str
    service: SessionService
    queue: EventQueue
    client: PushClient
    unsealed: Callable[[PushWay], PushWay]
    settings: Callable[[], Settings]
    slot: Callable[[str], asyncio.Semaphore]
    holds: Callable[[], bool]
    ended: Callable[[], None]
    pause: Callable[[float], Awaitable[None]]
    traces: Traces | None = None


class _Over(Exception):
    """This process has nothing more to push for the session; `taken`: another process does."""

    def __init__(self, *, taken: bool = False) -> None:
        self.taken = taken


class PushLine:
    """One session whose events this process pushes, after `first_s`.

    `over` is called when it no longer does; see `_Over.taken`.
    """

    def __init__(
        self,
        agent_id: int,
        session_id: str,
        url: str,
        parts: PushParts,
        over: Callable[["PushLine", bool], None],
        first_s: float = 0,
    ) -> None:
        self.agent_id = agent_id
        self.session_id = session_id
        self._receiver = origin(url)
        self._parts = parts
        self._over = over
        self._delivered = self._said = self._heard = ""
        self._job = Job("push-line", f"agent {agent_id}", passes=(_Over,))
        self._last: tuple[Session, PushWay] | None = None
        self._busy = self._stopping = False
        self._woken = asyncio.Event()
        self._woken.set()
        self._task = asyncio.create_task(self._run(first_s), context=Context())

    def wake(self) -> None:
        """There may be an event, or the session may be over."""
        self._woken.set()

    async def stop(self, within_s: float) -> None:
        """Pushes no more; a push under way may end within this time."""
        self._stopping = True
        if self._busy:
            await asyncio.wait([self._task], timeout=within_s)
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self, first_s: float) -> None:
        taken = False
        try:
            await self._parts.pause(first_s)
            while not self._stopping:
                await self._woken.wait()
                self._woken.clear()
                while not self._stopping and (pause_s := await self._try_step()) is not None:
                    await self._parts.pause(pause_s)
        except _Over as over:
            taken = over.taken
        self._over(self, taken)

    async def _try_step(self) -> float | None:
        """As `_step`; what it stumbles over is tried again, after a rest."""
        pause_s: float | None = STORE_RETRY_S

        async def step() -> None:
            nonlocal pause_s
            pause_s = await self._step()

        await self._job.attempt(step)
        return pause_s

    async def _step(self) -> float | None:
        """One push, if there is an event; how long to wait for the next in s, None when there is nothing to push."""
        if not self._parts.holds():
            return None
        if not self._parts.service.store.shard_of(self.agent_id).in_reach():
            return STORE_RETRY_S
        try:
            async with self._parts.slot(self._receiver):
                return await self._try_oldest()
        except StoreUnavailable:
            return STORE_RETRY_S
        except Unavailable as problem:
            self._complain(problem.message)
            return STORE_RETRY_S

    def _hear(self, words: str) -> None:
        if words != self._heard:
            self._heard = words
            _LOG.warning("pushing to agent %d: %s does not acknowledge: %s", self.agent_id, self._receiver, words)

    def _complain(self, problem: str) -> None:
        if problem != self._said:
            self._said = problem
            _LOG.error("nothing can be pushed to agent %d: %s", self.agent_id, problem)

    async def _try_oldest(self) -> float | None:
        parts = self._parts
        record = await parts.service.look_again(self.agent_id, self.session_id)
        found = way_of(record, self.session_id)
        if found is None:
            await self._say_farewell(record)
            raise _Over
        session, kept = found
        if kept.holder != parts.process:
            raise _Over(taken=True)
        way = parts.unsealed(kept)
        self._last = session, way
        event = await parts.queue.head(self.agent_id, self.session_id)
        if event is None:
            return None
        self._busy = True
        try:
            return await self._deliver(session, way, event)
        finally:
            self._busy = False

    async def _say_farewell(self, record: Record) -> None:
        """An agent who was forced out is told so, once: there is no session that a failure could end."""
        if self._last is None:
            return
        session, way = self._last
        parts, now_ms = self._parts, self._parts.service.now_ms(self.agent_id)
        event = farewell(record, session, now_ms)
        if event is not None:
            guid, keys = parts.service.guid(session, session.number), parts.service.ring.signing_keys()
            outcome = await parts.client.push(push_message(self.agent_id, way, guid, event, keys, now_ms), self._hear)
            metrics.PUSHES.labels(outcome.name.lower()).inc()

    async def _deliver(self, session: Session, way: PushWay, event: Event) -> float:
        parts, store = self._parts, self._parts.service.store.shard_of(self.agent_id)
        if event.id != self._delivered:
            began_ms = store.now_ms()
            guid, keys = parts.service.guid(session, session.number), parts.service.ring.signing_keys()
            outcome = await parts.client.push(push_message(self.agent_id, way, guid, event, keys, began_ms), self._hear)
            metrics.PUSHES.labels(outcome.name.lower()).inc()
            if parts.traces is not None and self.agent_id in parts.traces.agents:
                parts.traces.pushed(self.agent_id, event, outcome.name.lower(), self._receiver)
            if outcome is not Outcome.DELIVERED:
                return await self._failed(way, outcome, began_ms)
            metrics.PUSH_AGE.observe(age_s(event, store.now_ms()))
            self._delivered, self._heard = event.id, ""
        if way.failing_ms:
            await store.apply(self.agent_id, failing(self.session_id, 0))
            trail.record("push-works-again", self.agent_id, receiver=self._receiver)
        await parts.queue.confirm(self.agent_id, self.session_id, event.id)
        return 0

    async def _failed(self, way: PushWay, outcome: Outcome, began_ms: int) -> float:
        """Failure time runs from the first failed push to the next success; the store's outages do not count."""
        store, settings = self._parts.service.store.shard_of(self.agent_id), self._parts.settings()
        ends_ms = runs_out(way.failing_ms or began_ms, settings.push_give_up_ms, store.outages())
        left_ms = ends_ms - store.now_ms()
        if left_ms <= 0:
            await self._give_up(outcome)
        if not way.failing_ms:
            await store.apply(self.agent_id, failing(self.session_id, began_ms))
            trail.record("push-fails", self.agent_id, session=self.session_id, receiver=self._receiver, why=outcome)
        if outcome not in WITH_WORDS:
            self._hear(outcome.value)
        return min(settings.push_retry_ms, left_ms) / 1000

    async def _give_up(self, outcome: Outcome) -> None:
        reason = EndReason.PUSH_FAILED
        if await self._parts.service.end(self.agent_id, self.session_id, reason):
            trail.record(
                "sign-out",
                self.agent_id,
                session=self.session_id,
                reason=reason.name,
                receiver=self._receiver,
                why=outcome,
            )
            self._parts.ended()
        raise _Over
