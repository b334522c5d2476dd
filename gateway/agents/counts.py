"""Counters of this room, for the operator."""

from typing import Final

from prometheus_client import Counter

from gateway.ops.metrics import REGISTRY

FILE_READ: Final = Counter("gateway_agents_file_read", "Reloads of the agents file", ["outcome"], registry=REGISTRY)
WRONG_PASSWORDS: Final = Counter("gateway_wrong_passwords", "Failed password checks", registry=REGISTRY)
REFUSED_DEMO: Final = Counter("gateway_demo_refusals", "Sign-ins of demo agents refused", registry=REGISTRY)
REFUSED_LOCKED: Final = Counter("gateway_locked_refusals", "Password checks refused by a lock", registry=REGISTRY)
LOCKS: Final = Counter("gateway_locks", "Pairs of agent and address that were locked", registry=REGISTRY)
REFUSED_FULL: Final = Counter("gateway_password_line_full", "Password checks refused: too many wait", registry=REGISTRY)
REFUSED_WAITED: Final = Counter(
    "gateway_attempts_waited_out", "Password checks refused: others of the pair took too long", registry=REGISTRY
)
