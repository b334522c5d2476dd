"""How the service behind does: whether it is in reach (one log line at each change), and the counters for operators."""

import logging
import time
from collections.abc import Callable
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from gateway.ops.metrics import REGISTRY

CALLS: Final = Counter(
    "agentgateway_upstream_requests", "Requests to the service behind, by outcome", ["outcome"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "agentgateway_upstream_request_duration_seconds",
    "Time until the service behind had answered a request, in seconds; event polls excepted",
    registry=REGISTRY,
)
IN_FLIGHT: Final = Gauge(
    "agentgateway_upstream_requests_in_flight",
    "Requests that the service behind has not answered yet; event polls excepted",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
POLLS: Final = Counter(
    "agentgateway_upstream_polls", "Event polls to the service behind", ["outcome"], registry=REGISTRY
)
PARKED: Final = Gauge(
    "agentgateway_upstream_polls_parked",
    "Polls that the service behind holds now",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
FETCHERS: Final = Gauge(
    "agentgateway_upstream_sessions",
    "Sessions whose events are fetched here",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
IN_REACH: Final = Gauge(
    "agentgateway_upstream_reachable",
    "1 while the service behind answers",
    registry=REGISTRY,
    multiprocess_mode="livemin",
)
FOLLOWED: Final = Counter(
    "agentgateway_upstream_guids_received", "New GUIDs that the service behind handed out", registry=REGISTRY
)
LOST: Final = Counter(
    "agentgateway_upstream_sessions_lost", "Sessions that ended at the service behind", registry=REGISTRY
)


OUT_AFTER_S: Final = 2.0
"""Failures for so long without an answer in between make it out of reach; a single late answer does not."""

_LOG = logging.getLogger(__name__)


class Reachability:
    """Hears of every answer and every failure. `clock` gives s."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._failing_since: float | None = None
        self._out = False
        IN_REACH.set(1)

    @property
    def out(self) -> bool:
        """It is out of reach."""
        return self._out

    def answered(self) -> None:
        """An answer came, whatever it says."""
        if self._out and self._failing_since is not None:
            _LOG.info("%s is in reach after %.1f s", self._name, self._clock() - self._failing_since)
            IN_REACH.set(1)
        self._failing_since, self._out = None, False

    def failed(self, why: str) -> None:
        """No answer came."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
        if not self._out and now - self._failing_since >= OUT_AFTER_S:
            self._out = True
            _LOG.warning("%s is out of reach: %s", self._name, why)
            IN_REACH.set(0)
