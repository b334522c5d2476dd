"""The last hour, for charts, `GET /console/history`: what came between two looks at the metrics, so many and no more.

With several workers each of them looks at the sum of all.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.admin.route import AdminCall, AdminRoute
from gateway.ops import metrics
from gateway.wire import retcodes
from gateway.wire.errors import Malformed
from gateway.wire.text import whole_number

EVERY_S: Final = 10.0
KEEP_S: Final = 3600.0
MOST_SAMPLES: Final = int(KEEP_S / EVERY_S)
MOST_REASONS: Final = 30
"""Reasons that are told of one sample; what a contact centre behind invents beyond that is one, OTHERS."""
OTHERS: Final = "others"
MEDIAN: Final = 0.5
MOST: Final = 0.95
LATEST_MS: Final = 10**15

Probe = Callable[[], Awaitable[float | None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the metrics stand.

    `answered` are counts by operation and retcode. `took` are calls by how long they took at most: pairs of a bound in
    s and how many were within it, in order, the last of all of them. `parked` polls are held, `sessions` live (None:
    the store does not say). `store_s` is how long the store took for an answer, None while it is out of reach.
    """

    answered: Mapping[tuple[str, str], float] = field(default_factory=dict)
    took: Sequence[tuple[float, float]] = ()
    parked: float = 0
    sessions: float | None = None
    store_s: float | None = None


@dataclass(frozen=True, slots=True)
class HistorySample:
    """What came between two readings, the later of which is of `at_ms` (since the epoch).

    `refused` are refusals by retcode, `signed_in` and `not_signed_in` sign-ins by outcome. `median_ms` and `most_ms`
    (what 19 of 20 were within) are of calls that do not wait, None where there were none.
    """

    at_ms: int
    refused: Mapping[str, int]
    signed_in: int
    not_signed_in: int
    polls: int
    calls: int
    median_ms: float | None
    most_ms: float | None
    parked: int
    sessions: int | None
    store_ms: float | None


class History:
    """The samples of the last hour. `sign_ins` and `polls` are the names of those operations."""

    def __init__(self, sign_ins: Set[str], polls: Set[str]) -> None:
        self._sign_ins = sign_ins
        self._polls = polls
        self._last: Reading | None = None
        self._samples: deque[HistorySample] = deque(maxlen=MOST_SAMPLES)

    def take(self, reading: Reading, at_ms: int) -> None:
        """One more reading; the first tells only where counting begins."""
        if self._last is not None:
            self._samples.append(self._sample(self._last, reading, at_ms))
        self._last = reading

    def since(self, after_ms: int) -> list[HistorySample]:
        """The samples after this time, oldest first."""
        return [sample for sample in self._samples if sample.at_ms > after_ms]

    def _sample(self, before: Reading, now: Reading, at_ms: int) -> HistorySample:
        came = {key: max(0, round(count - before.answered.get(key, 0))) for key, count in now.answered.items()}
        refused, outcomes, polls, calls = Counter[str](), Counter[bool](), 0, 0
        for (operation, retcode), count in came.items():
            if retcode != retcodes.SUCCESS:
                refused[retcode] += count
            if operation in self._sign_ins:
                outcomes[retcode == retcodes.SUCCESS] += count
            if operation in self._polls:
                polls += count
            else:
                calls += count
        earlier = dict(before.took)
        took = [(bound_s, max(0.0, count - earlier.get(bound_s, 0.0))) for bound_s, count in now.took]
        return HistorySample(
            at_ms,
            _bounded(refused),
            outcomes[True],
            outcomes[False],
            polls,
            calls,
            quantile_ms(took, MEDIAN),
            quantile_ms(took, MOST),
            round(now.parked),
            None if now.sessions is None else round(now.sessions),
            None if now.store_s is None else round(now.store_s * 1000, 2),
        )


def columns(samples: Sequence[HistorySample]) -> dict[str, object]:
    """The samples as a page draws them: a list for each value, all as long as `at`; what no sample has is left out."""
    names = sorted({name for sample in samples for name, count in sample.refused.items() if count})
    return {
        "everyMs": int(EVERY_S * 1000),
        "keepMs": int(KEEP_S * 1000),
        "at": [sample.at_ms for sample in samples],
        "refused": {name: [sample.refused.get(name, 0) for sample in samples] for name in names},
        "reasons": {name: retcodes.MESSAGES[name] for name in names if name in retcodes.MESSAGES},
        "signedIn": [sample.signed_in for sample in samples],
        "notSignedIn": [sample.not_signed_in for sample in samples],
        "polls": [sample.polls for sample in samples],
        "parked": [sample.parked for sample in samples],
        "calls": [sample.calls for sample in samples],
        "medianMs": [sample.median_ms for sample in samples],
        "mostMs": [sample.most_ms for sample in samples],
        "sessions": [sample.sessions for sample in samples],
        "storeMs": [sample.store_ms for sample in samples],
    }


def quantile_ms(within: Sequence[tuple[float, float]], share: float) -> float | None:
    """What this share of them took at most, as far as the bounds tell it, in ms; None for none of them."""
    total = within[-1][1] if within else 0
    if not total:
        return None
    wanted = share * total
    for (low_s, fewer), (high_s, more) in pairwise([(0.0, 0.0), *within]):
        if more >= wanted:
            if high_s == float("inf"):
                return round(low_s * 1000, 2)
            return round((low_s + (high_s - low_s) * (wanted - fewer) / (more - fewer)) * 1000, 2)
    return None


def _bounded(refused: Counter[str]) -> dict[str, int]:
    """The most frequent reasons, and all others as one."""
    told = dict(refused.most_common(MOST_REASONS))
    rest = sum(refused.values()) - sum(told.values())
    return {**told, **({OTHERS: rest} if rest else {})}


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
            since_ms = whole_number(call.query.get("since", "0"), 0, LATEST_MS)
            if since_ms is None:
                raise Malformed(f"since: must be a whole number up to {LATEST_MS}, a time in ms since the epoch")
            return columns(self._history.since(since_ms))

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
