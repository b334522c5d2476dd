"""What the sentinels of REDIS_URL say about the primary."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.asking import Trouble, TroubleError, asking
from gateway.doctor.server_facts import pairs
from gateway.redis_link.address import Address, Target
from gateway.redis_link.replies import code
from gateway.redis_link.spelling import same_place

Place = tuple[str, int]
QUORUM_OK: Final = "OK"


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
class Sentinels:
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


async def ask_sentinels(target: Target) -> Sentinels:
    """Asks all of them at the same time."""
    asked = (_ask(address, target.primary) for address in target.sentinels)
    return Sentinels(target.primary, await _in_one_spelling(await asyncio.gather(*asked)))


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
        async with asking(address, sentinel=True) as asker:
            replies = await asker.ask(*(("SENTINEL", word, name) for word in asked))
    except TroubleError as error:
        return SentinelFacts(address.shown, error.trouble)
    place, state, quorum, replicas = replies
    return SentinelFacts(
        address.shown,
        None,
        None if place is None or isinstance(place, ReplyError) else (place[0].decode(), int(place[1])),
        pairs(state) or {},
        _quorum(quorum),
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


def _quorum(reply: bytes | ReplyError) -> str:
    if isinstance(reply, ReplyError):
        text = str(reply)
        return text if text.startswith("NOQUORUM") else ""
    return QUORUM_OK
