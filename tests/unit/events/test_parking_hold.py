"""How long polls are held, and how long they rest (docs/protocol.md, Polling)."""

import asyncio

import pytest
import uvloop

from gateway.events.parking import LEAST_S, REST_S, TOGETHER_S, Hold, Holds, Parked, Parking, left_s

DRAIN_S = 0.02


def in_s(end_s: float) -> float:
    """So many seconds from now."""
    return end_s - asyncio.get_running_loop().time()


async def test_a_hold_ends_after_its_time_and_a_rest_before() -> None:
    hold = Holds().begin(10)
    assert (in_s(hold.end_s), in_s(hold.rested_s)) == pytest.approx((10, REST_S), abs=0.1)


async def test_holds_that_end_at_nearly_one_moment_end_together_and_none_too_late() -> None:
    holds = Holds()
    for longest_s in (0.1, 0.1234, 10, 600):
        latest_s = asyncio.get_running_loop().time() + longest_s
        end_s = holds.begin(longest_s).end_s
        assert latest_s - TOGETHER_S - 0.1 < end_s <= latest_s + 0.1
        assert end_s / TOGETHER_S == pytest.approx(round(end_s / TOGETHER_S), abs=1e-6)


async def test_no_hold_is_over_as_it_begins() -> None:
    assert left_s(Holds().begin(0).end_s) == 0


async def test_what_is_less_than_some_loops_count_is_no_time() -> None:
    now_s = asyncio.get_running_loop().time()
    assert left_s(now_s + LEAST_S / 2) == 0
    assert left_s(now_s + 10) == pytest.approx(10, abs=0.1)


def test_a_poll_that_was_woken_at_its_end_has_no_time_left_on_a_loop_that_counts_in_ms() -> None:
    async def wait(holds: Holds, longest_s: float) -> float:
        hold, parked = holds.begin(longest_s), Parked(101, "token")
        await parked.wait(left_s(hold.end_s))
        return left_s(hold.end_s)

    async def many() -> list[float]:
        holds = Holds()
        return await asyncio.gather(*(wait(holds, number * TOGETHER_S) for number in range(2, 60)))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert set(runner.run(many())) == {0}


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
