"""The contract of Attempts, for memory, for Redis and for several shards of it."""

import asyncio

import pytest

from gateway.agents.lockout import JUDGED_WITHIN_MS, Attempts, AttemptStanding
from gateway.wire.addresses import network
from tests.unit.agents.attempting import ELSEWHERE, HERE, WINDOW, begin, begin_all, fail, locked
from tests.unit.agents.samples import MINUTE, NOW


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
