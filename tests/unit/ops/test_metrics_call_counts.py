from prometheus_client import CollectorRegistry

from gateway.ops.metrics import FastCounter, FastGauge, FastHistogram


def test_a_counter_tells_each_combination_of_labels() -> None:
    counter, registry = FastCounter("calls", "for this test", ["operation", "retcode"]), CollectorRegistry()
    registry.register(counter)
    for retcode in ("0", "0", "100-006"):
        counter.add("login", retcode)
    found = [
        registry.get_sample_value("calls_total", {"operation": "login", "retcode": code}) for code in ("0", "100-006")
    ]
    assert found == [2, 1]


def test_a_histogram_tells_buckets_sum_and_count() -> None:
    histogram, registry = FastHistogram("lag_seconds", "for this test", (0.1, 1)), CollectorRegistry()
    registry.register(histogram)
    for seconds in (0.05, 0.1, 0.5, 7):
        histogram.observe(seconds)
    buckets = [registry.get_sample_value("lag_seconds_bucket", {"le": bound}) for bound in ("0.1", "1.0", "+Inf")]
    assert buckets == [2, 3, 4]
    assert registry.get_sample_value("lag_seconds_sum") == 7.65


def test_what_is_shared_is_the_same_and_never_counted_twice() -> None:
    counter, histogram = (
        FastCounter("calls", "for this test", ["operation"]),
        FastHistogram("lag_seconds", "a lag", (1,)),
    )
    registry = CollectorRegistry()
    for _ in range(3):
        counter.add("poll")
        histogram.observe(0.5)
        counter.share(registry)
        histogram.share(registry)
    histogram.share(registry)
    assert registry.get_sample_value("calls_total", {"operation": "poll"}) == 3
    assert registry.get_sample_value("lag_seconds_bucket", {"le": "1.0"}) == 3
    assert registry.get_sample_value("lag_seconds_count") == 3
    assert registry.get_sample_value("lag_seconds_sum") == 1.5


def test_a_gauge_tells_what_it_is_now_and_the_same_when_it_is_shared() -> None:
    gauge, own, shared = FastGauge("polls", "for this test"), CollectorRegistry(), CollectorRegistry()
    own.register(gauge)
    told = []
    for change in (2, 1, -2):
        gauge.value += change
        gauge.share(shared)
        told.append([registry.get_sample_value("polls") for registry in (own, shared)])
    assert told == [[2, 2], [3, 3], [1, 1]]
