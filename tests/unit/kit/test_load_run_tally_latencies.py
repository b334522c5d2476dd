"""Times that are counted."""

from gateway.kit.load_run import Latencies


def test_percentiles_are_the_least_that_enough_of_all_do_not_exceed() -> None:
    times = Latencies()
    for ms in range(1, 101):
        times.add(ms)
    assert [times.percentile(percent) for percent in (50, 99, 100)] == [50, 99, 100]


def test_very_long_times_count_as_10_s() -> None:
    times = Latencies()
    times.add(60_000)
    assert times.percentile(50) == 10_000


def test_no_times_have_no_percentile() -> None:
    assert Latencies().percentile(99) == 0


def test_a_time_before_the_event_is_no_time() -> None:
    times = Latencies()
    times.add(-3)
    assert times.percentile(100) == 0
