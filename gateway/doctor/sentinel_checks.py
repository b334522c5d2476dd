"""Will the sentinels move the store to another server when the primary is lost?"""

from typing import Final

from gateway.doctor.finding import Check, Level, NotAllowed, Verdict, doubtful, right, wrong
from gateway.doctor.sentinel_facts import QUORUM_OK, Sentinels

FEWEST: Final = 3
LONGEST_DOWN_AFTER_MS: Final = 10_000


def _answering(facts: Sentinels) -> Verdict:
    count = len(facts.answering)
    silent = [f"{each.at} ({each.trouble.found})" for each in facts.each if each.trouble is not None]
    text = f"{count} of {len(facts.each)} answer" + (f"; not {', '.join(silent)}" if silent else "")
    if not count:
        return Verdict(text, Level.FAIL, "start the sentinels, or correct the places in REDIS_URL")
    return wrong(text) if silent else right(text)


def _agreeing(facts: Sentinels) -> Verdict | None:
    if not facts.answering:
        return None
    if any("SENTINEL GET-MASTER-ADDR-BY-NAME" in each.refused for each in facts.answering):
        return wrong("the user may not ask where it is", "allow it SENTINEL: `sentinel_username` in REDIS_URL")
    places = [f"{host}:{port}" for host, port in facts.places]
    if not places:
        return wrong(f"none knows a primary named {facts.primary}", "correct the name in REDIS_URL (.../name/0)")
    strangers = [each.at for each in facts.answering if each.place is None]
    if strangers:
        return wrong(f"{', '.join(strangers)} knows no primary named {facts.primary}", "let all of them monitor it")
    if len(places) > 1:
        return wrong(f"they name different primaries: {', '.join(places)}")
    return right(f"{facts.primary} is {places[0]}")


def _up(facts: Sentinels) -> Verdict | None:
    down = [each.at for each in facts.answering if {"s_down", "o_down"} & set(each.state.get("flags", "").split(","))]
    return wrong(f"{', '.join(down)} sees the primary as down") if down else None


def _quorum(facts: Sentinels) -> Verdict | None:
    told = [each for each in facts.answering if each.quorum]
    if not told:
        _unless_refused(facts, "SENTINEL CKQUORUM")
        return None
    for each in told:
        if each.quorum != QUORUM_OK:
            return wrong(each.quorum)
    quorum = told[0].state.get("quorum", "?")
    known = max(int(each.state.get("num-other-sentinels", 0)) + 1 for each in told)
    text = f"quorum {quorum} of {known} sentinels"
    if known < FEWEST:
        return doubtful(
            text, "run three or more, each on a machine of its own: with fewer the loss of one ends fail-over"
        )
    return right(text)


def _unless_refused(facts: Sentinels, command: str) -> None:
    """Nothing is known: because the name is not, or because the user may not ask."""
    if any(command in each.refused for each in facts.answering):
        raise NotAllowed(command)


def _down_after(facts: Sentinels) -> Verdict | None:
    times = {int(text) for each in facts.answering if (text := each.state.get("down-after-milliseconds", ""))}
    if not times:
        _unless_refused(facts, "SENTINEL MASTER")
        return None
    text = f"down-after-milliseconds {max(times)}: so long an outage lasts at least"
    return wrong(text) if max(times) > LONGEST_DOWN_AFTER_MS else right(text)


CHECKS: Final[tuple[Check[Sentinels], ...]] = (
    Check(
        "sentinel reach",
        "do all sentinels of REDIS_URL answer?",
        Level.WARN,
        "start the others, or correct the places in REDIS_URL",
        _answering,
    ),
    Check(
        "sentinel primary",
        "do they agree where the primary is?",
        Level.FAIL,
        "look at the network between them; SENTINEL RESET on those that are wrong",
        _agreeing,
    ),
    Check("sentinel state", "do they reach the primary?", Level.FAIL, "look at the primary and its network", _up),
    Check(
        "sentinel quorum",
        "are there enough for a fail-over?",
        Level.FAIL,
        "bring sentinels back, or lower the quorum: SENTINEL SET name quorum",
        _quorum,
    ),
    Check(
        "sentinel down-after",
        "how soon does a fail-over begin?",
        Level.WARN,
        "SENTINEL SET name down-after-milliseconds 3000",
        _down_after,
    ),
)
