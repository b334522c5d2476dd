"""The page of metrics on the admin listener, in the text format of Prometheus: `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.admin.listener import AdminCall, AdminPage, AdminRoute
from gateway.ops import metrics

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Probe:
    """A gauge, or a counter where the name ends in `_total`. `read` gives its value now, None: it is left out."""

    name: str
    description: str
    read: Callable[[], Awaitable[float | None]]


def metrics_route(probes: Sequence[Probe]) -> AdminRoute:
    """The page in the text format of Prometheus."""

    async def answer(_call: AdminCall) -> AdminPage:
        values = await asyncio.gather(*(probe.read() for probe in probes))
        read = CollectorRegistry()
        read.register(_Gauges(zip(probes, values, strict=True)))
        return AdminPage(b"".join(map(generate_latest, [*metrics.registries(), read])), CONTENT_TYPE)

    return AdminRoute("GET", "/metrics", answer)


class _Gauges(Collector):
    def __init__(self, values: Iterable[tuple[Probe, float | None]]) -> None:
        self._values = [(probe, value) for probe, value in values if value is not None]

    def collect(self) -> Iterator[Metric]:
        for probe, value in self._values:
            kind = CounterMetricFamily if probe.name.endswith("_total") else GaugeMetricFamily
            yield kind(probe.name, probe.description, value=value)
