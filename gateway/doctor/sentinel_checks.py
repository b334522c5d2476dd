"""Will the sentinels move the store to another server when the primary is lost? What they say, and the checks of it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, NotAllowed, doubtful, right, wrong
from gateway.doctor.server_facts import pairs
from gateway.doctor.store_probe import Trouble, TroubleError, probing
from gateway.redis_store.address import Address, RedisTarget, same_place
from gateway.redis_store.replies import code

Place = tuple[str, int]
QUORUM_OK: Final = "OK"
FEWEST: Final = 3
LONGEST_DOWN_AFTER_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class SentinelFacts:
    """One sentinel. `place` is the primary by its word, None where it knows none; `state` its view of it.

    `quorum` is "OK", or what stands in the way of a fail-over, or "" where it does not tell. `standby` are the replicas
    that it reaches; `refused` the commands that the user may not run.
    """

    at: str
    trouble: Trouble | None = None
    place: Place | None = None
    state: Mapping[str, str] = field(default_factory=dict)
    quorum: str = ""
    standby: tuple[Place, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllSentinels:
    """All sentinels of REDIS_URL, and the name of the primary there."""

    primary: str
    each: tuple[SentinelFacts, ...]

    @property
    def answering(self) -> tuple[SentinelFacts, ...]:
        """Those that could be asked."""
        return tuple(facts for facts in self.each if facts.trouble is None)

    @property
    def places(self) -> tuple[Place, ...]:
        """The primaries that they name; first that of the newest fail-over, which the gateway believes."""
        newest = sorted(self.answering, key=lambda each: int(each.state.get("config-epoch", 0)), reverse=True)
        return tuple(dict.fromkeys(each.place for each in newest if each.place))

    @property
    def standby(self) -> tuple[Place, ...]:
        """The replicas that any of them reaches."""
        return tuple(dict.fromkeys(place for each in self.answering for place in each.standby))


async def ask_sentinels(target: RedisTarget) -> AllSentinels:
    """Asks all of them at the same time."""
    asked = (_ask(address, target.primary) for address in target.sentinels)
    return AllSentinels(target.primary, await _in_one_spelling(await asyncio.gather(*asked)))


async def _in_one_spelling(each: Sequence[SentinelFacts]) -> tuple[SentinelFacts, ...]:
    """A place that several name, each in its way, spelled as the first of them does."""
    known: list[Place] = []
    found = []
    for facts in each:
        place = facts.place
        if place is not None:
            same = [one for one in known if await same_place(one, place)]
            known += [] if same else [place]
            place = (same or [place])[0]
        found.append(replace(facts, place=place))
    return tuple(found)


async def _ask(address: Address, name: str) -> SentinelFacts:
    asked = ("GET-MASTER-ADDR-BY-NAME", "MASTER", "CKQUORUM", "REPLICAS")
    try:
        async with probing(address, sentinel=True) as probe:
            replies = await probe.ask(*(("SENTINEL", word, name) for word in asked))
    except TroubleError as error:
        return SentinelFacts(address.shown, error.trouble)
    place, state, quorum, replicas = replies
    return SentinelFacts(
        address.shown,
        None,
        None if place is None or isinstance(place, ReplyError) else (place[0].decode(), int(place[1])),
        pairs(state) or {},
        _quorum_reply(quorum),
        tuple(_standby(replicas)),
        tuple(
            f"SENTINEL {word}"
            for word, reply in zip(asked, replies, strict=True)
            if isinstance(reply, ReplyError) and code(reply) == "NOPERM"
        ),
    )


def _standby(reply: Any) -> Iterator[Place]:
    for line in [] if isinstance(reply, ReplyError) else reply:
        told = pairs(line) or {}
        if "down" not in told.get("flags", ""):
            yield told["ip"], int(told["port"])


def _quorum_reply(reply: bytes | ReplyError) -> str:
    if isinstance(reply, ReplyError):
        text = str(reply)
        return text if text.startswith("NOQUORUM") else ""
    return QUORUM_OK


def _answering(facts: AllSentinels) -> DoctorVerdict:
    count = len(facts.answering)
    silent = [f"{each.at} ({each.trouble.found})" for each in facts.each if each.trouble is not None]
    text = f"{count} of {len(facts.each)} answer" + (f"; not {', '.join(silent)}" if silent else "")
    if not count:
        return DoctorVerdict(text, Level.FAIL, "start the sentinels, or correct the places in REDIS_URL")
    return wrong(text) if silent else right(text)


def _agreeing(facts: AllSentinels) -> DoctorVerdict | None:
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


def _up(facts: AllSentinels) -> DoctorVerdict | None:
    down = [each.at for each in facts.answering if {"s_down", "o_down"} & set(each.state.get("flags", "").split(","))]
    return wrong(f"{', '.join(down)} sees the primary as down") if down else None


def _quorum(facts: AllSentinels) -> DoctorVerdict | None:
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


def _unless_refused(facts: AllSentinels, command: str) -> None:
    """Nothing is known: because the name is not, or because the user may not ask."""
    if any(command in each.refused for each in facts.answering):
        raise NotAllowed(command)


def _down_after(facts: AllSentinels) -> DoctorVerdict | None:
    times = {int(text) for each in facts.answering if (text := each.state.get("down-after-milliseconds", ""))}
    if not times:
        _unless_refused(facts, "SENTINEL MASTER")
        return None
    text = f"down-after-milliseconds {max(times)}: so long an outage lasts at least"
    return wrong(text) if max(times) > LONGEST_DOWN_AFTER_MS else right(text)


CHECKS: Final[tuple[DoctorCheck[AllSentinels], ...]] = (
    DoctorCheck(
        "sentinel reach",
        "do all sentinels of REDIS_URL answer?",
        Level.WARN,
        "start the others, or correct the places in REDIS_URL",
        _answering,
    ),
    DoctorCheck(
        "sentinel primary",
        "do they agree where the primary is?",
        Level.FAIL,
        "look at the network between them; SENTINEL RESET on those that are wrong",
        _agreeing,
    ),
    DoctorCheck("sentinel state", "do they reach the primary?", Level.FAIL, "look at the primary and its network", _up),
    DoctorCheck(
        "sentinel quorum",
        "are there enough for a fail-over?",
        Level.FAIL,
        "bring sentinels back, or lower the quorum: SENTINEL SET name quorum",
        _quorum,
    ),
    DoctorCheck(
        "sentinel down-after",
        "how soon does a fail-over begin?",
        Level.WARN,
        "SENTINEL SET name down-after-milliseconds 3000",
        _down_after,
    ),
)
