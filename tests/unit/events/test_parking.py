"""Polls that wait: woken, outdone by a newer one, drained (design section 9)."""

import asyncio

import pytest

from gateway.events.parking import Parked, Parking


async def _ends(parked: Parked, within_s: float = 60) -> bool:
    """True when the wait ended before its time."""
    began = asyncio.get_running_loop().time()
    await parked.wait(within_s)
    return asyncio.get_running_loop().time() - began < within_s / 2


async def test_a_wake_of_the_agent_ends_the_wait() -> None:
    parking = Parking()
    parked = parking.enter(101)
    parking.wake(101, "")
    assert (await _ends(parked), parked.over) == (True, False)


async def test_a_wake_of_all_agents_ends_every_wait() -> None:
    parking = Parking()
    parked = [parking.enter(101), parking.enter(102)]
    parking.wake(0, "")
    assert [await _ends(one) for one in parked] == [True, True]


async def test_a_wake_of_another_agent_does_not() -> None:
    parking = Parking()
    parked = parking.enter(101)
    parking.wake(102, "")
    assert not await _ends(parked, 0.05)


async def test_a_newer_poll_on_this_node_finishes_the_older() -> None:
    parking = Parking()
    older, newer = parking.enter(101), parking.enter(101)
    assert (older.over, newer.over) == (True, False)


@pytest.mark.parametrize(("own", "over"), [(True, False), (False, True)])
async def test_a_newer_poll_elsewhere_finishes_this_one_and_its_own_claim_does_not(own: bool, over: bool) -> None:
    parking = Parking()
    parked = parking.enter(101)
    parking.wake(101, parked.token if own else "another-1")
    assert parked.over is over


async def test_who_leaves_does_not_take_a_newer_poll_along() -> None:
    parking = Parking()
    older, newer = parking.enter(101), parking.enter(101)
    parking.leave(older)
    assert len(parking) == 1
    parking.leave(newer)
    assert len(parking) == 0


async def test_a_drain_finishes_those_that_wait_and_those_that_come() -> None:
    parking = Parking()
    before = parking.enter(101)
    parking.drain()
    after = parking.enter(102)
    assert (before.over, after.over) == (True, True)
