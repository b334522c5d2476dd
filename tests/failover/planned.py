"""What operators do on a working day: another primary by SENTINEL FAILOVER, new sentinels."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.failover.coming_back import ALL_NODES, SIGN_IN, came_back
from tests.failover.history import faults
from tests.failover.kill import LOAD_S, Tell
from tests.failover.place import Size, place
from tests.failover.replica_set import NAME, ReplicaSet, replica_set
from tests.failover.result import Result, Round

SWITCHED_WITHIN_S = 5.0
"""The sentinels take up to 3 s for a fail-over that they are asked for, calls are answered meanwhile or wait."""
UNNOTICED_S = 1.0


async def graceful_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """SENTINEL FAILOVER: the former primary lives and still serves when the new one begins."""
    return await _rounds(folder, size, rounds, tell, _fail_over, SWITCHED_WITHIN_S)


async def sentinel_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """All sentinels are killed and come back: nobody notices."""
    return await _rounds(folder, size, rounds, tell, _restart_sentinels, UNNOTICED_S)


async def _rounds(
    folder: Path, size: Size, rounds: int, tell: Tell, fault: Callable[[ReplicaSet], Awaitable[float]], limit_s: float
) -> Result:
    result, chance = Result({ALL_NODES: limit_s, SIGN_IN: limit_s}), random.Random(size.seed)
    async with (
        replica_set(folder, size.kind, size.down_after_ms, hurried=size.hurried) as redis,
        place(folder, size, redis.url()) as made,
    ):
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*LOAD_S))
            at_s = await fault(redis)
            result.rounds.append(Round(await came_back(made, at_s)))
            await redis.until_healthy()
            tell(f"{number + 1}/{rounds}: {result.rounds[-1].line}; faults {len(faults(made.facts))}")
        await asyncio.sleep(LOAD_S[1])
    result.facts, result.faults = made.facts, faults(made.facts)
    return result


async def _fail_over(redis: ReplicaSet) -> float:
    """When the sentinels had another primary, in s of the monotonic clock."""
    old = await redis.primary()
    asked_s = time.monotonic()
    await asyncio.to_thread(redis.sentinels[0].ask, "SENTINEL", "FAILOVER", NAME)
    await redis.until_another_than(old)
    return asked_s


async def _restart_sentinels(redis: ReplicaSet) -> float:
    for sentinel in redis.sentinels:
        await asyncio.to_thread(sentinel.kill)
    killed_s = time.monotonic()
    await asyncio.sleep(LOAD_S[1])
    for sentinel in redis.sentinels:
        await asyncio.to_thread(sentinel.start)
    return killed_s
