"""Locks as operators see them: listed until they end, and unlocked."""

from gateway.agents.lockout import Attempts
from tests.unit.agents.attempting import HERE, LIMIT, WINDOW, fail, locked
from tests.unit.agents.samples import MINUTE, NOW


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
