"""What calls cost and how they ended, counted without a lock on the path of a call and told when Prometheus asks."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_NAMES: Final = [*(str(float(bound)) for bound in BUCKETS_S), "+Inf"]


class CallCounts(Collector):
    """Counts in the one thread that serves calls; a thread that reads meanwhile may miss the newest."""

    def __init__(self) -> None:
        self._answered: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._in_bucket = [0] * len(_NAMES)
        self._spent_s = 0.0

    def answered(self, operation: str, retcode: str) -> None:
        """A call was answered."""
        self._answered[operation, retcode] += 1

    def took(self, seconds: float) -> None:
        """A call that is no poll was answered after this time."""
        self._in_bucket[bisect_left(BUCKETS_S, seconds)] += 1
        self._spent_s += seconds

    def collect(self) -> Iterable[Metric]:
        """As `prometheus_client` asks for them."""
        calls = CounterMetricFamily("gateway_calls", "Answered calls", labels=["operation", "retcode"])
        for labels, count in sorted(self._answered.items()):
            calls.add_metric(labels, count)
        yield calls
        seconds = HistogramMetricFamily("gateway_call_seconds", "Time to answer, polls excepted")
        seconds.add_metric([], list(zip(_NAMES, accumulate(self._in_bucket), strict=True)), self._spent_s)
        yield seconds
