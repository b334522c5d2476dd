"""The page about the session store on the admin listener: `/store`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.admin.route import AdminRoute
from gateway.settings.operating_system import resource
from gateway.wire.errors import StoreUnavailable

_RESIDENT: Final = Path("/proc/self/statm")
MEMORY: Final = "memory"


@dataclass(frozen=True, slots=True)
class ShardState:
    """A part of the store, by its tag.

    `reason` says why it is out of reach, "" while it is not, `outage_since` (ISO 8601) when that began. `latency_ms`:
    of one read just now. Memory is in bytes, None where it is not known or has no limit; of a store in memory it is
    that of this process.
    """

    tag: str
    reachable: bool
    reason: str
    latency_ms: float | None
    outage_since: str | None
    memory_bytes: int | None
    memory_limit_bytes: int | None


@dataclass(frozen=True, slots=True)
class StoreState:
    """`kind` is `memory` or `redis`."""

    kind: str
    shards: Sequence[ShardState]


@dataclass(frozen=True, slots=True)
class StoreView:
    """The store as operators see it: `reachable` if all of it is, with the slowest latency and the first outage.

    `sessions`: how many live, None while that cannot be told.
    """

    kind: str
    reachable: bool
    sessions: int | None
    latency_ms: float | None
    memory_bytes: int | None
    outage_since: str | None
    shards: Sequence[ShardState]


async def memory_state() -> StoreState:
    """Of sessions in the memory of this process: always in reach."""
    return StoreState(MEMORY, [ShardState("", True, "", 0.0, None, _resident_bytes(), None)])


def _resident_bytes() -> int | None:
    """What this process has in memory; where the system does not tell, the most that it ever had."""
    try:
        pages = _RESIDENT.read_text("ascii").split()[1]
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 if resource is not None else None
    return int(pages) * (resource.getpagesize() if resource is not None else 4096)


def store_routes(state: Callable[[], Awaitable[StoreState]], count: Callable[[], Awaitable[int]]) -> list[AdminRoute]:
    """The route."""

    async def shown(_call: object) -> object:
        now = await state()
        try:
            sessions = await count()
        except StoreUnavailable:
            sessions = None
        return view(now, sessions)

    return [AdminRoute("GET", "/store", shown)]


def view(state: StoreState, sessions: int | None) -> StoreView:
    """The store as operators see it."""
    latencies = [shard.latency_ms for shard in state.shards if shard.latency_ms is not None]
    memory = [shard.memory_bytes for shard in state.shards if shard.memory_bytes is not None]
    outages = [shard.outage_since for shard in state.shards if shard.outage_since]
    return StoreView(
        state.kind,
        all(shard.reachable for shard in state.shards),
        sessions,
        max(latencies, default=None),
        max(memory, default=None),
        min(outages, default=None),
        state.shards,
    )
