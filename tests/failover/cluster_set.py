"""A Cluster of three primaries with two replicas each: real processes, that can be killed."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import redis

from gateway.redis_store.shards import slot
from tests.failover.replica_set import HEALTHY_WITHIN_S, MAX_LAG_S
from tests.support.cluster import OPTIONS, PRIMARIES, Cluster, start_cluster
from tests.support.servers import Server, Servers

REPLICAS_EACH = 2
"""Less than two, and a primary that has just been elected would have none, and refuse writes."""
ELECTION_S = 2.0
"""A replica waits half a second, up to another half by chance and one more when another one has more data."""


class ClusterSet:
    """The Cluster. Servers go by their number; `primary` is what most of them say."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._servers = [*cluster.primaries, *cluster.replicas]
        self._ports = [server.port for server in self._servers]

    def url(self) -> str:
        """As REDIS_URL."""
        return self._cluster.url

    async def primary(self, tag: str) -> int:
        """The number of the primary that has the keys of this tag."""
        named = await asyncio.gather(*(asyncio.to_thread(_named, server, slot(tag)) for server in self._servers))
        [(port, _)] = Counter(port for port in named if port is not None).most_common(1)
        return self._ports.index(port)

    async def kill(self, number: int) -> float:
        """Kills a server; when it was dead, in s of the monotonic clock."""
        await asyncio.to_thread(self._servers[number].kill)
        return time.monotonic()

    async def revive(self, number: int) -> None:
        """Starts a killed server again; the others make it a replica."""
        await asyncio.to_thread(self._servers[number].start)

    async def until_another_than(self, number: int, tag: str, within_s: float = HEALTHY_WITHIN_S) -> int:
        """Waits until most servers name another primary of this tag; its number."""
        async with asyncio.timeout(within_s):
            while (primary := await self.primary(tag)) == number:  # noqa: ASYNC110 - other processes decide it
                await asyncio.sleep(0.1)
        return primary

    async def until_healthy(self, within_s: float = HEALTHY_WITHIN_S) -> None:
        """Waits until all servers agree on primaries that all their replicas follow. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not await asyncio.to_thread(self._healthy):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.2)

    def _healthy(self) -> bool:
        try:
            roles = [server.ask("ROLE") for server in self._servers]
            primaries = [role for role in roles if role[0] == "master"]
            followers = [role for role in roles if role[0] == "slave"]
            return (
                len(primaries) == PRIMARIES
                and all(len(role[2]) == REPLICAS_EACH for role in primaries)
                and all(role[3] == "connected" for role in followers)
                and len({_slots(server) for server in self._servers}) == 1
                and all("cluster_slots_ok:16384" in server.ask("CLUSTER", "INFO") for server in self._servers)
            )
        except redis.RedisError:
            return False


def _named(server: Server, number: int) -> int | None:
    """The port of the primary that this server names; None when it is dead or knows none."""
    try:
        ranges: list[Any] = server.ask("CLUSTER", "SLOTS")
    except redis.RedisError:
        return None
    return next((int(place[1]) for first, last, place, *_ in ranges if first <= number <= last), None)


def _slots(server: Server) -> tuple[tuple[int, int], ...]:
    """Where each range of slots begins, and the port of its primary."""
    return tuple(sorted((int(first), int(place[1])) for first, _, place, *_ in server.ask("CLUSTER", "SLOTS")))


@asynccontextmanager
async def cluster_set(folder: Path, kind: str, node_timeout_ms: int) -> AsyncIterator[ClusterSet]:
    """A healthy one; `node_timeout_ms` is `cluster-node-timeout`."""
    options = {
        **OPTIONS,
        "cluster-node-timeout": str(node_timeout_ms),
        "cluster-replica-validity-factor": "10",
        "cluster-replica-no-failover": "no",
        "cluster-allow-replica-migration": "no",
        "appendonly": "yes",
        "min-replicas-to-write": "1",
        "min-replicas-max-lag": str(MAX_LAG_S),
    }
    started = Servers(folder)
    try:
        cluster = await asyncio.to_thread(start_cluster, started, kind, options, REPLICAS_EACH)
        made = ClusterSet(cluster)
        await made.until_healthy()
        yield made
    finally:
        await asyncio.to_thread(started.end)
