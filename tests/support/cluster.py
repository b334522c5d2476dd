"""A small Redis Cluster: three primaries, and replicas of each that take over when they are let."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gateway.redis_store.shards import SLOTS, slot
from tests.support.servers import READY_S, Server, Servers

PRIMARIES: Final = 3
OPTIONS: Final = {
    "cluster-enabled": "yes",
    "cluster-node-timeout": "1000",
    "cluster-require-full-coverage": "no",
    "cluster-replica-validity-factor": "0",
    "cluster-replica-no-failover": "yes",
}
"""One primary away leaves the others in service; replicas wait until `let_take_over`."""


@dataclass
class Cluster:
    """`primaries` share the slots evenly, in order; `replicas` follow them in turn."""

    primaries: list[Server]
    replicas: list[Server]

    @property
    def url(self) -> str:
        """As REDIS_URL: all nodes."""
        places = ",".join(f"127.0.0.1:{node.port}" for node in (*self.primaries, *self.replicas))
        return f"redis+cluster://{places}"

    def number_of(self, tag: str) -> int:
        """Which primary has the keys of this tag at first, from 0."""
        return slot(tag) * PRIMARIES // SLOTS

    def let_take_over(self) -> None:
        """Replicas of a dead primary take its place from now on."""
        for replica in self.replicas:
            replica.ask("CONFIG", "SET", "cluster-replica-no-failover", "no")


def start_cluster(servers: Servers, kind: str, options: Mapping[str, str] = OPTIONS, replicas_each: int = 1) -> Cluster:
    """Starts one and waits until all of it is in service."""
    primaries = [servers.start(kind, options) for _ in range(PRIMARIES)]
    replicas = [servers.start(kind, options) for _ in range(PRIMARIES * replicas_each)]
    nodes = [*primaries, *replicas]
    for number, primary in enumerate(primaries):
        first, last = (-(-SLOTS * part // PRIMARIES) for part in (number, number + 1))
        primary.ask("CLUSTER", "ADDSLOTSRANGE", first, last - 1)
        primary.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
    for node in nodes[1:]:
        nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port)
    _until(lambda: all("cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes))
    _until(lambda: all(f"cluster_known_nodes:{len(nodes)}" in node.ask("CLUSTER", "INFO") for node in nodes))
    for primary, replica in zip(primaries * replicas_each, replicas, strict=True):
        replica.ask("CLUSTER", "REPLICATE", primary.ask("CLUSTER", "MYID"))
    _until(lambda: all(replica.ask("ROLE")[3:4] == ["connected"] for replica in replicas))
    return Cluster(primaries, replicas)


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("the Cluster does not come about")
        time.sleep(0.02)
