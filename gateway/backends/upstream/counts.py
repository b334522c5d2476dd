"""Counters of this room, for the operator."""

from typing import Final

from prometheus_client import Counter, Gauge

from gateway.ops.metrics import REGISTRY

CALLS: Final = Counter("gateway_upstream_calls", "Calls to the service behind", ["outcome"], registry=REGISTRY)
POLLS: Final = Counter("gateway_upstream_polls", "Event polls to the service behind", ["outcome"], registry=REGISTRY)
PARKED: Final = Gauge("gateway_upstream_polls_parked", "Polls that the service behind holds now", registry=REGISTRY)
LINES: Final = Gauge("gateway_upstream_lines", "Sessions whose events this process fetches", registry=REGISTRY)
IN_REACH: Final = Gauge("gateway_upstream_reachable", "1 while the service behind answers", registry=REGISTRY)
FOLLOWED: Final = Counter("gateway_upstream_guids", "New GUIDs that the service behind handed out", registry=REGISTRY)
LOST: Final = Counter("gateway_upstream_sessions_lost", "Sessions that ended at the service behind", registry=REGISTRY)
