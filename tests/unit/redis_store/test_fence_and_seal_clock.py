from dataclasses import dataclass

from gateway.redis_store.fence_and_seal import StoreClock


@dataclass
class Machine:
    """The clocks of this machine, in s."""

    monotonic_s: float = 1000.0
    wall_s: float = 1_700_000_000.0

    def clock(self) -> StoreClock:
        return StoreClock(lambda: self.monotonic_s, lambda: self.wall_s)


def test_before_redis_answers_it_is_the_time_of_this_machine() -> None:
    assert Machine().clock().now_ms() == 1_700_000_000_000


def test_the_first_answer_sets_the_clock() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    assert clock.now_ms() == 1_800_000_000_000


def test_between_answers_time_goes_on() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    machine.monotonic_s += 1.5
    assert clock.now_ms() == 1_800_000_001_500


def test_it_never_goes_back() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    clock.now_ms()
    clock.sample(1_799_999_000.0, asked_s=1000.0)
    assert clock.now_ms() == 1_800_000_000_000


def test_after_a_step_back_it_goes_on_once_redis_has_caught_up() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    clock.now_ms()
    clock.sample(1_799_999_990.0, asked_s=1000.0)
    machine.monotonic_s += 11
    assert clock.now_ms() == 1_800_000_001_000


def test_a_slow_answer_that_agrees_does_not_shake_it() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    machine.monotonic_s += 0.5
    clock.sample(1_800_000_000.1, asked_s=1000.0)
    assert clock.now_ms() == 1_800_000_000_500


def test_an_answer_from_ahead_moves_it_as_far_as_is_certain() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.sample(1_800_000_000.0, asked_s=1000.0)
    machine.monotonic_s += 0.5
    clock.sample(1_800_000_100.0, asked_s=1000.0)
    assert clock.now_ms() == 1_800_000_100_000
