"""When service came back after a fault, from what desks and probes saw."""

import asyncio
import math
import time
from collections.abc import Collection, Sequence

from tests.failover.history import Kind, Outcome
from tests.failover.place import Place

FIRST_CALL = "the first call is accepted"
ALL_NODES = "all nodes accept calls"
SIGN_IN = "the first sign-in is accepted"
GIVES_UP_S = 30.0


async def came_back(
    made: Place,
    at_s: float,
    nodes: Sequence[int] = (),
    shards: Sequence[int] = (),
    gives_up_s: float = GIVES_UP_S,
) -> dict[str, float]:
    """Waits until `nodes` (or all) accept calls sent after the fault at `at_s`, and one a sign-in.

    Only agents of `shards` (or all) count. The times in s since then, by name; infinite for what did not happen.
    """
    until_s = time.monotonic() + gives_up_s
    corners = {(node, shard) for node in nodes or range(len(made.nodes)) for shard in shards or range(len(made.tags))}
    while True:
        times = _times(made, at_s, corners)
        if math.isfinite(sum(times.values())) or time.monotonic() > until_s:
            return times
        await asyncio.sleep(0.1)


def _times(made: Place, at_s: float, corners: Collection[tuple[int, int]]) -> dict[str, float]:
    since = [fact for fact in made.facts if fact.sent_s >= at_s and fact.outcome is Outcome.ACCEPTED]
    first, sign_in_s = dict.fromkeys(corners, math.inf), math.inf
    for fact in since:
        corner, took_s = (fact.node, made.shard_of(fact)), fact.done_s - at_s
        if corner in first:
            first[corner] = min(first[corner], took_s)
            if fact.kind in {Kind.SIGN_IN, Kind.TAKE_OVER}:
                sign_in_s = min(sign_in_s, took_s)
    return {FIRST_CALL: min(first.values()), ALL_NODES: max(first.values()), SIGN_IN: sign_in_s}
