"""Gateway nodes on a store and before one contact centre, with desks at work: what every fail-over is tried on."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher

from gateway.redis_store.shards import shard_of, shard_tags
from tests.failover.desk import HASTY, FailoverDesk, Probe
from tests.failover.history import Fact
from tests.support.gateway import GatewayProcess
from tests.support.one_centre import before, centre_process
from tests.support.site import site

FIRST_AGENT, FIRST_HASTY, FIRST_PROBE = 1001, 8001, 9001
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
    """All that runs. `facts` is what desks and probes have seen so far; `tags` are those of the shards."""

    nodes: Sequence[GatewayProcess]
    tags: Sequence[str]
    facts: list[Fact] = field(default_factory=list)

    def shard_of(self, fact: Fact) -> int:
        """Where its agent lies."""
        return shard_of(fact.agent, len(self.tags))


@dataclass(frozen=True)
class Size:
    """How much of everything, the seed of all chances, which server, when others take one for dead.

    `hurried`: see `replica_set`.
    """

    agents: int = 16
    nodes: int = 3
    seed: int = 1
    kind: str = "redis"
    shards: int = 1
    down_after_ms: int = 1000
    hurried: bool = False


@asynccontextmanager
async def place(
    folder: Path,
    size: Size,
    url: str,
    urls: Mapping[int, str] = NOTHING,
    times: Mapping[str, str] = NOTHING_SAID,
) -> AsyncIterator[Place]:
    """Starts nodes on the store at `url` and before a contact centre that has none, with desks at work to the end.

    Each node is probed about each shard, and one desk of each shard signs in again and again, so that it is soon known
    when that works.
    `urls` are the REDIS_URL of nodes that have another one; `times` are settings.
    """
    password, tag = secrets.token_urlsafe(12), f"failover-{secrets.token_hex(4)}"
    agents_file = folder / "agents.toml"
    numbers = range(FIRST_AGENT, FIRST_AGENT + size.agents)
    hasty = _spread(FIRST_HASTY, size.shards, 1)
    watchers = _spread(FIRST_PROBE, size.shards, size.nodes)
    agents_file.write_text(agents_text([*numbers, *hasty, *watchers], password), "utf-8")
    behind = {"CONTACT_CENTER_FILE": "", "AGENTS_FILE": str(agents_file)}
    settings = {**TIMES, **times, "STORE_TAG": tag, "REDIS_URL": url, "STORE_SHARDS": str(size.shards)}
    async with centre_process(behind) as centre, site(folder, {**settings, **before(centre)}) as made:
        own = {n: {"REDIS_URL": url} for n, url in urls.items()}
        nodes = await asyncio.gather(*(made.start(f"Node{n}", own.get(n)) for n in range(size.nodes)))
        ports, facts = [node.port for node in nodes], list[Fact]()
        desks = [FailoverDesk(number, password, ports, size.seed, facts.append) for number in numbers]
        desks += [FailoverDesk(number, password, ports, size.seed, facts.append, HASTY) for number in hasty]
        probes = [Probe(number, password, ports, n, facts.append) for number, n in watchers.items()]
        stop = asyncio.Event()
        await asyncio.gather(*(probe.sign_in() for probe in probes))
        async with asyncio.TaskGroup() as group:
            for working in [desk.work(stop) for desk in desks] + [probe.work(stop) for probe in probes]:
                group.create_task(working)
            try:
                yield Place(nodes, shard_tags(tag, size.shards), facts)
            finally:
                stop.set()


def _spread(first: int, shards: int, each: int) -> dict[int, int]:
    """Agents from `first` on, `each` of every shard, and which of those it is."""
    found, counts, number = dict[int, int](), [0] * shards, first
    while len(found) < shards * each:
        shard = shard_of(number, shards)
        if counts[shard] < each:
            found[number] = counts[shard]
            counts[shard] += 1
        number += 1
    return found


def agents_text(numbers: Sequence[int], password: str) -> str:
    """An agents file; one cheap hash serves all, because passwords are not what is tried."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
    rows = (
        f'\n[[agents]]\nid = {number}\naccount = "desk{number}"\nname = "Agent {number}"\n'
        f'password_hash = "{hashed}"\nskills = [1]\n'
        for number in numbers
    )
    return '[[skills]]\nid = 1\nname = "Service"\n' + "".join(rows)
