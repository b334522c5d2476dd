"""A primary dies: kill -9 under load, again and again; what was killed comes back as a replica."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tests.failover.cluster_set import ELECTION_S, cluster_set
from tests.failover.coming_back import ALL_NODES, SIGN_IN, came_back
from tests.failover.history import faults
from tests.failover.place import Size, place
from tests.failover.replica_set import replica_set
from tests.failover.result import Result, Round

LOAD_S = (0.5, 2.0)
"""How long desks work between two faults."""
RETURNS_WITHIN_S = 2.0
"""How long after others took the primary for dead, and have another one, service must be back."""

Tell = Callable[[str], None]


class Redundant(Protocol):
    """A store of several servers that go by their number; a tag has one primary."""

    def url(self) -> str:
        """As REDIS_URL."""

    async def primary(self, tag: str, /) -> int:
        """The number of the primary that has the keys of this tag."""

    async def kill(self, number: int) -> float:
        """Kills a server; when it was dead, in s of the monotonic clock."""

    async def until_another_than(self, number: int, tag: str, /) -> int:
        """Waits until the tag has another primary; its number."""

    async def revive(self, number: int) -> None:
        """Starts a killed server again."""

    async def until_healthy(self) -> object:
        """Waits until nothing is missing."""


async def kill_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """Kills the primary that sentinels watch over `rounds` times."""
    async with replica_set(folder, size.kind, size.down_after_ms, hurried=size.hurried) as redis:
        return await _rounds(folder, size, rounds, tell, redis, size.down_after_ms / 1000 + RETURNS_WITHIN_S)


async def cluster_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """Kills a primary of a Cluster that has agents of ours `rounds` times."""
    async with cluster_set(folder, size.kind, size.down_after_ms) as redis:
        limit_s = size.down_after_ms / 1000 + ELECTION_S + RETURNS_WITHIN_S
        return await _rounds(folder, size, rounds, tell, redis, limit_s)


async def _rounds(folder: Path, size: Size, rounds: int, tell: Tell, redis: Redundant, limit_s: float) -> Result:
    result, chance = Result({ALL_NODES: limit_s, SIGN_IN: limit_s}), random.Random(size.seed)
    async with place(folder, size, redis.url()) as made:
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*LOAD_S))
            tag = chance.choice(made.tags)
            primary = await redis.primary(tag)
            lost = [shard for shard, each in enumerate(made.tags) if await redis.primary(each) == primary]
            at_s = await redis.kill(primary)
            result.rounds.append(Round(await came_back(made, at_s, shards=lost)))
            await redis.until_another_than(primary, tag)
            await redis.revive(primary)
            await redis.until_healthy()
            tell(f"{number + 1}/{rounds}: {result.rounds[-1].line}; faults {len(faults(made.facts))}")
        await asyncio.sleep(LOAD_S[1])
    result.facts, result.faults = made.facts, faults(made.facts)
    return result
