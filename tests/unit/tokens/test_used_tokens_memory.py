"""What the memory store forgets."""

import tracemalloc

from gateway.tokens.used_tokens import (
    MINUTE_MS,
    MOST_COUNTERS,
    MOST_COUNTERS_BYTES,
    FirstUse,
    MemoryTokenStore,
    MinuteLimit,
)
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
        await store.count([MinuteLimit(str(number), 1)], now_ms=NOW)
    await store.count([MinuteLimit("c", 1)], now_ms=NOW + MINUTE_MS)
    assert len(store) == 1


async def test_counters_of_ever_new_addresses_take_no_more_bytes_than_their_bound() -> None:
    few = 1000
    store = MemoryTokenStore(few)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(2 * few):
        await store.count([MinuteLimit(f"2001:db8:{number:x}:{number:x}:/64 ", 1)], now_ms=NOW)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert (len(store), taken / few < MOST_COUNTERS_BYTES / MOST_COUNTERS) == (few, True)


async def test_an_address_that_is_counted_again_and_again_is_not_forgotten_meanwhile() -> None:
    store = MemoryTokenStore(2)
    for _ in range(5):
        await store.count([MinuteLimit("a", 5)], now_ms=NOW)
    await store.count([MinuteLimit("b", 5)], now_ms=NOW)
    assert not await store.count([MinuteLimit("a", 5)], now_ms=NOW)
