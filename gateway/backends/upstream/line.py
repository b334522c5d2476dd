"""Fetches the events of one session, poll after poll, for as long as this process holds it.

Exactly one process does (`lines`). An event that was fetched is brought to the session's queue before the next poll,
however long the store takes; a new GUID as well. While the store is away, nothing is fetched, but the service still
hears of the session now and then, so that it does not sign the agent out because of us.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from gateway.backends.relay import Keys
from gateway.backends.upstream import counts
from gateway.backends.upstream.answers import Answer
from gateway.backends.upstream.backoff import Backoff
from gateway.backends.upstream.fetched import Fetched
from gateway.backends.upstream.messenger import Gone, Heard, Messenger
from gateway.backends.upstream.rules import upstream_of
from gateway.backends.upstream.service import Service
from gateway.ops.jobs import Job
from gateway.sessions.store import EventQueue, SessionStore
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from gateway.wire.event_receipt import WANTED

STORE_RETRY_S: Final = 0.5
EMPTY_PAUSE_S: Final = 0.3
"""Before the next poll, where one was answered at once with nothing: as the interface advises its clients."""
HELD_S: Final = 1.0
BELIEVE_AFTER_S: Final = 0.5
"""A session that is over there is often just being signed out here too; that reason is the better one."""
SIGN_OF_LIFE_S: Final = 20.0
KEEP_S: Final = 1.0
"""At a stop, what was fetched has this long to reach the store."""


@dataclass(frozen=True, slots=True)
class LineParts:
    """What every line needs; `holds` tells whether this process may fetch now, `clock` gives s."""

    process: str
    store: SessionStore
    queue: EventQueue
    service: Service
    messenger: Messenger
    holds: Callable[[], bool]
    clock: Callable[[], float]


class _Over(Exception):
    """There is nothing more to fetch here; `taken`: another process does."""

    def __init__(self, *, taken: bool = False) -> None:
        self.taken = taken


class Line:
    """One session; its first poll comes after `delay_s`.

    `over` is called once at the end, with whether somebody should look after the session again.
    """

    def __init__(
        self, agent_id: int, session_id: str, parts: LineParts, delay_s: float, over: Callable[["Line", bool], None]
    ) -> None:
        self.agent_id = agent_id
        self.session_id = session_id
        self._polling = self._keeping = self._stopping = self._look_again = False
        self._parts = parts
        self._over = over
        self._backoff = Backoff()
        self._job = Job("upstream-line", f"agent {agent_id}", passes=(_Over,))
        self._fetched = Fetched(session_id)
        self._receipt = WANTED
        self._refusals = 0
        self._keys: Keys | None = None
        self._heard_s = parts.clock()
        self._task = asyncio.create_task(self._run(delay_s))
        self._task.add_done_callback(self._ended)
        counts.LINES.inc()

    async def stop(self, within_s: float) -> None:
        """Ends it; a poll under way may be answered within this time."""
        self._stopping = True
        wait_s = KEEP_S if self._keeping else within_s if self._polling else 0
        if wait_s:
            await asyncio.wait([self._task], timeout=wait_s)
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self, delay_s: float) -> None:
        try:
            await asyncio.sleep(delay_s)
            while not self._stopping:
                pause_s = await self._try_step()
                await asyncio.sleep(pause_s)
        except _Over as over:
            self._look_again = over.taken

    def _ended(self, _task: asyncio.Task[None]) -> None:
        counts.LINES.dec()
        self._over(self, self._look_again)

    async def _try_step(self) -> float:
        """As `_step`; what it stumbles over is tried again, after a rest."""
        pause_s = STORE_RETRY_S

        async def step() -> None:
            nonlocal pause_s
            pause_s = await self._step()

        await self._job.attempt(step)
        return pause_s

    async def _step(self) -> float:
        """One poll and what follows from it; how long to wait before the next, in s."""
        if not self._parts.holds():
            await self._show_life()
            return STORE_RETRY_S
        try:
            return await self._poll()
        except StoreUnavailable:
            await self._show_life()
            return STORE_RETRY_S
        except Unavailable:
            counts.POLLS.labels("unavailable").inc()
            return self._backoff.next_s()
        except Refused:
            raise _Over from None

    async def _poll(self) -> float:
        record = await self._parts.store.read(self.agent_id)
        found = upstream_of(record, self.session_id)
        if found is None or found[1].holder != self._parts.process:
            raise _Over(taken=found is not None)
        began_s = self._parts.clock()
        try:
            heard = await self._parts.messenger.ask(record, self.session_id, self._ask, poll=True)
        except Gone as gone:
            return await self._gone(gone)
        self._refusals = 0
        self._keeping = True
        try:
            events = await self._keep(heard)
        finally:
            self._keeping = False
        answer = heard.answer
        if answer.retcode != retcodes.SUCCESS:
            counts.POLLS.labels("refused").inc()
            return self._backoff.next_s()
        self._backoff.reset()
        counts.POLLS.labels("event" if events else "empty").inc()
        held = self._parts.clock() - began_s > HELD_S
        return 0 if events or answer.guid or held else EMPTY_PAUSE_S

    async def _ask(self, keys: Keys) -> Answer:
        self._keys = keys
        self._polling = True
        try:
            answer = await self._parts.service.poll(self.agent_id, keys, self._receipt)
        finally:
            self._polling = False
        self._heard_s = self._parts.clock()
        return answer

    async def _keep(self, heard: Heard) -> int:
        """Brings what was fetched to the store, whenever that can be; how many events there were."""
        parts, answer = self._parts, heard.answer
        fetched = answer.retcode == retcodes.SUCCESS
        events = self._fetched.read(answer, parts.store.now_ms()) if fetched else []
        while True:
            try:
                if not await parts.messenger.follow(self.agent_id, self.session_id, heard):
                    raise _Over
                if events and not await parts.queue.append(self.agent_id, self.session_id, events):
                    raise _Over
                if fetched:
                    self._receipt = answer.receipt
                return len(events)
            except StoreUnavailable:
                await self._show_life()
                await asyncio.sleep(STORE_RETRY_S)

    async def _gone(self, gone: Gone) -> float:
        counts.POLLS.labels("over").inc()
        self._refusals += 1
        if self._refusals > 1 and await self._parts.messenger.end(self.agent_id, gone):
            raise _Over
        return BELIEVE_AFTER_S

    async def _show_life(self) -> None:
        now_s = self._parts.clock()
        if self._keys is not None and now_s - self._heard_s >= SIGN_OF_LIFE_S:
            self._heard_s = now_s
            with suppress(Unavailable):
                await self._parts.messenger.ask_state(self.agent_id, self._keys)
