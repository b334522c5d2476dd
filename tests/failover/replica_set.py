"""One primary, two replicas and three sentinels: real processes, that can be killed or cut off."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import redis

from tests.failover.gate import KIND_HOST, Gate, everybody, gate, own_kind
from tests.support.servers import Server, Servers

NAME = "desks"
SERVERS, SENTINELS, QUORUM = 3, 3, 2
FAILOVER_TIMEOUT_MS = 3000
MAX_LAG_S = 1
FROM_ELSEWHERE = {"bind-source-addr": KIND_HOST, "protected-mode": "no"}
"""To protected mode 127.0.0.1 alone is this machine."""
HURRY = ("INFO-PERIOD", "1000", "PUBLISH-PERIOD", "500")
"""In ms, instead of 10 s and 2 s; during a fail-over both are as short anyway."""
HEALTHY_WITHIN_S = 60.0


class ReplicaSet:
    """The set. Servers go by their number; `primary` is what most sentinels say."""

    def __init__(self, servers: Sequence[Server], gates: Sequence[Gate], sentinels: Sequence[Server]) -> None:
        self.servers = servers
        self.gates = gates
        self.sentinels = sentinels
        self._ports = [gates[number].port if gates else server.port for number, server in enumerate(servers)]

    def url(self, sentinel_ports: Sequence[int] = ()) -> str:
        """As REDIS_URL; `sentinel_ports` for those who reach the sentinels elsewhere."""
        ports = sentinel_ports or [sentinel.port for sentinel in self.sentinels]
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in ports)}/{NAME}"

    async def primary(self, _tag: str = "") -> int:
        """The number of the primary that most sentinels name; it has the keys of every tag."""
        named = await asyncio.gather(*(asyncio.to_thread(_named, sentinel) for sentinel in self.sentinels))
        [(port, _)] = Counter(named).most_common(1)
        return self._ports.index(port)

    async def kill(self, number: int) -> float:
        """Kills a server; when it was dead, in s of the monotonic clock."""
        await asyncio.to_thread(self.servers[number].kill)
        return time.monotonic()

    async def revive(self, number: int) -> None:
        """Starts a killed server again, as a replica of the primary."""
        server = self.servers[number]
        server.follows("127.0.0.1", self._ports[await self.primary()])
        await asyncio.to_thread(server.start)

    async def until_another_than(self, number: int, _tag: str = "", within_s: float = HEALTHY_WITHIN_S) -> int:
        """Waits until most sentinels name another primary; its number."""
        async with asyncio.timeout(within_s):
            while (primary := await self.primary()) == number:  # noqa: ASYNC110 - other processes decide it
                await asyncio.sleep(0.02)
        return primary

    async def until_healthy(self, within_s: float = HEALTHY_WITHIN_S) -> int:
        """Waits until all sentinels agree on a primary that both replicas follow; its number. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while (primary := await asyncio.to_thread(self._healthy)) is None:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.1)
        return primary

    def _healthy(self) -> int | None:
        try:
            [port] = {_named(sentinel) for sentinel in self.sentinels}
            primary = self._ports.index(port)
            role = self.servers[primary].ask("ROLE")
            followers = [s.ask("ROLE") for n, s in enumerate(self.servers) if n != primary]
            for sentinel in self.sentinels:
                sentinel.ask("SENTINEL", "CKQUORUM", NAME)
                if not _at_ease(sentinel):
                    return None
        except (redis.RedisError, ValueError):
            return None
        whole = role[0] == "master" and len(role[2]) == SERVERS - 1
        return primary if whole and all(f[0] == "slave" and f[3] == "connected" for f in followers) else None


def _named(sentinel: Server) -> int:
    return int(sentinel.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME)[1])


