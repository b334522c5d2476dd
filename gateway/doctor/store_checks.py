"""Looks at the session store: one server, sentinels and the primary, or a Cluster; its shards and its keys."""

import asyncio
import ssl
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from hiredis import ReplyError

from gateway.doctor import cluster_checks, key_checks, sentinel_checks, server_checks
from gateway.doctor.cluster_checks import ask_cluster
from gateway.doctor.finding import DoctorCheck, DoctorFinding, DoctorVerdict, Level, doubtful, judge, right, wrong
from gateway.doctor.key_checks import key_facts
from gateway.doctor.sentinel_checks import ask_sentinels
from gateway.doctor.server_facts import Clocks, ExpectedServer, ServerFacts, server_facts
from gateway.doctor.store_probe import TroubleError, probing
from gateway.redis_store.address import Address, RedisTarget, parse_target
from gateway.redis_store.division import WATCH_S
from gateway.redis_store.fence_and_seal import SHARDS
from gateway.redis_store.shards import shard_tags
from gateway.sessions.guid import SecretFileError, read_secret_file
from gateway.settings.redis_url import with_files
from gateway.settings.schema import Settings
from gateway.settings.workers import worker_count

SERVER_CHECKS: Final = (*server_checks.CHECKS, *server_checks.DURABILITY)
STANDBY_CHECKS: Final = (
    *(check for check in SERVER_CHECKS if check.name not in {"store role", "store replicas", "store fence"}),
    *server_checks.STANDBY,
)
NO_STORE: Final = DoctorFinding(
    "store",
    Level.WARN,
    "sessions are in memory: one node only, and its restart signs everybody out",
    "name a Redis or Valkey in REDIS_URL",
)


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
        async with probing(first) as probe:
            kept, time = await probe.ask(("HMGET", f"{{{tag}}}:fence", "at", SHARDS), ("TIME",))
    except TroubleError:
        return None
    if isinstance(kept, ReplyError) or isinstance(time, ReplyError):
        return None
    at, said = kept
    return DivisionFacts(wanted, int(said or 0), None if at is None else int(time[0]) - int(at) / 1000)


def _shards(facts: DivisionFacts) -> DoctorVerdict | None:
    if facts.quiet_s is None and not facts.said:
        return None if facts.wanted == 1 else right(f"{facts.wanted}; no gateway has used the store yet")
    number = facts.said or 1
    if number == facts.wanted:
        return right(f"{number}") if number > 1 else None
    text = f"the store is divided by {number}, STORE_SHARDS is {facts.wanted} here"
    runs = facts.quiet_s is not None and facts.quiet_s < WATCH_S
    return wrong(f"{text}, and gateways run on it") if runs else doubtful(f"{text}; no gateway runs on it")


DIVISION_CHECKS: Final[tuple[DoctorCheck[DivisionFacts], ...]] = (
    DoctorCheck(
        "store shards",
        "is STORE_SHARDS the number that the store is divided by?",
        Level.FAIL,
        "the same number on all nodes; to change it, wait until nobody is signed in, stop all, start them with it",
        _shards,
    ),
)


@dataclass(frozen=True, slots=True)
class StorePlaces:
    """The primary of each of our tags, as far as it is known; what finding them brought up; who may take over."""

    tags: Sequence[tuple[Address, str]] = ()
    findings: list[DoctorFinding] = field(default_factory=list)
    standby: Sequence[Address] = ()

    @property
    def servers(self) -> dict[Address, tuple[str, ...]]:
        """The servers and their tags."""
        return {
            address: tuple(tag for other, tag in self.tags if other == address)
            for address in dict.fromkeys(address for address, _ in self.tags)
        }


