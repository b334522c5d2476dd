"""An agent whose password is guessed from many addresses: slowed where it has not signed in lately, never locked."""

import pytest

from gateway.agents.lockout import AGENT_LIMIT, KNOWN_MS, MOST_KNOWN, SLOW_MS, Attempts, AttemptStanding
from tests.unit.agents.attempting import ELSEWHERE, HERE, WINDOW, begin, fail
from tests.unit.agents.samples import NOW


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
