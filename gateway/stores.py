"""Which store keeps what: memory by default, Redis with REDIS_URL."""

from collections.abc import Callable

from gateway.agents.lockout import MemoryAttempts
from gateway.agents.password_book import FilePasswordBook
from gateway.sessions.memory_queue import MemoryEventQueue
from gateway.sessions.memory_store import MemorySessionStore
from gateway.settings.schema import Settings
from gateway.store_parts import Stores, count_dropped, event_bounds


def open_stores(settings: Callable[[], Settings]) -> Stores:
    """The stores that the settings ask for. Raises SettingsError."""
    if not settings().redis_url:
        return _memory(settings)
    # All that knows Redis is loaded where there is one: without, a start is quicker and a process smaller.
    from gateway.redis_stores import redis_stores  # noqa: PLC0415

    return redis_stores(settings)


def _memory(settings: Callable[[], Settings]) -> Stores:
    queue = MemoryEventQueue(event_bounds(settings), count_dropped)
    store = MemorySessionStore(queue)

    async def start() -> None:
        """Memory is there."""

    return Stores(store, queue, MemoryAttempts(), FilePasswordBook, start, store.close)
