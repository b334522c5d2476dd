import itertools
import random

import pytest

from gateway.sim.played_customers import pauses


def first(seed: int, count: int, per_second: float = 2.0) -> list[float]:
    return list(itertools.islice(pauses(random.Random(seed), per_second), count))


def test_the_same_seed_brings_the_same_arrivals() -> None:
    assert first(5, 20) == first(5, 20)
    assert first(5, 20) != first(6, 20)


def test_arrivals_come_at_the_rate_asked_for_on_average() -> None:
    assert sum(first(1, 5000)) / 5000 == pytest.approx(0.5, rel=0.05)


def test_arrivals_do_not_know_of_each_other() -> None:
    """In a Poisson process the deviation of the pauses is as large as their mean."""
    found = first(1, 5000)
    mean = sum(found) / len(found)
    deviation = (sum((pause - mean) ** 2 for pause in found) / len(found)) ** 0.5
    assert deviation == pytest.approx(mean, rel=0.1)
