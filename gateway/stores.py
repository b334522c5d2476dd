"""Which store keeps what: memory by default, Redis with REDIS_URL (design section 8)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from gateway.agents.lockout import Attempts, MemoryAttempts
from gateway.agents.password_book import FilePasswordBook, PasswordBook
from gateway.agents.redis_attempts import RedisAttempts
from gateway.agents.redis_password_book import RedisPasswordBook, carry_passwords
from gateway.agents.registry import AgentRegistry
from gateway.agents.sharded_attempts import ShardedAttempts
from gateway.agents.sharded_password_book import ShardedPasswordBook
from gateway.events.push_nodes import OneProcess, PushNodes, RedisPushNodes
from gateway.events.sharded_push_nodes import ShardedPushNodes
from gateway.ops import metrics
from gateway.ops.health import Reason
from gateway.redis_link.sentinels import Sentinels
from gateway.redis_link.telling import told
from gateway.sessions.division import Divided
from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.redis_queue import RedisQueue
from gateway.sessions.redis_store import RedisStore
from gateway.sessions.sharded_queue import ShardedQueue
from gateway.sessions.sharded_store import ShardedStore
from gateway.sessions.store import EventQueue, SessionStore
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.schema import Settings
from gateway.tokens.memory_store import MemoryTokenStore
from gateway.tokens.redis_store import RedisTokenStore
from gateway.tokens.store import TokenStore

SILENT_SENTINELS: Final = "most are silent: no other primary can take over, and changes and refusals may answer 503"

T = TypeVar("T")
U = TypeVar("U")


async def _nothing() -> None:
    """There is nothing to do."""


@dataclass(frozen=True)
class Stores:
    """Everything that keeps state. `start` opens connections; a store out of reach does not fail it.

    `agree`, asked now and then, raises CannotServeError when another STORE_SHARDS is in force, and StoreUnavailable.
    `reasons` tells of each shard why it is out of reach, "" where that is not known; it names no places. `remarks` are
    for `/gateway/ready`.
    """

    sessions: SessionStore
    queue: EventQueue
    attempts: Attempts
    password_book: Callable[[AgentRegistry], PasswordBook]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    push_nodes: PushNodes = field(default_factory=OneProcess)
    upstream_nodes: PushNodes = field(default_factory=OneProcess)
    centre_nodes: PushNodes = field(default_factory=OneProcess)
    tokens: TokenStore = field(default_factory=MemoryTokenStore)
    agree: Callable[[], Awaitable[None]] = field(default=_nothing)
    reasons: Callable[[], Sequence[str]] = field(default=lambda: ("",))
    remarks: Mapping[str, Reason] = field(default_factory=dict)


def open_stores(settings: Callable[[], Settings]) -> Stores:
    """The stores that the settings ask for. Raises SettingsError."""
    return _redis(settings) if settings().redis_url else _memory(settings)


def _bounds(settings: Callable[[], Settings]) -> Callable[[], Bounds]:
    return lambda: Bounds(settings().event_queue_max, settings().event_queue_max_bytes)


def _dropped(count: int) -> None:
    metrics.EVENTS_DROPPED.inc(count)


def _memory(settings: Callable[[], Settings]) -> Stores:
    queue = MemoryQueue(_bounds(settings), _dropped)
    store = MemoryStore(queue)

    async def start() -> None:
        """Memory is there."""

    return Stores(store, queue, MemoryAttempts(), FilePasswordBook, start, store.close)


def _redis(settings: Callable[[], Settings]) -> Stores:
    now = settings()
    divided = _divided(now)
    links, bounds = divided.links, _bounds(settings)
    store = _as_one([RedisStore(link, bounds, _dropped) for link in links], ShardedStore)

    def nodes(work: str) -> PushNodes:
        return _as_one([RedisPushNodes(link, work) for link in links], ShardedPushNodes)

    async def start() -> None:
        await asyncio.gather(*(link.start() for link in links))

    async def close() -> None:
        await store.close()
        await asyncio.gather(*(link.close() for link in links))

    return Stores(
        store,
        _as_one([RedisQueue(link, bounds, _dropped) for link in links], ShardedQueue),
        _as_one([RedisAttempts(link) for link in links], ShardedAttempts),
        lambda _registry: _as_one([RedisPasswordBook(link) for link in links], ShardedPasswordBook),
        start,
        close,
        nodes("push"),
        nodes("upstream"),
        nodes("centre"),
        # No agent is named there, and one request counts for several keys at once: all of it is in the first shard.
        RedisTokenStore(links[0]),
        divided.agree,
        lambda: [told(link.reason) for link in links],
        _remarks(divided.sentinels),
    )


def _divided(settings: Settings) -> Divided:
    """Raises SettingsError where the certificates of REDIS_URL are no good; what the system says may quote it."""
    given = settings.redis_url, settings.store_tag, settings.store_timeout_ms, settings.store_shards
    try:
        return Divided(*given, carry_passwords)
    except OSError:
        wrong = "the files of its options ssl_ca_certs, ssl_certfile and ssl_keyfile must be PEM, and readable here"
        raise SettingsError([Problem("REDIS_URL", "", "", wrong)]) from None


def _remarks(sentinels: Sentinels | None) -> Mapping[str, Reason]:
    if sentinels is None:
        return {}

    async def silent() -> str | None:
        return SILENT_SENTINELS if sentinels.are_silent else None

    return {"sentinels": silent}


def _as_one(shards: Sequence[T], spread: Callable[[Sequence[T]], U]) -> T | U:
    """What stands for all shards; nothing stands between where there is only one."""
    return spread(shards) if len(shards) > 1 else shards[0]