async def store_findings(settings: Settings, clocks: Clocks) -> list[DoctorFinding]:
    """All findings about the store."""
    if not settings.redis_url:
        return [NO_STORE]
    try:
        files = settings.redis_ca_file, settings.redis_cert_file, settings.redis_key_file
        target = parse_target(with_files(settings.redis_url, *files))
    except (ValueError, OSError) as error:
        return [DoctorFinding("store address", Level.FAIL, *_wrong_url(error))]
    cluster = is_cluster(settings.redis_url)
    places = await _places(target, store_tags(settings), cluster=cluster)
    kind = ExpectedServer((), settings.store_timeout_ms, cluster, bool(target.sentinels), worker_count(settings))

    def ask(address: Address, tags: tuple[str, ...]) -> Awaitable[ServerFacts]:
        return server_facts(address, replace(kind, tags=tags), clocks)

    serving = await asyncio.gather(*(ask(address, tags) for address, tags in places.servers.items()))
    standby = await asyncio.gather(*(ask(address, store_tags(settings)) for address in places.standby))
    found = [finding for facts in serving for finding in server_findings(facts, named=len(serving) > 1)]
    found += [finding for facts in standby for finding in standby_findings(facts)]
    reached = len(places.tags) == settings.store_shards and all(facts.trouble is None for facts in serving)
    return places.findings + found + (await _sessions(settings, places) if reached else [])


def is_cluster(url: str) -> bool:
    """Whether REDIS_URL names nodes of a Cluster."""
    return url.partition("://")[0].endswith("+cluster")


def store_tags(settings: Settings) -> tuple[str, ...]:
    """The tags of our keys."""
    return shard_tags(settings.store_tag, settings.store_shards)


def server_findings(facts: ServerFacts, *, named: bool) -> list[DoctorFinding]:
    """The findings about one server; `named` puts its place to each."""
    at = facts.at if named else ""
    if facts.trouble is not None:
        found = f"{facts.at}: {facts.trouble.found}"
        return [DoctorFinding("store reach", Level.FAIL, found, facts.trouble.advice, facts.at)]
    return [
        DoctorFinding("store reach", Level.OK, f"{facts.at} answers", "", facts.at),
        *judge(SERVER_CHECKS, facts, at),
    ]


def standby_findings(facts: ServerFacts) -> list[DoctorFinding]:
    """What would be wrong once this replica is the primary: warnings at most, since it is not yet."""
    if facts.trouble is not None:
        return [DoctorFinding("standby", Level.WARN, facts.trouble.found, facts.trouble.advice, facts.at)]
    wrong = [finding for finding in judge(STANDBY_CHECKS, facts, facts.at) if finding.level is not Level.OK]
    if not wrong:
        return [DoctorFinding("standby", Level.OK, "fit to take over", "", facts.at)]
    return [replace(each, check=each.check.replace("store", "standby"), level=Level.WARN) for each in wrong]


async def _places(target: RedisTarget, tags: Sequence[str], *, cluster: bool) -> StorePlaces:
    home = target.servers[0]
    if target.sentinels:
        sentinels = await ask_sentinels(target)
        primaries = [home.at(*place) for place in sentinels.places[:1]]
        return StorePlaces(
            [(address, tag) for address in primaries for tag in tags],
            judge(sentinel_checks.CHECKS, sentinels),
            [home.at(*place) for place in sentinels.standby],
        )
    if not cluster:
        return StorePlaces([(home, tag) for tag in tags])
    facts = await ask_cluster(target, tags)
    served = [(home.at(node.host, node.port), tag) for tag, node in facts.serving.items() if node is not None]
    nodes = dict.fromkeys(node for node in facts.serving.values() if node is not None)
    standby = [home.at(other.host, other.port) for node in nodes for other in facts.replicas(node)]
    return StorePlaces(served, judge(cluster_checks.CHECKS, facts), standby)


async def _sessions(settings: Settings, places: StorePlaces) -> list[DoctorFinding]:
    """How they are spread, and what keys they were made with."""
    first = next(address for address, tag in places.tags if tag == settings.store_tag)
    division = await division_facts(first, settings.store_tag, settings.store_shards)
    found = [] if division is None else judge(DIVISION_CHECKS, division)
    if settings.guid_secret_file is None:
        return found
    try:
        ring = read_secret_file(settings.guid_secret_file)
    except SecretFileError:
        return found
    return found + judge(key_checks.CHECKS, await key_facts(places.tags, ring))


def _wrong_url(error: Exception) -> tuple[str, str]:
    """What it says may hold parts of the URL."""
    if isinstance(error, ssl.SSLError):
        return (
            "the certificates that REDIS_URL names cannot be used",
            "PEM files: ssl_ca_certs, ssl_certfile, ssl_keyfile",
        )
    if isinstance(error, OSError):
        return "the certificates that REDIS_URL names cannot be read", "correct ssl_ca_certs, ssl_certfile, ssl_keyfile"
    return "REDIS_URL cannot be used", "see Redis in docs/running.md for its forms"
