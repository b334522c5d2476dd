"""Pauses after failures grow, up to a bound, and differ."""

import random

from gateway.backends.upstream.backoff import FIRST_S, MOST_S, Backoff


def test_each_pause_is_within_twice_the_longest_before() -> None:
    backoff = Backoff(random.Random(1))
    pauses = [backoff.next_s() for _ in range(40)]
    for number, pause in enumerate(pauses):
        longest = min(MOST_S, FIRST_S * 2**number)
        assert longest / 2 <= pause <= longest


def test_two_that_fail_together_come_back_apart() -> None:
    assert Backoff(random.Random(1)).next_s() != Backoff(random.Random(2)).next_s()


def test_after_a_success_it_begins_anew() -> None:
    backoff = Backoff(random.Random(1))
    for _ in range(10):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= FIRST_S
