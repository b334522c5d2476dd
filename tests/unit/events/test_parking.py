"""Polls that wait: woken, outdone by a newer one, drained (docs/design/events.md)."""

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


async def test_a_newer_poll_elsewhere_finishes_the_one_that_it_has_ended() -> None:
    parking = Parking()
    parked = parking.enter(101)
    parking.wake(101, parked.token)
    assert parked.over


async def test_a_newer_poll_elsewhere_does_not_finish_one_that_it_did_not_know_of() -> None:
    """Both would answer empty, for that one will end the poll elsewhere."""
    parking = Parking()
    parking.leave(answered := parking.enter(101))
    parked = parking.enter(101)
    parking.wake(101, answered.token)
    assert not parked.over


async def test_who_leaves_does_not_take_a_newer_poll_along() -> None:
    parking = Parking()
    older, newer = parking.enter(101), parking.enter(101)
    parking.leave(older)
    assert len(parking) == 1
    parking.leave(newer)
    assert len(parking) == 0


async def test_a_drain_wakes_those_that_wait_and_is_known_to_those_that_come() -> None:
    parking = Parking()
    before, hold = parking.enter(101), parking.holds.begin(60)
    parking.drain()
    assert await _ends(before)
    came = asyncio.get_running_loop().time()
    ends_in_s = [each.end_s - came for each in (hold, parking.holds.begin(60))]
    assert all(end_s < 1 for end_s in ends_in_s)


@pytest.mark.parametrize(("sessions", "ended"), [("aaaa", [0, 1, 2, 3]), ("aabb", [0, 1, 0, 1])])
async def test_a_poll_knows_how_many_of_its_session_ended_one_another(sessions: str, ended: list[int]) -> None:
    parking = Parking()
    assert [parking.enter(101, session).ended for session in sessions] == ended


async def test_a_poll_that_was_answered_was_not_ended() -> None:
    parking = Parking()
    parking.leave(parking.enter(101, "a"))
    assert parking.enter(101, "a").ended == 0


async def test_a_poll_whose_peer_is_gone_was_not_ended_by_the_next_one() -> None:
    parking = Parking()
    parking.enter(101, "a").leave_alone()
    assert parking.enter(101, "a").ended == 0


async def test_a_poll_knows_whether_another_one_of_this_node_followed() -> None:
    parking = Parking()
    gone, newer = parking.enter(101), parking.enter(102)
    gone.leave_alone()
    parking.enter(101)
    assert (gone.followed, newer.followed) == (True, False)