def _at_ease(sentinel: Server) -> bool:
    """No fail-over under way, and nobody missing."""
    master = _pairs(sentinel.ask("SENTINEL", "MASTER", NAME))
    replicas = [_pairs(each) for each in sentinel.ask("SENTINEL", "REPLICAS", NAME)]
    return (
        master["flags"] == "master"
        and int(master["num-other-sentinels"]) == SENTINELS - 1
        and len(replicas) == SERVERS - 1
        and all(each["flags"] == "slave" and each["master-link-status"] == "ok" for each in replicas)
    )


def _pairs(flat: Sequence[str] | dict[str, str]) -> dict[str, str]:
    return flat if isinstance(flat, dict) else dict(zip(flat[::2], flat[1::2], strict=True))


@asynccontextmanager
async def replica_set(
    folder: Path,
    kind: str,
    down_after_ms: int,
    *,
    gated: bool = False,
    max_lag_s: int = MAX_LAG_S,
    hurried: bool = False,
) -> AsyncIterator[ReplicaSet]:
    """A healthy set. `gated`: each server stands behind a gate that can cut it off from its own kind.

    `max_lag_s` is `min-replicas-max-lag`; `hurried` sentinels find out sooner that all is well again.
    """
    async with AsyncExitStack() as stack:
        gates = [await stack.enter_async_context(gate(own_kind)) for _ in range(SERVERS * gated)]
        started = Servers(folder)
        stack.callback(started.end)
        servers = await asyncio.to_thread(_servers, started, kind, gates, max_lag_s)
        port = gates[0].port if gates else servers[0].port
        sentinels = await asyncio.to_thread(_sentinels, started, kind, port, down_after_ms)
        for sentinel in sentinels if hurried else ():
            await asyncio.to_thread(sentinel.ask, "SENTINEL", "DEBUG", *HURRY)
        made = ReplicaSet(servers, gates, sentinels)
        await made.until_healthy()
        yield made


def _servers(started: Servers, kind: str, gates: Sequence[Gate], max_lag_s: int) -> list[Server]:
    common = {
        "protected-mode": "no",
        "appendonly": "yes",
        "min-replicas-to-write": "1",
        "min-replicas-max-lag": str(max_lag_s),
    }
    servers: list[Server] = []
    for number in range(SERVERS):
        options = dict(common)
        if gates:
            announced = {"replica-announce-ip": "127.0.0.1", "replica-announce-port": str(gates[number].port)}
            options |= {**FROM_ELSEWHERE, **announced}
        if servers:
            options["replicaof"] = f"127.0.0.1 {gates[0].port if gates else servers[0].port}"
        servers.append(started.start(kind, options))
        if gates:
            gates[number].target_port = servers[-1].port
    _wait_for_followers(servers[0])
    return servers


def _wait_for_followers(primary: Server) -> None:
    """Sentinels that start now find them at their first look; the next one is 10 s later."""
    until_s = time.monotonic() + HEALTHY_WITHIN_S
    while len(primary.ask("ROLE")[2]) < SERVERS - 1:
        if time.monotonic() > until_s:
            raise TimeoutError("the replicas do not follow")
        time.sleep(0.02)


def _sentinels(started: Servers, kind: str, primary_port: int, down_after_ms: int) -> list[Server]:
    # They would announce the address that they come from.
    comes_from = {**FROM_ELSEWHERE, "sentinel announce-ip": "127.0.0.1"}
    times = {"down-after-milliseconds": down_after_ms, "failover-timeout": FAILOVER_TIMEOUT_MS}
    return [
        started.start_sentinel(kind, primary_port, NAME, quorum=QUORUM, times=times, options=comes_from)
        for _ in range(SENTINELS)
    ]


@asynccontextmanager
async def gates_to(servers: Sequence[Server]) -> AsyncIterator[list[Gate]]:
    """Gates to these servers that hold everybody."""
    async with AsyncExitStack() as stack:
        gates = [await stack.enter_async_context(gate(everybody)) for _ in servers]
        for each, server in zip(gates, servers, strict=True):
            each.target_port = server.port
        yield gates
