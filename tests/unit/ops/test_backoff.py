"""Waits after failures grow, up to a bound, and differ."""

import random

from gateway.ops.backoff import Backoff


def longest(backoff: Backoff, count: int) -> list[float]:
    return [backoff.next_s() for _ in range(count)]


def test_each_wait_is_twice_the_one_before_up_to_the_most() -> None:
    assert longest(Backoff(0.1, 1, jitter=0), 6) == [0.1, 0.2, 0.4, 0.8, 1, 1]


def test_another_factor_grows_faster() -> None:
    assert longest(Backoff(0.5, 10, jitter=0, factor=4), 4) == [0.5, 2, 8, 10]


def test_jitter_takes_away_up_to_its_part() -> None:
    assert Backoff(1, 5, chance=lambda: 0).next_s() == 1
    assert Backoff(1, 5, chance=lambda: 1).next_s() == 0.5
    assert Backoff(1, 5, jitter=0.25, chance=lambda: 1).next_s() == 0.75


def test_a_short_wait_by_chance_makes_the_next_no_shorter() -> None:
    backoff = Backoff(1, 8, chance=lambda: 1)
    assert longest(backoff, 4) == [0.5, 1, 2, 4]


def test_two_that_fail_together_come_back_apart() -> None:
    waits = [Backoff(1, 5, chance=random.Random(seed).random).next_s() for seed in (1, 2)]
    assert waits[0] != waits[1]


def test_after_a_success_it_begins_anew() -> None:
    backoff = Backoff(0.1, 5, jitter=0)
    longest(backoff, 10)
    backoff.reset()
    assert backoff.next_s() == 0.1


def test_with_at_once_the_first_try_waits_for_nothing() -> None:
    backoff = Backoff(0.1, 10, jitter=0, at_once=True)
    assert longest(backoff, 3) == [0, 0.1, 0.2]
    backoff.reset()
    assert longest(backoff, 2) == [0, 0.1]


def test_it_stays_at_the_most_however_often_it_fails() -> None:
    assert longest(Backoff(0.2, 5, jitter=0), 5000)[-1] == 5


def test_no_wait_stays_none() -> None:
    assert longest(Backoff(0, 0), 3) == [0, 0, 0]
