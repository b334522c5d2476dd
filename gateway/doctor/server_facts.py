"""What one server of the store tells of itself. Asks only what changes nothing, permissions included."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from hiredis import ReplyError

from gateway.doctor.finding import NotAllowed
from gateway.doctor.store_probe import StoreProbe, Trouble, TroubleError, probing
from gateway.redis_store.address import Address
from gateway.redis_store.replies import code
from gateway.redis_store.rights import NEEDED, question

ROUNDS: Final = 7
"""How often the time is asked for."""
CONFIG: Final = (
    "appendonly",
    "appendfsync",
    "save",
    "stop-writes-on-bgsave-error",
    "min-replicas-to-write",
    "min-replicas-max-lag",
    "cluster-require-full-coverage",
)


async def denied_commands(probe: StoreProbe, tags: Sequence[str]) -> tuple[str, ...] | None:
    """The needed commands that this user may not run on keys and channels of these tags, in the table's order.

    None where the server cannot tell (before Redis 7.0, or while it is busy). Raises TroubleError.
    """
    replies = await probe.ask(*(question(tag, NEEDED) for tag in tags))
    denied: set[str] = set()
    for reply in replies:
        if isinstance(reply, ReplyError):
            return ("EVAL",) if code(reply) == "NOPERM" else None
        denied |= {name.decode() for name in reply}
    names = dict.fromkeys(call.partition(" ")[0] for call in NEEDED)
    return tuple(name for name in names if name in denied)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of this machine, in s: one that only runs, one that tells the time since the epoch."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class ExpectedServer:
    """What the settings say: our tags on this server, STORE_TIMEOUT in ms, what kind of store REDIS_URL names, how many
    processes a node has."""

    tags: tuple[str, ...]
    timeout_ms: int = 800
    cluster: bool = False
    sentinels: bool = False
    workers: int = 1


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One question for the time, in ms: how long it took, how far the server is ahead of this machine."""

    took_ms: float
    ahead_ms: float


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """One server. With `trouble` nothing else is known; `info` or `config` None: it refuses the command.

    `denied` are commands that the user may not run, None where the server cannot tell.
    """

    at: str
    expected: ExpectedServer
    trouble: Trouble | None = None
    info: Mapping[str, str] | None = field(default_factory=dict)
    config: Mapping[str, str] | None = field(default_factory=dict)
    denied: tuple[str, ...] | None = ()
    rounds: tuple[RoundTrip, ...] = ()

    def info_value(self, name: str) -> str:
        """A line of INFO, "" where there is none. Raises NotAllowed."""
        if self.info is None:
            raise NotAllowed("INFO")
        return self.info.get(name, "")

    def number(self, name: str) -> int:
        """A number of INFO, 0 where there is none. Raises NotAllowed."""
        text = self.info_value(name)
        return int(text) if text.isdigit() else 0

    def configured(self, name: str) -> str:
        """A value of CONFIG GET, "" where there is none. Raises NotAllowed."""
        if self.config is None:
            raise NotAllowed("CONFIG GET")
        return self.config.get(name, "")

    @property
    def latency_ms(self) -> float:
        """The median round trip."""
        return median(each.took_ms for each in self.rounds)

    @property
    def replicas(self) -> tuple[Mapping[str, str], ...]:
        """The connected replicas, as INFO has them. Raises NotAllowed."""
        lines = (self.info_value(f"slave{number}") for number in range(self.number("connected_slaves")))
        return tuple(dict(part.partition("=")[::2] for part in line.split(",")) for line in lines if line)


async def server_facts(address: Address, expected: ExpectedServer, clocks: Clocks) -> ServerFacts:
    """Asks one server; a trouble on the way becomes part of the facts."""
    try:
        async with probing(address) as probe:
            info, config = await probe.ask(("INFO",), ("CONFIG", "GET", *CONFIG))
            return ServerFacts(
                address.shown,
                expected,
                info=parsed_info(info),
                config=pairs(config),
                denied=await denied_commands(probe, expected.tags),
                rounds=tuple([await _round(probe, clocks) for _ in range(ROUNDS)]),
            )
    except TroubleError as error:
        return ServerFacts(address.shown, expected, error.trouble)


async def _round(probe: StoreProbe, clocks: Clocks) -> RoundTrip:
    asked_s = clocks.monotonic()
    (reply,) = await probe.ask(("TIME",))
    took_s = clocks.monotonic() - asked_s
    here_s = clocks.wall() - took_s / 2
    there_s = here_s if isinstance(reply, ReplyError) else int(reply[0]) + int(reply[1]) / 1e6
    return RoundTrip(took_s * 1000, (there_s - here_s) * 1000)


def parsed_info(reply: Any) -> Mapping[str, str] | None:
    """The lines `name:value` of an answer; None for a refusal."""
    if isinstance(reply, ReplyError):
        return None
    lines = (line.partition(":") for line in reply.decode("utf-8", "replace").splitlines() if not line.startswith("#"))
    return {name: value for name, colon, value in lines if colon}


def pairs(reply: Any) -> Mapping[str, str] | None:
    """A map of texts, or a flat list of names and values; None for a refusal."""
    if isinstance(reply, ReplyError):
        return None
    flat: Sequence[Any] = [part for pair in reply.items() for part in pair] if isinstance(reply, dict) else reply
    texts = [_text(part) for part in flat]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _text(part: Any) -> str:
    return part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
