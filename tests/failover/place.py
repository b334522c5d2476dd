"""Gateway nodes on a replica set, with desks at work: what every kind of fail-over is tried on."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher

from tests.failover.desk import FailoverDesk, Probe
from tests.failover.history import Fact
from tests.failover.replica_set import ReplicaSet, replica_set
from tests.support.gateway import GatewayProcess
from tests.support.site import site

FIRST_AGENT, FIRST_PROBE = 1001, 9001
TIMES = {
    "GUIDINTERVAL": "2000",
    "GUIDTIMEOUT": "9000",
    "AGENT_POLL_WAIT_TIMES": "2",
    "AGENT_POLL_WAIT_INTERVAL": "100",
    "LOG_LEVEL": "INFO",
}
NOTHING: Mapping[int, str] = {}
NOTHING_SAID: Mapping[str, str] = {}


@dataclass
class Place:
    """All that runs. `facts` is what desks and probes have seen so far."""

    redis: ReplicaSet
    nodes: Sequence[GatewayProcess]
    desks: Sequence[FailoverDesk]
    probes: Sequence[Probe]
    facts: list[Fact] = field(default_factory=list)
    tag: str = ""


@dataclass(frozen=True)
class Size:
    """How much of everything, the seed of all chances, which server, when sentinels take one for dead.

    `hurried`: see `replica_set`.
    """

    agents: int = 16
    nodes: int = 3
    seed: int = 1
    kind: str = "redis"
    down_after_ms: int = 1000
    hurried: bool = False


@asynccontextmanager
async def place(folder: Path, size: Size) -> AsyncIterator[Place]:
    """Starts it all; desks work until the block ends."""
    async with (
        replica_set(folder, size.kind, size.down_after_ms, hurried=size.hurried) as redis,
        on(folder, size, redis) as made,
    ):
        yield made


@asynccontextmanager
async def on(
    folder: Path,
    size: Size,
    redis: ReplicaSet,
    urls: Mapping[int, str] = NOTHING,
    times: Mapping[str, str] = NOTHING_SAID,
) -> AsyncIterator[Place]:
    """As `place`, on a set that runs. `urls` are the REDIS_URL of nodes that have another one; `times` are settings."""
    password, tag = secrets.token_urlsafe(12), f"failover-{secrets.token_hex(4)}"
    agents_file = folder / "agents.toml"
    numbers = range(FIRST_AGENT, FIRST_AGENT + size.agents)
    watchers = range(FIRST_PROBE, FIRST_PROBE + size.nodes)
    agents_file.write_text(_agents([*numbers, *watchers], password), "utf-8")
    settings = {"CONTACT_CENTER_FILE": "", **TIMES, **times, "AGENTS_FILE": str(agents_file), "STORE_TAG": tag}
    async with site(folder, {**settings, "REDIS_URL": redis.url()}) as made:
        own = {n: {"REDIS_URL": url} for n, url in urls.items()}
        nodes = await asyncio.gather(*(made.start(f"Node{n}", own.get(n)) for n in range(size.nodes)))
        ports, facts = [node.port for node in nodes], list[Fact]()
        desks = [FailoverDesk(number, password, ports, size.seed, facts.append) for number in numbers]
        probes = [Probe(number, password, ports, n, facts.append) for n, number in enumerate(watchers)]
        stop = asyncio.Event()
        await asyncio.gather(*(probe.sign_in() for probe in probes))
        async with asyncio.TaskGroup() as group:
            for working in [desk.work(stop) for desk in desks] + [probe.work(stop) for probe in probes]:
                group.create_task(working)
            try:
                yield Place(redis, nodes, desks, probes, facts, tag)
            finally:
                stop.set()


def _agents(numbers: Sequence[int], password: str) -> str:
    """An agents file; one cheap hash serves all, because passwords are not what is tried."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    rows = (
        f'\n[[agents]]\nid = {number}\naccount = "desk{number}"\nname = "Agent {number}"\n'
        f'password_hash = "{hashed}"\nskills = [1]\n'
        for number in numbers
    )
    return '[[skills]]\nid = 1\nname = "Service"\n' + "".join(rows)
