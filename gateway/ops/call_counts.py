"""Counts on the path of a call, kept without a lock and told when somebody asks for them.

They are counted in the one thread that serves calls; a thread that reads meanwhile may miss the newest. Where several
workers serve, `share` carries what came since the last time into counters that all workers' sum is made of.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

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
