"""Ends what ran out of time, and tells the backend of every end at least once (design section 5, Time limits)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gateway.ops import audit, metrics
from gateway.sessions.limits import runs_out
from gateway.sessions.model import End, EndReason
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen
from gateway.wire.errors import Unavailable

SWEEP_EVERY_S = 1.0
AGE_EVERY = 5
MOST = 200

_LOG = logging.getLogger(__name__)


class Sweeper:
    """The periodic work on sessions. Every node sweeps; each end is claimed by one of them."""

    def __init__(
        self, service: SessionService, policy: Callable[[], Policy], sign_out: Callable[[End], Awaitable[None]]
    ) -> None:
        self._service = service
        self._policy = policy
        self._sign_out = sign_out
        self._wanted = asyncio.Event()

    def hurry(self) -> None:
        """There is an end to tell: do not wait for the next round."""
        self._wanted.set()

    async def run(self) -> None:
        """Sweeps for ever. While the store or the backend is out of reach it tries again at the next round."""
        rounds = 0
        while True:
            try:
                await self.end_silent()
                if rounds % AGE_EVERY == 0:
                    await self.end_old()
                await self.tell_backend()
            except Unavailable:
                _LOG.debug("sweep put off: the store is out of reach")
            rounds += 1
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_EVERY_S):
                await self._wanted.wait()
        except TimeoutError:
            pass
        self._wanted.clear()

    async def end_silent(self) -> None:
        """Ends sessions without a request (push mode: a heartbeat) for longer than their limit."""
        settings = self._policy().settings
        if not settings.timeout_flag:
            return
        store = self._service.store
        now = store.now_ms()
        overdue = await store.silent(now - settings.max_time_ms, now - settings.handshake_max_time_ms, MOST)
        for seen in overdue:
            limit = settings.handshake_max_time_ms if seen.push else settings.max_time_ms
            if runs_out(seen.seen_ms, limit, store.outages()) < now:
                await self._end_silent(seen)

    async def _end_silent(self, seen: Seen) -> None:
        """One that may be silent for ever counts as seen, so that it is not found again at once."""
        record = await self._service.store.read(seen.agent_id)
        if record.session is not None and record.session.id == seen.session_id and not record.state.runs_out:
            self._service.store.note_seen(seen.agent_id, seen.session_id, push=seen.push)
            return
        await self._end(seen, EndReason.IDLE, seen.seen_ms)

    async def end_old(self) -> None:
        """Ends sessions older than SESSION_MAXTIME that are in no call."""
        if not self._policy().settings.session_max_time_ms:
            return
        store = self._service.store
        for seen in await store.live():
            record = await store.read(seen.agent_id)
            if record.session and self._policy().too_old(record.session, record.state, store.now_ms()):
                await self._end(seen, EndReason.TOO_OLD, None)

    async def _end(self, seen: Seen, reason: EndReason, silent_since_ms: int | None) -> None:
        rule = self._service.ending(seen.session_id, reason, silent_since_ms=silent_since_ms)
        if await self._service.store.apply(seen.agent_id, rule, durable=True):
            audit.record("sign-out", seen.agent_id, reason=reason.name)

    async def tell_backend(self) -> None:
        """Tells the backend of ends that it has not confirmed, all at once: one may be slow to answer."""
        await asyncio.gather(*map(self._tell, await self._service.store.owed(MOST)))

    async def _tell(self, end: End) -> None:
        try:
            await self._sign_out(end)
        except Unavailable:
            metrics.BACKEND_OWED.inc()
            return
        await self._service.store.paid(end.session_id)
        metrics.SESSIONS_ENDED.labels(end.reason.name).inc()
