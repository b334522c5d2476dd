"""What an error of Redis means for the caller."""

from typing import Final

from gateway.wire.errors import StoreUnavailable

REFUSING: Final = frozenset(
    {
        "ASK",
        "BUSY",
        "CLUSTERDOWN",
        "LOADING",
        "MASTERDOWN",
        "MISCONF",
        "MOVED",
        "NOREPLICAS",
        "OOM",
        "READONLY",
        "TRYAGAIN",
        "UNKILLABLE",
    }
)
"""Errors by which Redis says that it does not serve now; any other error is a fault of ours."""
ELSEWHERE: Final = frozenset({"MOVED", "NOREPLICAS", "READONLY"})
"""Errors after which another connection may do better."""


def code(error: Exception) -> str:
    """The first word of an error reply: its kind, without anything of the request."""
    return str(error).partition(" ")[0]


def as_failure(error: Exception) -> Exception:
    """The exception for the caller: StoreUnavailable where Redis refuses to serve, else the error itself."""
    return StoreUnavailable() if code(error) in REFUSING else error


def refusal(kind: str) -> str:
    """The reason for logs and health of a store that answers with this kind of error."""
    return f"it refuses: {kind}"
