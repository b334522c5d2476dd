"""Which part of Redis keeps what."""

import asyncio
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from gateway.audit.audit_stream import AuditStream
from gateway.events.claims import PushNodes
from gateway.nodes.health import Reason
from gateway.redis_store.attempts import RedisAttempts, ShardedAttempts
from gateway.redis_store.division import Divided
from gateway.redis_store.event_queue import RedisEventQueue, ShardedEventQueue
from gateway.redis_store.floor_claim import FloorClaim
from gateway.redis_store.link import RedisLink, told
from gateway.redis_store.password_book import RedisPasswordBook, ShardedPasswordBook, carry_passwords
from gateway.redis_store.processes import RedisNodeBook, RedisPushNodes, ShardedPushNodes
from gateway.redis_store.sentinels import Sentinels
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.redis_store.store_kind import check_kinds, mark_kind
from gateway.redis_store.store_state import redis_state
from gateway.redis_store.token_store import RedisTokenStore
from gateway.sessions.store import SessionStore
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.redis_url import with_files
from gateway.settings.schema import Settings
from gateway.stores import Stores, count_dropped, event_bounds
from gateway.trace.trace_board import RedisTraceBoard

SILENT_SENTINELS: Final = "most are silent: no other primary can take over, and changes and refusals may answer 503"

EMPTIED: Final = "the store was emptied: whoever was signed in has to sign in again"
EMPTIED_TOLD_S: Final = 600.0

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class _Running:
    """The start of all shards, what they must agree on, and their end."""

    divided: Divided
    store: SessionStore
    link_of: Mapping[SessionStore, RedisLink]
    backend: str
    floor: FloorClaim | None

    async def start(self) -> None:
        await asyncio.gather(*(link.start() for link in self.divided.links))

    async def agree(self) -> None:
        await self.divided.agree()
        await check_kinds(self.divided.links, self.backend)
        if self.floor is not None:
            await self.floor.claim()

    async def begin(self, shard: SessionStore) -> None:
        link = self.link_of[shard]
        await mark_kind(link, self.backend)
        if self.floor is not None:
            await self.floor.enter(link)

    async def close(self) -> None:
        await self.store.close()
        if self.floor is not None:
            await self.floor.leave()
        await asyncio.gather(*(link.close() for link in self.divided.links))


def redis_stores(settings: Callable[[], Settings]) -> Stores:
    """The stores in the Redis of REDIS_URL. Raises SettingsError."""
    now = settings()
    divided = _divided(now)
    links, bounds = divided.links, event_bounds(settings)
    # No agent is named in tokens and nodes, and one request counts for several keys at once: they are in this shard.
    first = links[0]
    floor = FloorClaim(links, _name(now)) if now.backend == "embedded" else None
    shards = [RedisSessionStore(link, bounds, count_dropped, floor=floor) for link in links]
    store = _as_one(shards, ShardedSessionStore)
    running = _Running(divided, store, dict(zip(shards, links, strict=True)), now.backend, floor)

    def nodes(work: str) -> PushNodes:
        return _as_one([RedisPushNodes(link, work) for link in links], ShardedPushNodes)

    return Stores(
        sessions=store,
        queue=_as_one([RedisEventQueue(link, bounds, count_dropped, floor) for link in links], ShardedEventQueue),
        attempts=_as_one([RedisAttempts(link) for link in links], ShardedAttempts),
        password_book=lambda _: _as_one([RedisPasswordBook(link) for link in links], ShardedPasswordBook),
        start=running.start,
        close=running.close,
        push_nodes=nodes("push"),
        upstream_nodes=nodes("upstream"),
        tokens=RedisTokenStore(first),
        agree=running.agree,
        begin=running.begin,
        floor=floor,
        reasons=lambda: [told(link.reason) for link in links],
        remarks=_remarks(links, divided.sentinels),
        audit=AuditStream(first.optional, first.key("audit"), lambda: settings().audit_stream_max),
        nodes=RedisNodeBook(first),
        tags=shard_tags(now.store_tag, now.store_shards),
        state=lambda: redis_state(links),
        under_way=lambda: sum(link.under_way for link in links),
        traced=RedisTraceBoard(first.command, first.key),
    )


def _name(settings: Settings) -> str:
    """Of this process and of the one that follows it: on this machine, under this name, at these ports."""
    ports = f"{settings.http_port}/{settings.https_port}"
    return f"{settings.node_name} at {socket.gethostname()}:{ports}"


def _divided(settings: Settings) -> Divided:
    """Raises SettingsError where the certificates of REDIS_URL are no good; what the system says may quote it."""
    files = settings.redis_ca_file, settings.redis_cert_file, settings.redis_key_file
    url = with_files(settings.redis_url, *files)
    given = url, settings.store_tag, settings.store_timeout_ms, settings.store_shards
    try:
        return Divided(*given, carry_passwords)
    except OSError:
        wrong = "must be PEM, readable here, and the key by nobody else"
        named = "REDIS_CA_FILE, REDIS_CERT_FILE and REDIS_KEY_FILE" if any(files) else "REDIS_URL"
        options = "" if any(files) else "the files of its options ssl_ca_certs, ssl_certfile and ssl_keyfile "
        raise SettingsError([Problem(named, "", "", f"{options}{wrong}")]) from None


def _remarks(links: Sequence[RedisLink], sentinels: Sentinels | None) -> Mapping[str, Reason]:
    async def emptied() -> str | None:
        old_s = time.monotonic() - EMPTIED_TOLD_S
        return EMPTIED if any(link.emptied_s is not None and link.emptied_s > old_s for link in links) else None

    async def silent() -> str | None:
        return SILENT_SENTINELS if sentinels is not None and sentinels.are_silent else None

    return {"sessions": emptied} | ({"sentinels": silent} if sentinels is not None else {})


def _as_one(shards: Sequence[T], spread: Callable[[Sequence[T]], U]) -> T | U:
    """What stands for all shards; nothing stands between where there is only one."""
    return spread(shards) if len(shards) > 1 else shards[0]
