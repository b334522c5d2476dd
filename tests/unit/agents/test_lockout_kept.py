"""What is kept of wrong passwords: bounded in memory; in Redis gone with its time, and counted once over all nodes."""

import tracemalloc

import pytest

from gateway.agents.lockout import MOST_FAILURES, MOST_FAILURES_BYTES, AttemptStanding, MemoryAttempts
from gateway.redis_store.attempts import FAILED, RedisAttempts
from gateway.redis_store.link import RedisLink
from gateway.wire.errors import StoreUnavailable
from tests.unit.agents.attempting import ELSEWHERE, HERE, WINDOW, begin, begin_all, fail, locked
from tests.unit.agents.samples import MINUTE, NOW

FEW = 1000


async def test_memory_forgets_what_is_over() -> None:
    attempts = MemoryAttempts()
    for number in range(100):
        await fail(attempts, number, who=str(number), address=f"192.0.2.{number}")
    assert len(attempts) == 300
    await fail(attempts, WINDOW + 99)
    assert len(attempts) == 3


async def test_memory_holds_no_failures_of_an_address_that_are_over() -> None:
    attempts = MemoryAttempts()
    await fail(attempts, *range(0, 100 * MINUTE, MINUTE))
    assert len(attempts) <= 3 * 5


async def test_memory_holds_no_more_bytes_than_its_bound_whoever_fails() -> None:
    attempts = MemoryAttempts(FEW)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(2 * FEW):
        who, address = f"?{number:032d}", f"2001:db8:{number:x}:{number:x}:1111:2222:3333:4444"
        await fail(attempts, 0, who=who, address=address)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert (len(attempts), taken / FEW < MOST_FAILURES_BYTES / MOST_FAILURES) == (3 * FEW, True)


async def test_the_newest_failures_are_those_that_memory_holds() -> None:
    attempts = MemoryAttempts(FEW)
    await fail(attempts, 0, 0, 0, 0, 0, who="101")
    for number in range(FEW - 5):
        await fail(attempts, 1, who=str(1000 + number), address=f"10.{number >> 8}.{number & 255}.1")
    held = await locked(attempts, 1, who="101")
    await fail(attempts, 1, who="102", address=ELSEWHERE)
    assert (held, await locked(attempts, 1, who="101")) == (True, False)


async def test_memory_forgets_attempts_that_nobody_ended() -> None:
    attempts = MemoryAttempts()
    for number in range(100):
        await begin(attempts, "a", who=str(number), address=f"192.0.2.{number}")
    await fail(attempts, WINDOW)
    assert len(attempts) == 3


async def test_memory_holds_nothing_of_what_was_withdrawn() -> None:
    attempts = MemoryAttempts()
    await begin_all(attempts, 5)
    for number in range(5):
        await attempts.withdrawn("101", HERE, str(number))
    assert len(attempts) == 0


async def lives(link: RedisLink) -> list[int]:
    keys = await link.command("KEYS", link.key("*"))
    return [await link.command("PTTL", key) for key in keys if b":sign-in:" in key]


async def test_keys_in_redis_expire(link: RedisLink) -> None:
    await fail(RedisAttempts(link), 0)
    found = await lives(link)
    assert len(found) == 4
    assert all(0 < life <= WINDOW for life in found)


async def test_keys_of_attempts_in_flight_expire(link: RedisLink) -> None:
    await begin_all(RedisAttempts(link), 1)
    found = await lives(link)
    assert len(found) == 3
    assert all(0 < life <= WINDOW for life in found)


async def test_what_was_withdrawn_leaves_no_key(link: RedisLink) -> None:
    await begin_all(RedisAttempts(link), 1)
    await RedisAttempts(link).withdrawn("101", HERE, "0")
    assert await lives(link) == []


async def test_a_beginning_that_is_sent_again_counts_once(link: RedisLink) -> None:
    attempts = RedisAttempts(link)
    assert [await begin(attempts, "a") for _ in range(6)] == [AttemptStanding.OPEN] * 6
    assert await begin(attempts, "b") is AttemptStanding.OPEN


async def test_two_nodes_count_what_is_in_flight_together(link: RedisLink) -> None:
    await begin_all(RedisAttempts(link), 5)
    assert await begin(RedisAttempts(link), "one more") is AttemptStanding.BUSY


async def test_two_nodes_count_together(link: RedisLink) -> None:
    one, other = RedisAttempts(link), RedisAttempts(link)
    await fail(one, 0, 0, 0)
    assert await fail(other, 0, 0) == [False, True]
    assert await locked(one)


async def test_a_failure_that_is_sent_again_counts_once(link: RedisLink) -> None:
    own = ("pair", "network", "begun pair", "begun network", "everywhere", "known", "turn", "begun")
    keys = [link.key(name) for name in (*own, "failing", "locked")]
    limits = [NOW, WINDOW, 5]
    for token in "abcd":
        await link.script(FAILED, keys, [*limits, token, 50, HERE, f"{HERE} 101"])
    answers = [await link.script(FAILED, keys, [*limits, "a", 50, HERE, f"{HERE} 101"]) for _ in range(3)]
    assert answers == [0, 0, 0]
    assert [await link.command("LLEN", keys[place]) for place in (0, 1, 4)] == [4, 4, 4]


async def test_a_store_out_of_reach_is_told() -> None:
    nowhere = RedisLink("redis://127.0.0.1:1", "tag", 50)
    await nowhere.start()
    attempts = RedisAttempts(nowhere)
    with pytest.raises(StoreUnavailable):
        await locked(attempts)
    with pytest.raises(StoreUnavailable):
        await fail(attempts, 0)
    await nowhere.close()
