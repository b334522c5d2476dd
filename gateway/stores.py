"""Which store keeps what: memory by default, Redis with REDIS_URL (design section 8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gateway.agents.lockout import Attempts, MemoryAttempts
from gateway.agents.password_book import FilePasswordBook, PasswordBook
from gateway.agents.redis_attempts import RedisAttempts
from gateway.agents.redis_password_book import RedisPasswordBook
from gateway.agents.registry import AgentRegistry
from gateway.events.push_nodes import OneProcess, PushNodes, RedisPushNodes
from gateway.ops import metrics
from gateway.redis_link.link import RedisLink
from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.redis_queue import RedisQueue
from gateway.sessions.redis_store import RedisStore
from gateway.sessions.store import EventQueue, SessionStore
from gateway.settings.schema import Settings
from gateway.tokens.memory_store import MemoryTokenStore
from gateway.tokens.redis_store import RedisTokenStore
from gateway.tokens.store import TokenStore


@dataclass(frozen=True)
class Stores:
    """Everything that keeps state. `start` opens connections; a store out of reach does not fail it."""

    sessions: SessionStore
    queue: EventQueue
    attempts: Attempts
    password_book: Callable[[AgentRegistry], PasswordBook]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    push_nodes: PushNodes = field(default_factory=OneProcess)
    upstream_nodes: PushNodes = field(default_factory=OneProcess)
    tokens: TokenStore = field(default_factory=MemoryTokenStore)


def open_stores(settings: Callable[[], Settings]) -> Stores:
    """The stores that the settings ask for."""
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
    link = RedisLink(settings().redis_url, settings().store_tag, settings().store_timeout_ms)
    store = RedisStore(link, _bounds(settings), _dropped)
    queue = RedisQueue(link, _bounds(settings), _dropped)

    async def close() -> None:
        await store.close()
        await link.close()

    return Stores(
        store,
        queue,
        RedisAttempts(link),
        lambda _registry: RedisPasswordBook(link),
        link.start,
        close,
        RedisPushNodes(link),
        RedisPushNodes(link, "upstream"),
        RedisTokenStore(link),
    )
