"""Can this node tell the GUIDs of all live sessions? Which secrets they were made with, and the checks."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, doubtful, right, wrong
from gateway.doctor.store_probe import StoreProbe, Trouble, TroubleError, probing
from gateway.redis_store.address import Address
from gateway.redis_store.codec import VERSION_SIZE, read_record
from gateway.sessions.guid import KeyRing

PAGE: Final = 500
LONGEST_S: Final = 4.0
"""For looking at sessions; the rest is left out then."""
_REFUSED: Final = Trouble("the server refuses to tell the sessions", "see store permissions")
NAMED: Final = 10
"""So many agents are named."""


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
            async with probing(address) as probe:
                (prints,) = _answers(await probe.ask(("HGETALL", f"{{{tag}}}:keys")))
                known |= {key.decode(): value.decode() for key, value in prints.items()}
                for mode in ("poll", "push"):
                    complete &= await _count(probe, tag, mode, needed, unreadable, lambda: clock() < until_s)
    except TroubleError as error:
        return KeyFacts(ours, ring.making, trouble=error.trouble)
    return KeyFacts(ours, ring.making, known, needed, complete and not unreadable, tuple(unreadable))


async def _count(
    probe: StoreProbe, tag: str, mode: str, needed: Counter[str], unreadable: list[str], in_time: Callable[[], bool]
) -> bool:
    """Counts the key ids of one mode's sessions; False when the time was over before."""
    start = 0
    while in_time():
        (members,) = _answers(await probe.ask(("ZRANGE", f"{{{tag}}}:seen:{mode}", start, start + PAGE - 1)))
        if not members:
            return True
        agents = [member.partition(b":")[0].decode() for member in members]
        kept = _answers(await probe.ask(*(("GET", f"{{{tag}}}:agent:{agent}") for agent in agents)))
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


def _listed(facts: KeyFacts) -> str:
    some = "" if facts.complete else "at least "
    counts = [f"{key} ({some}{count})" for key, count in sorted(facts.needed.items())]
    return f"live sessions by key: {', '.join(counts)}" if counts else "no live sessions"


def _live(facts: KeyFacts) -> DoctorVerdict:
    if facts.trouble is not None:
        return doubtful(f"not checked: {facts.trouble.found}", facts.trouble.advice)
    missing = sorted(facts.needed.keys() - facts.ours.keys())
    other = sorted(key for key in facts.needed.keys() & facts.ours.keys() if _differs(facts, key))
    problems = [f"{key} is not in GUID_SECRET_FILE" for key in missing]
    problems += [f"{key} in GUID_SECRET_FILE is another secret than that of the other nodes" for key in other]
    text = _listed(facts)
    return wrong(f"{text}; {'; '.join(problems)}") if problems else right(text)


def _differs(facts: KeyFacts, key: str) -> bool:
    return facts.known.get(key, facts.ours[key]) != facts.ours[key]


def _records(facts: KeyFacts) -> DoctorVerdict | None:
    if not facts.unreadable:
        return None
    more = len(facts.unreadable) - NAMED
    named = ", ".join(facts.unreadable[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return wrong(f"the records of these agents are not understood: {named}")


def _making(facts: KeyFacts) -> DoctorVerdict | None:
    if facts.trouble is not None or facts.making in facts.needed or not _differs(facts, facts.making):
        return None
    return wrong(f"{facts.making}, which makes new GUIDs here, is another secret than the store knows by this name")


def _spare(facts: KeyFacts) -> DoctorVerdict | None:
    spare = sorted(facts.ours.keys() - facts.needed.keys() - {facts.making})
    if facts.trouble is not None or not facts.complete or not spare:
        return None
    return DoctorVerdict(f"needed by no live session: {', '.join(spare)}", Level.OK, "such a line may go, on all nodes")


CHECKS: Final[tuple[DoctorCheck[KeyFacts], ...]] = (
    DoctorCheck(
        "keys live",
        "does GUID_SECRET_FILE hold the keys of all live sessions?",
        Level.FAIL,
        "copy the file of the other nodes here, with every line: without it this node refuses to start",
        _live,
    ),
    DoctorCheck(
        "keys records",
        "is each record of a live session understood?",
        Level.FAIL,
        "the same version of the gateway on all nodes; one that none understands: delete {STORE_TAG}:agent:ID",
        _records,
    ),
    DoctorCheck(
        "keys making",
        "is the key that makes new GUIDs the same on all nodes?",
        Level.WARN,
        "copy the file of the other nodes here; a new secret needs a new key id",
        _making,
    ),
    DoctorCheck("keys spare", "is each key still needed?", Level.OK, "", _spare),
)
