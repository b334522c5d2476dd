"""Counters of the gateway, in one registry of its own. Labels are bounded: never an agent, an address or a GUID."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from gateway.ops.call_counts import CallCounts

REGISTRY: Final = CollectorRegistry()

CALLS: Final = CallCounts()
REGISTRY.register(CALLS)
SESSIONS_STARTED: Final = Counter("gateway_sessions_started", "Sign-ins that opened a session", registry=REGISTRY)
SESSIONS_ENDED: Final = Counter("gateway_sessions_ended", "Ended sessions", ["reason"], registry=REGISTRY)
GUIDS_MADE: Final = Counter("gateway_guids_made", "New generations", registry=REGISTRY)
GUIDS_HANDED_AGAIN: Final = Counter("gateway_guids_handed_again", "Hand-outs after a lost answer", registry=REGISTRY)
GUID_REUSE: Final = Counter("gateway_guid_reuse", "Superseded GUIDs used long after their successor", registry=REGISTRY)
NOT_ADOPTING: Final = Counter("gateway_guid_not_adopted", "Sessions whose client ignores new GUIDs", registry=REGISTRY)
REHEARSED_REFUSALS: Final = Counter(
    "gateway_guid_rehearsed_refusals", "Uses in a rehearsal that AUTHMODE 2 would have refused", registry=REGISTRY
)
EVENTS_MADE: Final = Counter("gateway_events_made", "Events put into queues", registry=REGISTRY)
EVENTS_DROPPED: Final = Counter("gateway_events_dropped", "Events lost to a full queue", registry=REGISTRY)
EVENTS_SENT_AGAIN: Final = Counter("gateway_events_sent_again", "Events sent more than once", registry=REGISTRY)
PUSHES: Final = Counter("gateway_pushes", "Attempts to push an event", ["outcome"], registry=REGISTRY)
POLLS_PARKED: Final = Gauge("gateway_polls_parked", "Polls that wait for an event now", registry=REGISTRY)
BACKEND_OWED: Final = Counter("gateway_backend_ends_failed", "Ends the backend did not take at once", registry=REGISTRY)
ADMIN_REFUSED: Final = Counter("gateway_admin_refused", "Requests not let in", ["reason"], registry=REGISTRY)
JOB_FAILURES: Final = Counter(
    "gateway_job_failures", "Failures of the gateway's own periodic work", ["job"], registry=REGISTRY
)
