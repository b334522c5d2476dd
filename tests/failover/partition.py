"""The primary is cut off from its replicas and from the sentinels, while gateways reach it as before.

One gateway cannot reach the sentinels either, so that only the primary itself can tell it that it is one no more. The
others are told by the sentinels and follow the new primary; what they sign out there the first one may still accept for
a while, no longer than `min-replicas-max-lag` + 2 s after the cut.
"""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import chain
from pathlib import Path
from typing import Any

from tests.failover.coming_back import SIGN_IN, came_back
from tests.failover.gate import Gate
from tests.failover.history import Fact, Kind, Outcome, faults
from tests.failover.kill import LOAD_S, Tell
from tests.failover.place import Place, Size, place
from tests.failover.replica_set import ReplicaSet, gates_to, replica_set
from tests.failover.result import Result, Round
from tests.support.servers import Server

MAX_LAG_S = 3
OLD_SIDE = 0
"""The number of the node that follows the old primary."""
NOTICED_WITHIN_S = 2.0
"""How long after `min-replicas-max-lag` the old primary may still serve."""
TIMES = {"GUIDINTERVAL": "3000", "GUIDTIMEOUT": "12000"}
"""A primary that is cut off may take two rotations of a GUID along, no more: a node knows of GUIDs two ahead."""
LIMIT_S = MAX_LAG_S + NOTICED_WITHIN_S
OLD_SERVED = "the old primary served until"
REVOKED = "a revoked GUID was accepted until"


async def partition_rounds(folder: Path, size: Size, rounds: int, tell: Tell) -> Result:
    """Cuts the primary off `rounds` times."""
    result, chance, cuts = Result({OLD_SERVED: LIMIT_S}), random.Random(size.seed), list[float]()

    def excused(fact: Fact) -> bool:
        return any(cut_s <= fact.sent_s <= cut_s + LIMIT_S for cut_s in cuts)

    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            replica_set(folder, size.kind, size.down_after_ms, gated=True, max_lag_s=MAX_LAG_S, hurried=size.hurried)
        )
        to_sentinels = await stack.enter_async_context(gates_to(redis.sentinels))
        urls = {OLD_SIDE: redis.url([each.port for each in to_sentinels])}
        made = await stack.enter_async_context(place(folder, size, redis.url(), urls, TIMES))
        for number in range(rounds):
            await asyncio.sleep(chance.uniform(*LOAD_S) + 1)
            result.rounds.append(await _round(made, redis, to_sentinels, cuts))
            tell(f"{number + 1}/{rounds}: {result.rounds[-1].line}; faults {len(faults(made.facts, excused))}")
        await asyncio.sleep(LOAD_S[1])
    result.facts, result.faults = made.facts, faults(made.facts, excused)
    return result


async def _round(made: Place, redis: ReplicaSet, to_sentinels: list[Gate], cuts: list[float]) -> Round:
    old = await redis.primary()
    for gate in to_sentinels:
        gate.shut()
    redis.gates[old].shut()
    cuts.append(cut_s := time.monotonic())
    new = await redis.until_another_than(old)
    switched_s = time.monotonic()
    times = await came_back(made, switched_s, [n for n in range(len(made.nodes)) if n != OLD_SIDE])
    await asyncio.sleep(max(0.0, cut_s + LIMIT_S + 1 - time.monotonic()))
    caught_up = await asyncio.to_thread(_caught_up, redis.servers[new], made.tags)
    healed_s = time.monotonic()
    for gate in to_sentinels:
        gate.reopen()
    redis.gates[old].reopen()
    await redis.until_healthy()
    await came_back(made, healed_s)
    since = [fact for fact in made.facts if cut_s <= fact.sent_s and fact.done_s < healed_s]
    return Round(
        {
            OLD_SERVED: _last(_accepted(since, OLD_SIDE), cut_s),
            SIGN_IN: times[SIGN_IN] + switched_s - cut_s,
        },
        {
            "sessions ended on the new side while the old one served": len(_ended_elsewhere(since)),
            "records that caught up with a rotation which only the old primary had seen": caught_up,
        },
    )


def _accepted(facts: list[Fact], node: int) -> list[Fact]:
    return [fact for fact in facts if fact.node == node and fact.outcome is Outcome.ACCEPTED]


def _last(facts: list[Fact], since_s: float) -> float:
    return max((fact.sent_s - since_s for fact in facts), default=0.0)


def _ended_elsewhere(facts: list[Fact]) -> list[Fact]:
    """Ends confirmed while the old side still accepted calls: only the new primary can have confirmed them."""
    served_until_s = _last(_accepted(facts, OLD_SIDE), 0.0)
    ends = {Kind.SIGN_OUT, Kind.TAKE_OVER}
    return [
        fact
        for fact in facts
        if fact.kind in ends and fact.outcome is Outcome.ACCEPTED and fact.done_s < served_until_s
    ]


def _caught_up(server: Server, tags: Sequence[str]) -> int:
    """Records with a generation that was replaced and left at the same moment: nothing else writes that."""
    found = 0
    for key in chain.from_iterable(server.ask("KEYS", f"{{{tag}}}:agent:*") for tag in tags):
        record: dict[str, Any] = json.loads(server.ask("GET", key)[16:])
        former = (record.get("s") or {}).get("f", [])
        found += any(each["p"] == each.get("l") for each in former)
    return found
