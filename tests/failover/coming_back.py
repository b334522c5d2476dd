"""When service came back after a fault, from what desks and probes saw."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence

from tests.failover.history import Fact, Kind, Outcome
from tests.failover.place import Place

FIRST_CALL = "the first call is accepted"
ALL_NODES = "all nodes accept calls"
SIGN_IN = "the first sign-in is accepted"
GIVES_UP_S = 30.0


async def came_back(
    made: Place, at_s: float, nodes: Sequence[int] = (), gives_up_s: float = GIVES_UP_S
) -> dict[str, float]:
    """Waits until `nodes` (or all) accept calls sent after the fault at `at_s`, and one a sign-in.

    The times in s since then, by name; infinite for what did not happen.
    """
    until_s = time.monotonic() + gives_up_s
    while True:
        times = _times(made.facts, at_s, nodes or range(len(made.nodes)))
        if math.isfinite(sum(times.values())) or time.monotonic() > until_s:
            return times
        await asyncio.sleep(0.1)


def _times(facts: Sequence[Fact], at_s: float, nodes: Sequence[int]) -> dict[str, float]:
    since = [fact for fact in facts if fact.sent_s >= at_s and fact.outcome is Outcome.ACCEPTED and fact.node in nodes]
    first = {node: _first(since, at_s, lambda fact, node=node: fact.node == node) for node in nodes}  # type: ignore[misc]
    sign_in_s = _first(since, at_s, lambda fact: fact.kind in {Kind.SIGN_IN, Kind.TAKE_OVER})
    return {FIRST_CALL: min(first.values()), ALL_NODES: max(first.values()), SIGN_IN: sign_in_s}


def _first(facts: Sequence[Fact], at_s: float, wanted: Callable[[Fact], bool]) -> float:
    return min((fact.done_s - at_s for fact in facts if wanted(fact)), default=math.inf)
