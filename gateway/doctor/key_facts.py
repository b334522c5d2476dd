"""Which secrets the live sessions of the store were made with, and which of them this node holds."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.asking import Asker, Trouble, TroubleError, asking
from gateway.redis_link.address import Address
from gateway.sessions.codec import read_record
from gateway.sessions.guid import KeyRing
from gateway.sessions.redis_records import VERSION_SIZE

PAGE: Final = 500
LONGEST_S: Final = 4.0
"""For looking at sessions; the rest is left out then."""
_REFUSED: Final = Trouble("the server refuses to tell the sessions", "see store permissions")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """`ours` and `known` are fingerprints by key id, of this node and of the store; `making` makes our new GUIDs.

    `needed` counts live sessions by key id, `complete` tells whether it is of all of them. `unreadable` are the agents
    whose records are not understood here.
    """

    ours: Mapping[str, str]
    making: str
    known: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, int] = field(default_factory=dict)
    complete: bool = True
    unreadable: Sequence[str] = ()
    trouble: Trouble | None = None


async def key_facts(
    places: Sequence[tuple[Address, str]], ring: KeyRing, clock: Callable[[], float] = time.monotonic
) -> KeyFacts:
    """Reads the sessions of each tag at its place; `clock` gives s."""
    known: dict[str, str] = {}
    needed: Counter[str] = Counter()
    unreadable: list[str] = []
    ours = ring.fingerprints()
    until_s = clock() + LONGEST_S
    complete = True
    try:
        for address, tag in places:
            async with asking(address) as asker:
                (prints,) = _answers(await asker.ask(("HGETALL", f"{{{tag}}}:keys")))
                known |= {key.decode(): value.decode() for key, value in prints.items()}
                for mode in ("poll", "push"):
                    complete &= await _count(asker, tag, mode, needed, unreadable, lambda: clock() < until_s)
    except TroubleError as error:
        return KeyFacts(ours, ring.making, trouble=error.trouble)
    return KeyFacts(ours, ring.making, known, needed, complete and not unreadable, tuple(unreadable))


async def _count(
    asker: Asker, tag: str, mode: str, needed: Counter[str], unreadable: list[str], in_time: Callable[[], bool]
) -> bool:
    """Counts the key ids of one mode's sessions; False when the time was over before."""
    start = 0
    while in_time():
        (members,) = _answers(await asker.ask(("ZRANGE", f"{{{tag}}}:seen:{mode}", start, start + PAGE - 1)))
        if not members:
            return True
        agents = [member.partition(b":")[0].decode() for member in members]
        kept = _answers(await asker.ask(*(("GET", f"{{{tag}}}:agent:{agent}") for agent in agents)))
        for agent, record in zip(agents, kept, strict=True):
            try:
                needed.update(_key_ids(record))
            except ValueError:
                unreadable.append(agent)
        start += PAGE
    return False


def _answers(replies: list[Any]) -> list[Any]:
    if any(isinstance(reply, ReplyError) for reply in replies):
        raise TroubleError(_REFUSED)
    return replies


def _key_ids(kept: bytes | None) -> list[str]:
    """The key of the session in an agent's record, where there is one. Raises ValueError."""
    session = read_record(kept[VERSION_SIZE:]).session if kept else None
    return [session.key_id] if session is not None else []
