"""The primary dies: kill -9 under load, again and again; what was killed comes back as a replica."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

from tests.failover.coming_back import ALL_NODES, SIGN_IN, came_back
from tests.failover.history import faults
from tests.failover.place import Size, place
from tests.failover.result import Result, Round

LOAD_S = (0.5, 2.0)
"""How long desks work between two faults."""
RETURNS_WITHIN_S = 2.0
"""How long after `down-after` service must be back."""

Tell = Callable[[str], None]


async def kill_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """Kills the primary `rounds` times."""
    limit_s = size.down_after_ms / 1000 + RETURNS_WITHIN_S
    result, chance = Result({ALL_NODES: limit_s, SIGN_IN: limit_s}), random.Random(size.seed)
    async with place(folder, size) as made:
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*LOAD_S))
            primary = await made.redis.primary()
            at_s = await made.redis.kill(primary)
            result.rounds.append(Round(await came_back(made, at_s)))
            await made.redis.until_another_than(primary)
            await made.redis.revive(primary)
            await made.redis.until_healthy()
            tell(f"{number + 1}/{rounds}: {result.rounds[-1].line}; faults {len(faults(made.facts))}")
        await asyncio.sleep(LOAD_S[1])
    result.facts, result.faults = made.facts, faults(made.facts)
    return result
