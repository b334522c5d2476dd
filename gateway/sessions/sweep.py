"""Ends what ran out of time, and tells the backend of every end at least once (docs/protocol.md, Time limits)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from gateway.audit import trail
from gateway.backend import End, EndReason
from gateway.ops import metrics
from gateway.ops.jobs import Job, all_done, for_each
from gateway.sessions.policy import Policy, runs_out
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen, SessionStore, over_shards
from gateway.settings.schema import Settings
from gateway.wire.errors import Unavailable

SWEEP_EVERY_S = 1.0
AGE_EVERY = 5
MOST = 200
SPREAD_S: Final = 5.0
"""In which all nodes have taken over a changed file, and what they noted of signs of life is in the store."""


class Sweeper:
    """The periodic work on sessions. Every node sweeps; each end is claimed by one of them.

    The shards of the store are swept side by side, each in its own time, so that one out of reach delays no other.
    `clock` gives s.
    """

    def __init__(
        self,
        service: SessionService,
        policy: Callable[[], Policy],
        leave: Callable[[End], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._clock = clock
        # Of polls that began under former settings: when the last one ends, and the limit that counts until then.
        self._held_until_s = self._former_until_s = 0.0
        self._former_max_time_ms = 0
        self._policy = policy
        self._leave = leave
        self._wanted = {shard: asyncio.Event() for shard in service.store.shards()}

    def settings_changed(self, old: Settings, new: Settings) -> None:
        """A poll that is held shows signs of life by the MAXTIME under which it began: until then that one counts."""
        self._held_until_s = max(self._held_until_s, self._clock() + old.poll_hold_ms / 1000)
        if new.max_time_ms < old.max_time_ms:
            self._former_max_time_ms = max(old.max_time_ms, self._former_ms())
            self._former_until_s = self._held_until_s + SPREAD_S

    def _former_ms(self) -> int:
        return self._former_max_time_ms if self._clock() < self._former_until_s else 0

    def hurry(self) -> None:
        """There is an end to tell: it is told at once. Who is silent or too old is found by the clock as ever."""
        for wanted in self._wanted.values():
            wanted.set()

    async def run(self) -> None:
        """Sweeps for ever. While the store or the backend is out of reach it tries again at the next round."""
        await asyncio.gather(*(self._run(shard, wanted) for shard, wanted in self._wanted.items()))

    async def _run(self, shard: SessionStore, wanted: asyncio.Event) -> None:
        silent, old, told = Job("end-silent"), Job("end-old"), Job("tell-backend")
        rounds = 0
        while True:
            await silent.attempt(lambda: self._end_silent_of(shard))
            if rounds % AGE_EVERY == 0:
                await old.attempt(lambda: self._end_old_of(shard))
            rounds += 1
            until_s = asyncio.get_running_loop().time() + SWEEP_EVERY_S
            await told.attempt(lambda: self._tell_backend_of(shard))
            while await _comes_before(wanted, until_s):
                await told.attempt(lambda: self._tell_backend_of(shard))

    async def end_silent(self) -> None:
        """Ends sessions without a request (push mode: a heartbeat) for longer than their limit."""
        await over_shards(self._service.store, self._end_silent_of)

    async def _end_silent_of(self, store: SessionStore) -> None:
        settings = self._policy().settings
        if not settings.timeout_flag:
            return
        now, max_time_ms = store.now_ms(), max(settings.max_time_ms, self._former_ms())
        overdue = await store.silent(now - max_time_ms, now - settings.handshake_max_time_ms, MOST)

        async def consider(seen: Seen) -> None:
            limit = settings.handshake_max_time_ms if seen.push else max_time_ms
            if runs_out(seen.seen_ms, limit, store.outages()) < now:
                await self._end_silent(store, seen)

        await for_each(overdue, consider)

    async def _end_silent(self, store: SessionStore, seen: Seen) -> None:
        """One that may be silent counts as seen, so that it is not found again at once."""
        record = await store.read(seen.agent_id)
        if record.session is None or record.session.id != seen.session_id:
            await store.forget_seen(seen)
        elif record.session.silent:
            store.note_seen(seen.agent_id, seen.session_id, push=seen.push)
        else:
            rule = self._service.ending(seen.session_id, EndReason.IDLE, silent_since_ms=seen.seen_ms)
            if await self._service.store.apply(seen.agent_id, rule, durable=True):
                trail.record("sign-out", seen.agent_id, session=seen.session_id, reason=EndReason.IDLE.name)

    async def end_old(self) -> None:
        """Ends sessions older than SESSION_MAXTIME whose agent may leave."""
        await over_shards(self._service.store, self._end_old_of)

    async def _end_old_of(self, store: SessionStore) -> None:
        if not self._policy().settings.session_max_time_ms:
            return

        async def consider(seen: Seen) -> None:
            record = await store.read(seen.agent_id)
            session = record.session
            if session is not None and self._policy().too_old(session, store.now_ms()):
                await self._service.end_too_old(seen.agent_id, session)

        await for_each(await store.live(), consider)

    async def tell_backend(self) -> None:
        """Tells the backend of ends that it has not confirmed, all at once: one may be slow to answer."""
        await over_shards(self._service.store, self._tell_backend_of)

    async def _tell_backend_of(self, store: SessionStore) -> None:
        await all_done([self._tell(store, end) for end in await store.owed(MOST)])

    async def _tell(self, store: SessionStore, end: End) -> None:
        try:
            await self._leave(end)
        except Unavailable:
            metrics.BACKEND_OWED.inc()
            return
        await store.paid(end.session_id)
        metrics.SESSIONS_ENDED.labels(end.reason.name).inc()


async def _comes_before(wanted: asyncio.Event, until_s: float) -> bool:
    """Whether it is wanted before that time of the loop; not any more behind it, however often it is."""
    if asyncio.get_running_loop().time() < until_s:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until_s):
                await wanted.wait()
    is_wanted = wanted.is_set()
    wanted.clear()
    return is_wanted and asyncio.get_running_loop().time() < until_s
