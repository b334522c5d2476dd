"""Looks at the metrics every few seconds, and tells the last hour of them: `GET /console/history`.

With several workers each of them looks at the sum of all.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.ops import metrics
from gateway.ops.admin_interface import AdminCall, AdminRoute
from gateway.ops.history import EVERY_S, History, Reading, columns
from gateway.wire.errors import Malformed

LATEST_MS: Final = 10**15
Probe = Callable[[], Awaitable[float | None]]


class HistoryJob:
    """Takes readings for a history. `sessions` tells how many are live, `store_s` how long the store takes to answer.

    `now_ms` is the time since the epoch, `pause` (of s) waits.
    """

    def __init__(
        self,
        history: History,
        sessions: Probe,
        store_s: Probe,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._history = history
        self._sessions = sessions
        self._store_s = store_s
        self._now_ms = now_ms
        self._pause = pause

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await self.look()
            await self._pause(EVERY_S)

    async def look(self) -> None:
        """Takes one reading."""
        families, sessions, store_s = await asyncio.gather(_families(), self._sessions(), self._store_s())
        self._history.take(reading(families, sessions, store_s), self._now_ms())

    def route(self) -> AdminRoute:
        """`?since=` (ms since the epoch): only what came after it."""

        async def answer(call: AdminCall) -> object:
            text = call.query.get("since", "0")
            if not (text.isascii() and text.isdigit() and int(text[:20]) <= LATEST_MS):
                raise Malformed(f"since: must be a whole number up to {LATEST_MS}, a time in ms since the epoch")
            return columns(self._history.since(int(text)))

        return AdminRoute("GET", "/console/history", answer)


def reading(families: Iterable[Metric], sessions: float | None, store_s: float | None) -> Reading:
    """What the families of the metrics say."""
    by_name = {family.name: family.samples for family in families}
    counts = [sample for sample in by_name.get("agentgateway_operations", ()) if sample.name.endswith("_total")]
    took = by_name.get("agentgateway_operation_duration_seconds", ())
    parked = by_name.get("agentgateway_polls_parked", ())
    return Reading(
        {(sample.labels["operation"], sample.labels["retcode"]): sample.value for sample in counts},
        sorted((float(sample.labels["le"]), sample.value) for sample in took if "le" in sample.labels),
        sum(sample.value for sample in parked),
        sessions,
        store_s,
    )


async def _families() -> Sequence[Metric]:
    """Those that are read here: of this process, or the sums of all workers, whose files take a while."""
    if metrics.IS_SHARED:
        return await asyncio.to_thread(_sums)
    parts = (metrics.OPERATIONS, metrics.OPERATION_SECONDS, metrics.POLLS_PARKED)
    return [family for part in parts for family in part.collect()]


def _sums() -> list[Metric]:
    return list(MultiProcessCollector(CollectorRegistry()).collect())  # type: ignore[no-untyped-call]
