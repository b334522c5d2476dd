"""Everything that keeps state, whichever store it is in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.admin.store_routes import StoreState, memory_state
from gateway.agents.lockout import Attempts, MemoryAttempts
from gateway.agents.password_book import FilePasswordBook, PasswordBook
from gateway.agents.registry import AgentRegistry
from gateway.events.claims import OneProcess, PushNodes
from gateway.nodes.health import Reason
from gateway.nodes.node_keeper import NodeBook, OneProcessBook
from gateway.ops import metrics
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.store import Bounds, EventQueue, SessionStore
from gateway.settings.schema import Settings
from gateway.tokens.used_tokens import MemoryTokenStore, TokenStore
from gateway.trace.trace_board import MemoryTraceBoard, TraceBoard

if TYPE_CHECKING:  # What knows Redis is loaded by those who have one.
    from gateway.audit.audit_stream import AuditStream
    from gateway.redis_store.floor_claim import FloorClaim


async def _nothing(*_shards: SessionStore) -> None:
    """There is nothing to do."""


@dataclass(frozen=True)
class Stores:
    """Everything that keeps state. `start` opens connections; a store out of reach does not fail it.

    `agree`, asked now and then, raises CannotServeError when another STORE_SHARDS is in force, the store is used by
    another kind of backend, or another contact centre runs on it, and StoreUnavailable. So does `begin`, asked of
    each shard before it is read. `floor` is the claim of a contact centre in this process, where there may be others.
    `nodes` is where processes tell of themselves, `state` how the store stands for operators.
    `reasons` tells of each shard, by `tags`, why it is out of reach, "" where that is not known; it names no places.
    `remarks` are for `/gateway/ready`. `under_way` counts commands that the store has not answered.
    """

    sessions: SessionStore
    queue: EventQueue
    attempts: Attempts
    password_book: Callable[[AgentRegistry], PasswordBook]
    start: Callable[[], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    push_nodes: PushNodes = field(default_factory=OneProcess)
    upstream_nodes: PushNodes = field(default_factory=OneProcess)
    tokens: TokenStore = field(default_factory=MemoryTokenStore)
    agree: Callable[[], Awaitable[None]] = field(default=_nothing)
    begin: Callable[[SessionStore], Awaitable[None]] = field(default=_nothing)
    floor: "FloorClaim | None" = None
    reasons: Callable[[], Sequence[str]] = field(default=lambda: ("",))
    remarks: Mapping[str, Reason] = field(default_factory=dict)
    audit: "AuditStream | None" = None
    nodes: NodeBook = field(default_factory=OneProcessBook)
    tags: Sequence[str] = ("",)
    state: Callable[[], Awaitable[StoreState]] = field(default=memory_state)
    under_way: Callable[[], int] = field(default=lambda: 0)
    traced: TraceBoard = field(default_factory=MemoryTraceBoard)


def event_bounds(settings: Callable[[], Settings]) -> Callable[[], Bounds]:
    """How many events a session may have waiting, and how many bytes of them."""
    return lambda: Bounds((now := settings()).event_queue_max, now.event_queue_max_bytes)


def count_dropped(count: int) -> None:
    """Events that found no room in a queue."""
    metrics.EVENTS_DROPPED.inc(count)


def memory_stores(settings: Callable[[], Settings]) -> Stores:
    """All of it in this process."""
    queue = MemoryEventQueue(event_bounds(settings), count_dropped)
    store = MemorySessionStore(queue)

    async def start() -> None:
        """Memory is there."""

    return Stores(store, queue, MemoryAttempts(), FilePasswordBook, start, store.close)
