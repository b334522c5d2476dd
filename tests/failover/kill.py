"""The primary dies: kill -9 under load, again and again; what was killed comes back as a replica."""

import asyncio
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

from tests.failover.history import Fact, Kind, Outcome, faults
from tests.failover.place import Place, Size, place
from tests.failover.replica_set import DOWN_AFTER_MS
from tests.failover.result import Result, Round

LIMIT_S = DOWN_AFTER_MS / 1000 + 2
LOAD_S = (0.5, 2.0)
"""How long desks work between two faults."""
GIVES_UP_S = 30.0

Tell = Callable[[str], None]


async def kill_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """Kills the primary `rounds` times."""
    result, chance = Result(LIMIT_S), random.Random(size.seed)
    async with place(folder, size) as made:
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*LOAD_S))
            primary = await made.redis.primary()
            at_s = await made.redis.kill(primary)
            done = await returned(made, at_s)
            await made.redis.until_another_than(primary)
            await made.redis.revive(primary)
            await made.redis.until_healthy()
            result.rounds.append(done)
            tell(line(number + 1, rounds, done, made))
        await asyncio.sleep(LOAD_S[1])
    result.facts, result.faults = made.facts, faults(made.facts)
    return result


def line(number: int, rounds: int, done: Round, made: Place) -> str:
    """The live line."""
    extra = "".join(f"  {name} {count}" for name, count in done.extra.items())
    return (
        f"round {number}/{rounds}: first call {done.first_call_s:.2f} s, all nodes {done.last_node_s:.2f} s,"
        f" sign-in {done.sign_in_s:.2f} s{extra}  facts {len(made.facts)}  faults {len(faults(made.facts))}"
    )


async def returned(made: Place, at_s: float, gives_up_s: float = GIVES_UP_S) -> Round:
    """Waits until every node and sign-ins have come back from a fault at `at_s`; infinite is what never did."""
    until_s = time.monotonic() + gives_up_s
    while True:
        done = _round(made, at_s)
        if math.isfinite(done.last_node_s + done.sign_in_s) or time.monotonic() > until_s:
            return done
        await asyncio.sleep(0.1)


def _round(made: Place, at_s: float) -> Round:
    since = [fact for fact in made.facts if fact.sent_s >= at_s and fact.outcome is Outcome.ACCEPTED]
    nodes = [_first(since, at_s, lambda fact, n=n: fact.node == n) for n in range(len(made.nodes))]  # type: ignore[misc]
    sign_in_s = _first(since, at_s, lambda fact: fact.kind in {Kind.SIGN_IN, Kind.TAKE_OVER})
    return Round(min(nodes), max(nodes), sign_in_s)


def _first(facts: list[Fact], at_s: float, wanted: Callable[[Fact], bool]) -> float:
    return min((fact.done_s - at_s for fact in facts if wanted(fact)), default=math.inf)
