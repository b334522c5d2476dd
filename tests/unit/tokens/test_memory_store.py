"""What the memory store forgets."""

from gateway.tokens.memory_store import MemoryTokenStore
from gateway.tokens.store import MINUTE_MS, Counter, FirstUse
from tests.support.tokens import NOW


async def test_used_tokens_are_forgotten_when_their_time_is_over() -> None:
    store = MemoryTokenStore()
    for number in range(10):
        await store.first_use(str(number), "a", ttl_ms=1000 + number, now_ms=NOW)
    assert await store.seen("x", "a", now_ms=NOW + 1004) is FirstUse.NEW
    assert len(store) == 5


async def test_counters_of_former_minutes_are_forgotten() -> None:
    store = MemoryTokenStore()
    for number in range(10):
        await store.count([Counter(str(number), 1)], now_ms=NOW)
    await store.count([Counter("c", 1)], now_ms=NOW + MINUTE_MS)
    assert len(store) == 1
