"""The contract of Attempts, for memory, for Redis and for several shards of it."""

import asyncio
import secrets
import tracemalloc

import pytest

from gateway.agents.lockout import (
    AGENT_LIMIT,
    JUDGED_WITHIN_MS,
    KNOWN_MS,
    MOST_FAILURES,
    MOST_FAILURES_BYTES,
    MOST_KNOWN,
    SLOW_MS,
    Attempts,
    AttemptStanding,
    MemoryAttempts,
)
from gateway.redis_store.attempts import FAILED, RedisAttempts, ShardedAttempts
from gateway.redis_store.link import RedisLink
from gateway.wire.addresses import network
from gateway.wire.errors import StoreUnavailable
from tests.unit.agents.samples import MINUTE, NOW

HERE = "192.0.2.7"
ELSEWHERE = "192.0.2.8"
WINDOW = 5 * MINUTE
LIMIT = 200


@pytest.fixture(params=["memory", "redis", "4 shards"])
def attempts(request: pytest.FixtureRequest) -> Attempts:
    if request.param == "memory":
        return MemoryAttempts()
    if request.param == "redis":
        return RedisAttempts(request.getfixturevalue("link"))
    return ShardedAttempts([RedisAttempts(link) for link in request.getfixturevalue("shard_links")])


async def fail(attempts: Attempts, *after_ms: int, who: str = "101", address: str = HERE) -> list[bool]:
    return [await attempts.failed(who, address, secrets.token_hex(8), now_ms=NOW + after) for after in after_ms]


async def begin(
    attempts: Attempts,
    attempt: str,
    after_ms: int = 0,
    *,
    who: str = "101",
    address: str = HERE,
    limit: int = LIMIT,
) -> AttemptStanding:
    return await attempts.begin(who, address, attempt, address_limit=limit, now_ms=NOW + after_ms)


async def begin_all(attempts: Attempts, count: int, *, who: str = "101", address: str = HERE) -> None:
    """Attempts "0", "1" and so on."""
    for number in range(count):
        assert await begin(attempts, str(number), who=who, address=address) is AttemptStanding.OPEN


async def locked(
    attempts: Attempts, after_ms: int = 0, *, who: str = "101", address: str = HERE, limit: int = LIMIT
) -> bool:
    standing = await begin(attempts, "look", after_ms, who=who, address=address, limit=limit)
    await attempts.withdrawn(who, address, "look")
    return standing is AttemptStanding.LOCKED


async def test_nobody_is_locked_at_first(attempts: Attempts) -> None:
    assert not await locked(attempts)


async def test_the_5th_failure_locks_the_pair(attempts: Attempts) -> None:
    assert await fail(attempts, 0, 1, 2, 3) == [False] * 4
    assert not await locked(attempts, 3)
    assert await fail(attempts, 4) == [True]
    assert await locked(attempts, 4)


async def test_5_failures_in_the_same_ms_lock_the_pair(attempts: Attempts) -> None:
    assert await fail(attempts, 0, 0, 0, 0, 0) == [False] * 4 + [True]


async def test_failures_at_once_lock_the_pair_exactly_once(attempts: Attempts) -> None:
    answers = await asyncio.gather(*(attempts.failed("101", HERE, str(number), now_ms=NOW) for number in range(20)))
    assert answers.count(True) == 1


async def test_a_lock_lasts_5_minutes_from_the_5th_failure(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, MINUTE)
    assert await locked(attempts, MINUTE + WINDOW - 1)
    assert not await locked(attempts, MINUTE + WINDOW)


