"""Is the store divided as STORE_SHARDS says? (design section 8)"""

from dataclasses import dataclass
from typing import Final

from hiredis import ReplyError

from gateway.doctor.asking import TroubleError, asking
from gateway.doctor.finding import Check, Level, Verdict, doubtful, right, wrong
from gateway.redis_link.address import Address
from gateway.redis_link.fence import SHARDS
from gateway.sessions.division import WATCH_S


@dataclass(frozen=True, slots=True)
class DivisionFacts:
    """`wanted` is STORE_SHARDS, `said` the number in the store (0 = it says none), `quiet_s` is since when no gateway
    has written there, None where none ever has."""

    wanted: int
    said: int
    quiet_s: float | None


async def division_facts(first: Address, tag: str, wanted: int) -> DivisionFacts | None:
    """Looks at the fence of the first shard, at `first` under `tag`; None where that cannot be read."""
    try:
        async with asking(first) as asker:
            kept, time = await asker.ask(("HMGET", f"{{{tag}}}:fence", "at", SHARDS), ("TIME",))
    except TroubleError:
        return None
    if isinstance(kept, ReplyError) or isinstance(time, ReplyError):
        return None
    at, said = kept
    return DivisionFacts(wanted, int(said or 0), None if at is None else int(time[0]) - int(at) / 1000)


def _shards(facts: DivisionFacts) -> Verdict | None:
    if facts.quiet_s is None and not facts.said:
        return None if facts.wanted == 1 else right(f"{facts.wanted}; no gateway has used the store yet")
    number = facts.said or 1
    if number == facts.wanted:
        return right(f"{number}") if number > 1 else None
    text = f"the store is divided by {number}, STORE_SHARDS is {facts.wanted} here"
    runs = facts.quiet_s is not None and facts.quiet_s < WATCH_S
    return wrong(f"{text}, and gateways run on it") if runs else doubtful(f"{text}; no gateway runs on it")


CHECKS: Final[tuple[Check[DivisionFacts], ...]] = (
    Check(
        "store shards",
        "is STORE_SHARDS the number that the store is divided by?",
        Level.FAIL,
        "the same number on all nodes; to change it, wait until nobody is signed in, stop all, start them with it",
        _shards,
    ),
)
