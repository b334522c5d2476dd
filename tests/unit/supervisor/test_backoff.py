"""When a worker comes back."""

from gateway.supervisor.backoff import Backoff


def waits(*ran_s: float) -> list[float]:
    backoff = Backoff()
    return [backoff.after(seconds) for seconds in ran_s]


def test_after_the_first_crash_it_comes_back_at_once() -> None:
    assert waits(5) == [0]


def test_further_crashes_double_the_wait_up_to_10_s() -> None:
    assert waits(*[1] * 10) == [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]


def test_a_worker_that_ran_for_30_s_comes_back_at_once_again() -> None:
    assert waits(1, 1, 1, 30, 29.9, 1) == [0, 0.1, 0.2, 0, 0.1, 0.2]
