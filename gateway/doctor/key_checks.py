"""Can this node tell the GUIDs of all live sessions? (design section 5, GUID)"""

from typing import Final

from gateway.doctor.finding import Check, Level, Verdict, doubtful, right, wrong
from gateway.doctor.key_facts import KeyFacts

NAMED: Final = 10
"""So many agents are named."""


def _listed(facts: KeyFacts) -> str:
    some = "" if facts.complete else "at least "
    counts = [f"{key} ({some}{count})" for key, count in sorted(facts.needed.items())]
    return f"live sessions by key: {', '.join(counts)}" if counts else "no live sessions"


def _live(facts: KeyFacts) -> Verdict:
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


def _records(facts: KeyFacts) -> Verdict | None:
    if not facts.unreadable:
        return None
    more = len(facts.unreadable) - NAMED
    named = ", ".join(facts.unreadable[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return wrong(f"the records of these agents are not understood: {named}")


def _making(facts: KeyFacts) -> Verdict | None:
    if facts.trouble is not None or facts.making in facts.needed or not _differs(facts, facts.making):
        return None
    return wrong(f"{facts.making}, which makes new GUIDs here, is another secret than the store knows by this name")


def _spare(facts: KeyFacts) -> Verdict | None:
    spare = sorted(facts.ours.keys() - facts.needed.keys() - {facts.making})
    if facts.trouble is not None or not facts.complete or not spare:
        return None
    return Verdict(f"needed by no live session: {', '.join(spare)}", Level.OK, "such a line may go, on all nodes")


CHECKS: Final[tuple[Check[KeyFacts], ...]] = (
    Check(
        "keys live",
        "does GUID_SECRET_FILE hold the keys of all live sessions?",
        Level.FAIL,
        "copy the file of the other nodes here, with every line: without it this node refuses to start",
        _live,
    ),
    Check(
        "keys records",
        "is each record of a live session understood?",
        Level.FAIL,
        "the same version of the gateway on all nodes; one that none understands: delete {STORE_TAG}:agent:ID",
        _records,
    ),
    Check(
        "keys making",
        "is the key that makes new GUIDs the same on all nodes?",
        Level.WARN,
        "copy the file of the other nodes here; a new secret needs a new key id",
        _making,
    ),
    Check("keys spare", "is each key still needed?", Level.OK, "", _spare),
)
