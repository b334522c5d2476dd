import random

import pytest

from gateway.sim.scenario import AgentActivity, Habits


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_times_are_divided_by_the_speed(speed: float) -> None:
    chance = random.Random(1)
    times = [Habits(speed=speed).time_s(chance, 20) for _ in range(200)]
    assert 10 / speed <= min(times)
    assert max(times) <= 30 / speed


def test_everything_is_done_sooner_or_later() -> None:
    chance = random.Random(1)
    assert {Habits().doing(chance) for _ in range(500)} == set(AgentActivity)


def test_who_always_holds_always_holds() -> None:
    habits = Habits(hold=1, transfer=0, hang_up=0)
    assert {habits.doing(random.Random(seed)) for seed in range(50)} == {AgentActivity.HOLD}