async def test_failures_during_a_lock_do_not_prolong_it(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    assert await fail(attempts, MINUTE, 2 * MINUTE) == [False, False]
    assert not await locked(attempts, WINDOW)


async def test_failures_that_are_5_minutes_old_count_no_more(attempts: Attempts) -> None:
    assert await fail(attempts, 0, 1, 2, 3, WINDOW) == [False] * 5
    assert not await locked(attempts, WINDOW)


async def test_the_window_slides(attempts: Attempts) -> None:
    await fail(attempts, 0, MINUTE, 2 * MINUTE, 3 * MINUTE, WINDOW)
    assert await fail(attempts, WINDOW + MINUTE - 1) == [True]


async def test_after_a_lock_the_count_begins_anew(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    assert await fail(attempts, WINDOW, WINDOW, WINDOW, WINDOW) == [False] * 4
    assert await fail(attempts, WINDOW) == [True]


@pytest.mark.parametrize(("who", "address"), [("102", HERE), ("101", ELSEWHERE)])
async def test_another_agent_or_address_is_not_locked(attempts: Attempts, who: str, address: str) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    assert not await locked(attempts, who=who, address=address)


async def test_a_success_forgets_the_failures_of_the_pair(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0)
    await attempts.succeeded("101", HERE, "a", now_ms=NOW)
    assert await fail(attempts, 0, 0, 0, 0) == [False] * 4


async def test_a_success_leaves_the_other_pairs(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    await attempts.succeeded("101", ELSEWHERE, "a", now_ms=NOW)
    await attempts.succeeded("102", HERE, "a", now_ms=NOW)
    assert await locked(attempts)


async def test_an_address_is_refused_from_its_limit_on(attempts: Attempts) -> None:
    for who in ("101", "102", "103"):
        await fail(attempts, 0, who=who)
    assert await locked(attempts, who="104", limit=3)
    assert not await locked(attempts, who="104", limit=4)


async def test_failures_that_a_success_forgot_still_count_for_the_address(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0)
    await attempts.succeeded("101", HERE, "a", now_ms=NOW)
    assert await locked(attempts, limit=3)


async def test_failures_of_a_locked_pair_still_count_for_the_address(attempts: Attempts) -> None:
    await fail(attempts, *[0] * 7)
    assert await locked(attempts, who="102", limit=7)


async def test_an_address_is_free_again_when_its_failures_are_old(attempts: Attempts) -> None:
    await fail(attempts, 0)
    await fail(attempts, MINUTE, who="102")
    assert await locked(attempts, WINDOW - 1, who="103", limit=2)
    assert not await locked(attempts, WINDOW, who="103", limit=2)


async def test_the_limit_of_one_address_does_not_touch_another(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0)
    assert not await locked(attempts, address=ELSEWHERE, limit=3)


async def test_ipv6_addresses_of_one_network_share_a_limit(attempts: Attempts) -> None:
    for host in range(3):
        await fail(attempts, 0, address=f"2001:db8::{host}")
    assert await locked(attempts, address="2001:db8::99", limit=3)
    assert not await locked(attempts, address="2001:db8:0:1::99", limit=3)


async def test_ipv6_addresses_of_one_network_are_locked_one_by_one(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0, address="2001:db8::1")
    assert not await locked(attempts, address="2001:db8::2")


async def test_as_many_may_be_in_flight_as_may_still_fail(attempts: Attempts) -> None:
    await fail(attempts, 0, 0)
    await begin_all(attempts, 3)
    assert await begin(attempts, "one more") is AttemptStanding.BUSY


async def test_of_300_at_once_5_are_begun(attempts: Attempts) -> None:
    found = await asyncio.gather(*(begin(attempts, str(number)) for number in range(300)))
    assert (found.count(AttemptStanding.OPEN), found.count(AttemptStanding.BUSY)) == (5, 295)


async def test_one_in_flight_that_failed_makes_no_room(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    await attempts.failed("101", HERE, "0", now_ms=NOW)
    assert await begin(attempts, "one more") is AttemptStanding.BUSY


async def test_5_in_flight_that_failed_lock_the_pair(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    failed = [await attempts.failed("101", HERE, str(number), now_ms=NOW) for number in range(5)]
    assert failed == [False] * 4 + [True]
    assert await locked(attempts)


async def test_one_that_was_withdrawn_makes_room_and_leaves_no_failure(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    await attempts.withdrawn("101", HERE, "0")
    assert await begin(attempts, "one more") is AttemptStanding.OPEN
    for attempt in ("1", "2", "3", "4", "one more"):
        await attempts.withdrawn("101", HERE, attempt)
    await begin_all(attempts, 5)


async def test_a_success_makes_room_and_leaves_the_others_in_flight(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    await attempts.succeeded("101", HERE, "0", now_ms=NOW)
    assert await begin(attempts, "one more") is AttemptStanding.OPEN
    assert await begin(attempts, "another") is AttemptStanding.BUSY


@pytest.mark.parametrize(("who", "address"), [("102", HERE), ("101", ELSEWHERE)])
async def test_attempts_in_flight_are_in_nobody_elses_way(attempts: Attempts, who: str, address: str) -> None:
    await begin_all(attempts, 5)
    assert await begin(attempts, "another", who=who, address=address) is AttemptStanding.OPEN


async def test_attempts_in_flight_count_for_the_address(attempts: Attempts) -> None:
    for who in ("101", "102", "103"):
        await begin(attempts, who, who=who)
    assert await begin(attempts, "another", who="104", limit=3) is AttemptStanding.BUSY
    assert await begin(attempts, "another", who="104", limit=4) is AttemptStanding.OPEN


async def test_failures_and_attempts_in_flight_count_together_for_the_address(attempts: Attempts) -> None:
    await fail(attempts, 0, 0)
    await begin_all(attempts, 1, who="102")
    assert await begin(attempts, "another", who="103", limit=3) is AttemptStanding.BUSY


async def test_of_many_agents_at_once_no_more_are_begun_than_the_address_may_fail(attempts: Attempts) -> None:
    found = await asyncio.gather(*(begin(attempts, str(who), who=str(who), limit=10) for who in range(101, 141)))
    assert found.count(AttemptStanding.OPEN) <= 10


async def test_an_attempt_that_nobody_ended_counts_as_a_failure(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    assert await begin(attempts, "one more", JUDGED_WITHIN_MS - 1) is AttemptStanding.BUSY
    assert await begin(attempts, "one more", JUDGED_WITHIN_MS) is AttemptStanding.LOCKED


async def test_an_attempt_that_nobody_ended_counts_5_minutes(attempts: Attempts) -> None:
    await begin_all(attempts, 5)
    assert await locked(attempts, WINDOW - 1)
    assert not await locked(attempts, WINDOW)


async def test_a_success_forgets_attempts_that_nobody_ended(attempts: Attempts) -> None:
    await begin_all(attempts, 4)
    await attempts.succeeded("101", HERE, "right", now_ms=NOW + JUDGED_WITHIN_MS)
    found = [await begin(attempts, f"later {number}", JUDGED_WITHIN_MS) for number in range(5)]
    assert found == [AttemptStanding.OPEN] * 5


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("no address", "no address"),
    ],
)
def test_what_an_address_counts_as(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


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


FEW = 1000


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


async def locks(attempts: Attempts, after_ms: int = 0, limit: int = LIMIT) -> list[tuple[str, str, int, int, int]]:
    found = await attempts.locks(address_limit=limit, now_ms=NOW + after_ms)
    return [(lock.who, lock.address, lock.failures, lock.last_ms - NOW, lock.until_ms - NOW) for lock in found]


async def test_locks_of_pairs_are_listed_until_they_end(attempts: Attempts) -> None:
    await fail(attempts, 0, 1, 2, 3, MINUTE)
    await fail(attempts, 0, who="102")
    lock = ("101", HERE, 5, MINUTE, MINUTE + WINDOW)
    assert [await locks(attempts, after) for after in (MINUTE, MINUTE + WINDOW - 1)] == [[lock], [lock]]
    assert await locks(attempts, MINUTE + WINDOW) == []


async def test_locks_of_addresses_are_listed_until_they_end(attempts: Attempts) -> None:
    for number in range(4):
        await fail(attempts, number, who=str(101 + number))
    assert await locks(attempts, 3, limit=3) == [("", HERE, 3, 3, 1 + WINDOW)]
    assert await locks(attempts, 1 + WINDOW, limit=3) == []


async def test_an_ipv6_address_is_listed_as_its_network(attempts: Attempts) -> None:
    for number in range(2):
        await fail(attempts, 0, who=str(101 + number), address=f"2001:db8::{number + 1}")
    assert [lock[:2] for lock in await locks(attempts, limit=2)] == [("", "2001:db8::/64")]


async def test_an_unlocked_pair_begins_anew(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    await attempts.unlock(await attempts.locks(address_limit=LIMIT, now_ms=NOW))
    assert (await locked(attempts), await locks(attempts)) == (False, [])
    assert await fail(attempts, 1, 1, 1, 1) == [False] * 4


async def test_an_unlocked_address_may_try_again(attempts: Attempts) -> None:
    for number in range(3):
        await fail(attempts, 0, who=str(101 + number))
    assert await locked(attempts, limit=3, who="999")
    await attempts.unlock(await attempts.locks(address_limit=3, now_ms=NOW))
    assert not await locked(attempts, limit=3, who="999")


async def test_what_is_not_unlocked_stays(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0)
    await fail(attempts, 0, 0, 0, 0, 0, who="102")
    found = await attempts.locks(address_limit=LIMIT, now_ms=NOW)
    await attempts.unlock([lock for lock in found if lock.who == "102"])
    assert [lock[0] for lock in await locks(attempts)] == ["101"]


async def test_somebody_unknown_with_spaces_in_the_name_is_listed_and_unlocked(attempts: Attempts) -> None:
    await fail(attempts, 0, 0, 0, 0, 0, who="ada w")
    assert [lock[:2] for lock in await locks(attempts)] == [("ada w", HERE)]
    await attempts.unlock(await attempts.locks(address_limit=LIMIT, now_ms=NOW))
    assert not await locked(attempts, who="ada w")


async def fail_everywhere(attempts: Attempts, count: int = AGENT_LIMIT, after_ms: int = 0) -> None:
    """Wrong passwords of agent 101, each from an address of its own."""
    for number in range(count):
        await fail(attempts, after_ms, address=f"198.51.100.{number}")


async def test_an_agent_that_is_guessed_from_many_addresses_is_slowed_there_and_not_locked(attempts: Attempts) -> None:
    await fail_everywhere(attempts)
    turns = [await begin(attempts, "a", 0), await begin(attempts, "b", 0, address=ELSEWHERE)]
    later = await begin(attempts, "c", SLOW_MS, address=ELSEWHERE)
    assert [*turns, later] == [AttemptStanding.OPEN, AttemptStanding.BUSY, AttemptStanding.OPEN]


async def test_before_that_many_failures_it_is_not(attempts: Attempts) -> None:
    await fail_everywhere(attempts, AGENT_LIMIT - 1)
    assert [await begin(attempts, each) for each in "ab"] == [AttemptStanding.OPEN] * 2


async def test_another_agent_is_not(attempts: Attempts) -> None:
    await fail_everywhere(attempts)
    assert [await begin(attempts, each, who="102") for each in "ab"] == [AttemptStanding.OPEN] * 2


async def test_failures_from_everywhere_are_over_in_5_minutes(attempts: Attempts) -> None:
    await fail_everywhere(attempts)
    assert [await begin(attempts, each, WINDOW) for each in "ab"] == [AttemptStanding.OPEN] * 2


@pytest.mark.parametrize("came_from", [HERE, "2001:db8::1"])
async def test_where_the_agent_signed_in_lately_it_stays_free(attempts: Attempts, came_from: str) -> None:
    await attempts.succeeded("101", came_from, "right", now_ms=NOW)
    await fail_everywhere(attempts)
    same = "2001:db8::2" if ":" in came_from else came_from
    assert [await begin(attempts, each, address=same) for each in "abc"] == [AttemptStanding.OPEN] * 3


async def test_that_ends_with_the_day(attempts: Attempts) -> None:
    await attempts.succeeded("101", HERE, "right", now_ms=NOW - KNOWN_MS)
    await fail_everywhere(attempts)
    assert [await begin(attempts, each) for each in "ab"] == [AttemptStanding.OPEN, AttemptStanding.BUSY]


async def test_only_the_newest_places_of_an_agent_are_kept(attempts: Attempts) -> None:
    for number in range(MOST_KNOWN + 1):
        await attempts.succeeded("101", f"203.0.113.{number}", "right", now_ms=NOW + number)
    await fail_everywhere(attempts, after_ms=MOST_KNOWN)
    oldest = [await begin(attempts, each, MOST_KNOWN, address="203.0.113.0") for each in "ab"]
    newer = [await begin(attempts, each, MOST_KNOWN, address="203.0.113.1") for each in "ab"]
    assert (oldest[1], newer) == (AttemptStanding.BUSY, [AttemptStanding.OPEN] * 2)


async def test_attempts_in_flight_count_there_too(attempts: Attempts) -> None:
    for number in range(AGENT_LIMIT):
        await begin(attempts, str(number), address=f"198.51.100.{number}")
    assert [await begin(attempts, each, address=ELSEWHERE) for each in "ab"] == [
        AttemptStanding.OPEN,
        AttemptStanding.BUSY,
    ]
    for number in range(2):
        await attempts.withdrawn("101", f"198.51.100.{number}", str(number))
    assert await begin(attempts, "c", address=ELSEWHERE) is AttemptStanding.OPEN
