"""How long polls are held, and how long they rest (docs/protocol.md, Polling)."""

import asyncio

import pytest

from gateway.events.parking import REST_S, Hold, Holds, Parking

DRAIN_S = 0.02


def in_s(end_s: float) -> float:
    """So many seconds from now."""
    return end_s - asyncio.get_running_loop().time()


async def test_a_hold_ends_after_its_time_and_a_rest_before() -> None:
    hold = Holds().begin(10)
    assert (in_s(hold.end_s), in_s(hold.rested_s)) == pytest.approx((10, REST_S), abs=0.1)


async def test_a_drain_holds_polls_only_until_they_have_rested() -> None:
    holds = Holds()
    hold = holds.begin(10)
    holds.drain()
    assert in_s(hold.end_s) == pytest.approx(REST_S, abs=0.1)
    assert not hold.cut_short


async def test_a_drain_makes_no_hold_longer() -> None:
    holds = Holds()
    holds.drain()
    assert in_s(holds.begin(0.1).end_s) <= 0.1


@pytest.mark.parametrize("first", ["the rest", "the drain"])
async def test_a_rest_takes_at_most_half_of_a_drain(first: str) -> None:
    holds = Holds(lambda: DRAIN_S)
    if first == "the drain":
        holds.drain()
    hold = holds.begin(10)
    resting = asyncio.create_task(hold.rest())
    await asyncio.sleep(0)
    holds.drain()
    assert in_s(hold.rested_s) <= DRAIN_S / 2
    await asyncio.wait_for(resting, REST_S / 2)
    assert hold.cut_short


async def test_a_second_drain_adds_no_time() -> None:
    holds = Holds(lambda: DRAIN_S)
    hold: Hold = holds.begin(10)
    holds.drain()
    before_s = hold.rested_s
    await asyncio.sleep(DRAIN_S / 4)
    holds.drain()
    assert hold.rested_s == before_s


async def test_what_an_operator_drains_goes_on_resting_however_long_it_takes() -> None:
    parking = Parking(lambda: DRAIN_S)
    parking.hold_none(True)
    await asyncio.sleep(2 * DRAIN_S)
    hold = parking.holds.begin(10)
    assert (in_s(hold.rested_s), in_s(hold.end_s)) == pytest.approx((REST_S, REST_S), abs=0.1)


async def test_a_drain_that_is_taken_back_lets_polls_be_held_again() -> None:
    parking = Parking()
    hold = parking.holds.begin(10)
    parking.hold_none(True)
    parking.hold_none(False)
    assert in_s(hold.end_s) == pytest.approx(10, abs=0.1)


async def test_the_end_of_the_process_bounds_the_rests_of_a_drained_node_too() -> None:
    parking = Parking(lambda: DRAIN_S)
    parking.hold_none(True)
    parking.drain()
    parking.hold_none(False)
    assert in_s(parking.holds.begin(10).end_s) <= DRAIN_S
