"""`GET /metrics`: the counters of this process, and gauges that are read when they are asked for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.ops import metrics
from gateway.ops.admin import AdminCall, Page, Route

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Probe:
    """A gauge. `read` gives its value now, None when it has none: then it is left out."""

    name: str
    description: str
    read: Callable[[], Awaitable[float | None]]


def metrics_route(probes: Sequence[Probe]) -> Route:
    """The page in the text format of Prometheus."""

    async def answer(_call: AdminCall) -> Page:
        values = await asyncio.gather(*(probe.read() for probe in probes))
        read = CollectorRegistry()
        read.register(_Gauges(zip(probes, values, strict=True)))
        return Page(generate_latest(metrics.REGISTRY) + generate_latest(read), CONTENT_TYPE)

    return Route("GET", "/metrics", answer)


class _Gauges(Collector):
    def __init__(self, values: Iterable[tuple[Probe, float | None]]) -> None:
        self._values = [(probe, value) for probe, value in values if value is not None]

    def collect(self) -> Iterator[Metric]:
        for probe, value in self._values:
            yield GaugeMetricFamily(probe.name, probe.description, value)
