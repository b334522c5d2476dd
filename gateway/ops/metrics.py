"""Metrics of the gateway, in one registry of its own. Labels are bounded: never an agent, an address or a GUID.

Where several workers serve (their supervisor sets PROMETHEUS_MULTIPROC_DIR), every worker tells the sum of all, with
counters and histograms of those that have ended. What is counted without a lock, or read from elsewhere, is carried
there by `refresh`, which each process does once a second and before it is asked.
"""

import asyncio
import os
import platform
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from gateway import __version__

BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class LabelCount:
    """How often something was counted, for whoever counts where even a call of `add` is too dear."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class FastCounter(Collector):
    """A counter with labels; `name` without its `_total`. What was never counted is not told."""

    def __init__(self, name: str, description: str, labels: Sequence[str]) -> None:
        self._told = (name, description, tuple(labels))
        self._tallies: defaultdict[tuple[str, ...], LabelCount] = defaultdict(LabelCount)
        self._shared: dict[tuple[str, ...], int] = {}
        self._counter: Counter | None = None

    def add(self, *labels: str) -> None:
        """One more with these values of the labels."""
        self._tallies[labels].count += 1

    def of(self, *labels: str) -> LabelCount:
        """The tally of these values of the labels."""
        return self._tallies[labels]

    def totals(self) -> Mapping[tuple[str, ...], int]:
        """All counts by the values of the labels."""
        return {labels: tally.count for labels, tally in list(self._tallies.items()) if tally.count}

    def collect(self) -> Iterable[Metric]:
        """As `prometheus_client` asks for them."""
        name, description, labels = self._told
        family = CounterMetricFamily(name, description, labels=labels)
        for values, count in sorted(self.totals().items()):
            family.add_metric(values, count)
        yield family

    def share(self, registry: CollectorRegistry) -> None:
        """Carries what came since the last time into a counter of `registry`."""
        if self._counter is None:
            self._counter = Counter(*self._told, registry=registry)
        counts = dict(self.totals())
        for values, count in counts.items():
            self._counter.labels(*values).inc(count - self._shared.get(values, 0))
        self._shared = counts


class FastGauge(Collector):
    """A number that goes up and down: `value`."""

    def __init__(self, name: str, description: str) -> None:
        self._told = (name, description)
        self.value = 0.0
        self._gauge: Gauge | None = None

    def set(self, value: float) -> None:
        """It is this from now on."""
        self.value = value

    def collect(self) -> Iterable[Metric]:
        """As `prometheus_client` asks for them."""
        yield GaugeMetricFamily(*self._told, value=self.value)

    def share(self, registry: CollectorRegistry) -> None:
        """As `FastCounter.share`; the sum is that of the workers that live."""
        if self._gauge is None:
            self._gauge = Gauge(*self._told, registry=registry, multiprocess_mode="livesum")
        self._gauge.set(self.value)


class FastHistogram(Collector):
    """A histogram of seconds, without labels.

    `in_bucket` and `sum_s` are there for whoever counts where even a call of `observe` is too dear.
    """

    def __init__(self, name: str, description: str, buckets_s: Sequence[float] = BUCKETS_S) -> None:
        self._told = (name, description)
        self.bounds = tuple(buckets_s)
        self.in_bucket = [0] * (len(self.bounds) + 1)
        self.sum_s = 0.0
        self._shared = (list(self.in_bucket), 0.0)
        self._histogram: Histogram | None = None

    def observe(self, seconds: float) -> None:
        """One more that took so long."""
        self.in_bucket[bisect_left(self.bounds, seconds)] += 1
        self.sum_s += seconds

    def collect(self) -> Iterable[Metric]:
        """As `prometheus_client` asks for them."""
        family = HistogramMetricFamily(*self._told)
        names = [*(str(float(bound)) for bound in self.bounds), "+Inf"]
        family.add_metric([], list(zip(names, accumulate(self.in_bucket), strict=True)), self.sum_s)
        yield family

    def share(self, registry: CollectorRegistry) -> None:
        """As `FastCounter.share`: whole buckets at a time, for which the library has no name of its own."""
        if self._histogram is None:
            self._histogram = Histogram(*self._told, buckets=self.bounds, registry=registry)
        former, former_s = self._shared
        self._shared = (list(self.in_bucket), self.sum_s)
        for bucket, count, before in zip(self._histogram._buckets, self.in_bucket, former, strict=True):
            bucket.inc(count - before)
        self._histogram._sum.inc(self.sum_s - former_s)


SHARED_DIR: Final = "PROMETHEUS_MULTIPROC_DIR"
IS_SHARED: Final = SHARED_DIR in os.environ
REFRESH_EVERY_S: Final = 1.0
WAIT_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
ADOPT_S: Final = (0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300)

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY: Final = CollectorRegistry()

OPERATIONS: Final = FastCounter(
    "agentgateway_operations",
    "Answered operations of the agent interface, by operation and retcode (0 is success)",
    ["operation", "retcode"],
)
OPERATION_SECONDS: Final = FastHistogram(
    "agentgateway_operation_duration_seconds",
    "Time from the head of a request to its answer, in seconds; event polls, which wait, excepted",
)
CHECKS: Final = FastCounter(
    "agentgateway_guid_checks",
    "Checked GUIDs by verdict: accepted, unknown (000-003) or ended (100-006)",
    ["verdict"],
)
EVENT_LOOP_LAG: Final = FastHistogram(
    "agentgateway_event_loop_lag_seconds", "By how much a timer of the process is late, in seconds", WAIT_S
)
STORE_SECONDS: Final = FastHistogram(
    "agentgateway_store_flight_seconds",
    "Time from the sending of commands to Redis until they are answered, in seconds; several travel together",
)
EVENT_WAKE: Final = FastHistogram(
    "agentgateway_event_delivery_seconds",
    "Time from the making of an event to the answer of the poll that carries it, in seconds",
    WAIT_S,
)
POLLS_PARKED: Final = FastGauge("agentgateway_polls_parked", "Event polls that are held now, waiting for an event")
_FAST: Final[tuple[FastCounter | FastGauge | FastHistogram, ...]] = (
    OPERATIONS,
    OPERATION_SECONDS,
    CHECKS,
    EVENT_LOOP_LAG,
    STORE_SECONDS,
    EVENT_WAKE,
    POLLS_PARKED,
)


class _CallRecorder(NamedTuple):
    """What the entrance tells of each operation: how it was answered, and after how many s."""

    answered: Callable[..., None]
    took: Callable[[float], None]


CALLS: Final = _CallRecorder(OPERATIONS.add, OPERATION_SECONDS.observe)

SIGN_INS: Final = Counter(
    "agentgateway_sign_ins",
    "Answered sign-ins by result: signed_in, wrong_password, locked, already_signed_in, unavailable or refused",
    ["result"],
    registry=REGISTRY,
)
STORE_IN_FLIGHT: Final = Gauge(
    "agentgateway_store_commands_in_flight",
    "Commands that wait for Redis now, or to be sent to it",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
STORE_FAILOVERS: Final = Counter(
    "agentgateway_store_failovers",
    "Times that this node found the primary of Redis at another place",
    registry=REGISTRY,
)
SESSIONS_STARTED: Final = Counter(
    "agentgateway_sessions_opened", "Sign-ins that opened a session, take-overs among them", registry=REGISTRY
)
SESSIONS_ENDED: Final = Counter(
    "agentgateway_sessions_ended", "Sessions that ended, by reason", ["reason"], registry=REGISTRY
)
GUIDS_MADE: Final = Counter(
    "agentgateway_guid_generations_made", "New GUIDs made by rotation and updateGuid", registry=REGISTRY
)
GUIDS_ADOPTED: Final = Histogram(
    "agentgateway_guid_adoption_lag_seconds",
    "Time from the making of a new GUID to its first use by the client, in seconds",
    buckets=ADOPT_S,
    registry=REGISTRY,
)
GUIDS_HANDED_AGAIN: Final = Counter(
    "agentgateway_guid_hand_outs_repeated",
    "New GUIDs handed out again because the client still used the one before",
    registry=REGISTRY,
)
GUID_REUSE: Final = Counter(
    "agentgateway_guid_reuse", "Replaced GUIDs used long after their successor: a sign of theft", registry=REGISTRY
)
NOT_ADOPTING: Final = Counter(
    "agentgateway_guid_not_adopted",
    "Sessions whose client went on with an old GUID after it was handed a new one",
    registry=REGISTRY,
)
REHEARSED_REFUSALS: Final = Counter(
    "agentgateway_guid_rehearsal_refusals",
    "Uses of a GUID during a rehearsal that AUTHMODE 2 would have refused",
    registry=REGISTRY,
)
EVENTS_DROPPED: Final = Counter(
    "agentgateway_events_dropped", "Events lost because the queue of their session was full", registry=REGISTRY
)
EVENTS_SENT_AGAIN: Final = Counter(
    "agentgateway_events_sent_again", "Events sent more than once because their answer may be lost", registry=REGISTRY
)
PUSHES: Final = Counter(
    "agentgateway_push_attempts", "Attempts to push an event to a receiver, by outcome", ["outcome"], registry=REGISTRY
)
TASKS: Final = Gauge(
    "agentgateway_event_loop_tasks",
    "Tasks of the event loop that are not done: work under way, polls and periodic jobs",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
PUSH_SESSIONS: Final = Gauge(
    "agentgateway_push_sessions",
    "Sessions in push mode whose events this node delivers",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
DRAINING: Final = Gauge(
    "agentgateway_draining",
    "1 while an operator drains this node: it takes no sign-in and is not ready",
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
LAGGING: Final = Gauge(
    "agentgateway_guid_not_adopting_sessions",
    "The last sessions seen here whose client goes on with an old GUID",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
PASSWORD_QUEUE: Final = Gauge(
    "agentgateway_password_queue_length",
    "Sign-ins that wait for a thread to check their password",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
PUSH_AGE: Final = Histogram(
    "agentgateway_push_delivery_seconds",
    "Time from the making of an event to its delivery to the receiver, in seconds",
    buckets=WAIT_S,
    registry=REGISTRY,
)
STORE_OUTAGES: Final = Counter(
    "agentgateway_store_outages", "Times that the session store went out of reach of this node", registry=REGISTRY
)
BACKEND_OWED: Final = Counter(
    "agentgateway_backend_ends_failed",
    "Ends of sessions that the contact centre did not take at once",
    registry=REGISTRY,
)
ADMIN_REFUSED: Final = Counter(
    "agentgateway_admin_requests_refused",
    "Requests that the admin listener refused, by reason",
    ["reason"],
    registry=REGISTRY,
)
JOB_FAILURES: Final = Counter(
    "agentgateway_job_failures", "Failures of the gateway's own periodic work, by name", ["work"], registry=REGISTRY
)
LOG_LINES_DROPPED: Final = Counter(
    "agentgateway_log_lines_dropped", "Log lines lost because nobody read them in time", registry=REGISTRY
)
AUDIT_LINES_DROPPED: Final = Counter(
    "agentgateway_audit_lines_dropped", "Audit lines lost because they could not be written", registry=REGISTRY
)
TRACE_LINES_DROPPED: Final = Counter(
    "agentgateway_trace_lines_dropped",
    "Lines of `agentgateway trace` lost because the store did not take them in time",
    registry=REGISTRY,
)
CPU: Final = Counter(
    "agentgateway_cpu_seconds", "CPU time of the serving processes, user and system, in seconds", registry=REGISTRY
)
PROCESSES: Final = Gauge(
    "agentgateway_processes", "Processes that serve agents", registry=REGISTRY, multiprocess_mode="livesum"
)
BUILD_INFO: Final = Gauge(
    "agentgateway_build_info",
    "Always 1; the labels say which version runs",
    ["version", "python"],
    registry=REGISTRY,
    multiprocess_mode="livemax",
)

_reads: list[Callable[[], None]] = []


def on_refresh(read: Callable[[], None]) -> None:
    """Has `read` called whenever values are brought up to date."""
    _reads.append(read)


def follow(counter: Counter, read: Callable[[], float]) -> None:
    """Has a counter follow a number that only grows in this process."""
    seen = [0.0]

    def carry() -> None:
        now = read()
        counter.inc(max(0.0, now - seen[0]))
        seen[0] = now

    on_refresh(carry)


def refresh() -> None:
    """Brings up to date what is not counted where it happens."""
    for read in _reads:
        read()
    if IS_SHARED:
        for fast in _FAST:
            fast.share(REGISTRY)


def registries() -> list[CollectorRegistry]:
    """What is to be told now: the values of this process, or the sums of all workers."""
    refresh()
    if not IS_SHARED:
        return [REGISTRY]
    sums = CollectorRegistry()
    MultiProcessCollector(sums)  # type: ignore[no-untyped-call]
    return [sums]


async def keep_fresh() -> None:
    """Refreshes once a second, and measures how late that is; runs until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + REFRESH_EVERY_S
        await asyncio.sleep(REFRESH_EVERY_S)
        EVENT_LOOP_LAG.observe(max(0.0, loop.time() - due_s))
        refresh()


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


if not IS_SHARED:
    for _fast in _FAST:
        REGISTRY.register(_fast)
    ProcessCollector(registry=REGISTRY)
follow(CPU, _cpu_s)
PROCESSES.set(1)
BUILD_INFO.labels(__version__, platform.python_version()).set(1)
