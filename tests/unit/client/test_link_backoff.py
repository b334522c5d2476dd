"""Pauses after failures."""

from gateway.client.link import Backoff


def test_pauses_double_up_to_the_longest_with_at_most_half_taken_off() -> None:
    backoff = Backoff(0.2, 5)
    for longest_s in (0.2, 0.4, 0.8, 1.6, 3.2, 5, 5):
        assert longest_s / 2 <= backoff.next_s() <= longest_s


def test_after_a_success_they_are_short_again() -> None:
    backoff = Backoff(0.2, 5)
    for _ in range(2000):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= 0.2


def test_what_the_gateway_asked_for_is_kept() -> None:
    assert Backoff(0.2, 5).next_s(at_least_s=7) == 7
