"""What the charts of the last hour are made of."""

import pytest

from gateway.console.history import (
    MOST_REASONS,
    MOST_SAMPLES,
    OTHERS,
    History,
    HistorySample,
    Reading,
    columns,
    quantile_ms,
)
from gateway.wire import retcodes

INF = float("inf")


def history() -> History:
    return History({"login", "forceLogin"}, {"pollEvent"})


def one(now: Reading, before: Reading | None = None) -> HistorySample:
    """The sample between two readings."""
    made = history()
    made.take(before or Reading(), 1000)
    made.take(now, 11_000)
    [sample] = made.since(0)
    return sample


def test_the_first_reading_tells_only_where_counting_begins() -> None:
    made = history()
    made.take(Reading({("login", "0"): 5}), 1000)
    assert made.since(0) == []


def test_refusals_are_counted_by_reason() -> None:
    before = Reading({("sayFree", "000-003"): 2, ("login", "100-004"): 1, ("sayFree", "0"): 5})
    now = Reading({("sayFree", "000-003"): 5, ("login", "100-004"): 2, ("sayFree", "0"): 9, ("sayBusy", "000-003"): 1})
    assert one(now, before).refused == {"000-003": 4, "100-004": 1}


def test_sign_ins_are_counted_by_outcome_and_polls_apart_from_calls() -> None:
    now = Reading(
        {("login", "0"): 3, ("forceLogin", "0"): 1, ("login", "100-004"): 2, ("pollEvent", "0"): 7, ("sayFree", "0"): 4}
    )
    sample = one(now)
    assert (sample.signed_in, sample.not_signed_in, sample.polls, sample.calls) == (4, 2, 7, 10)


def test_what_took_long_is_told_of_this_sample_alone() -> None:
    before = Reading(took=[(0.01, 100), (0.1, 100), (INF, 100)])
    now = Reading(took=[(0.01, 100), (0.1, 110), (INF, 110)])
    sample = one(now, before)
    assert (sample.median_ms, sample.most_ms) == (55.0, 95.5)


def test_without_calls_there_is_no_latency() -> None:
    same = Reading(took=[(0.01, 100), (INF, 100)])
    sample = one(same, same)
    assert (sample.median_ms, sample.most_ms) == (None, None)


def test_the_store_and_sessions_are_as_they_stand() -> None:
    sample = one(Reading(parked=3, sessions=12, store_s=0.0021))
    assert (sample.parked, sample.sessions, sample.store_ms) == (3, 12, 2.1)


def test_a_store_out_of_reach_tells_no_number() -> None:
    sample = one(Reading())
    assert (sample.sessions, sample.store_ms) == (None, None)


def test_a_count_that_begins_anew_is_never_below_nothing() -> None:
    sample = one(Reading({("login", "0"): 1}, [(0.1, 1), (INF, 1)]), Reading({("login", "0"): 9}, [(0.1, 9), (INF, 9)]))
    assert (sample.signed_in, sample.median_ms) == (0, None)


def test_only_so_many_reasons_are_told() -> None:
    sample = one(Reading({("sayFree", f"900-{number:03}"): number + 1 for number in range(MOST_REASONS + 2)}))
    assert (len(sample.refused), sample.refused[OTHERS]) == (MOST_REASONS + 1, 1 + 2)


def test_an_hour_is_kept() -> None:
    made = history()
    for number in range(MOST_SAMPLES + 10):
        made.take(Reading(), number)
    kept = made.since(0)
    assert (len(kept), kept[0].at_ms, kept[-1].at_ms) == (MOST_SAMPLES, 10, MOST_SAMPLES + 9)


def test_what_came_after_a_time_can_be_asked_for() -> None:
    made = history()
    for at_ms in (1000, 2000, 3000, 4000):
        made.take(Reading(), at_ms)
    assert [sample.at_ms for sample in made.since(2000)] == [3000, 4000]


def test_columns_are_as_long_as_the_times_and_explain_the_reasons() -> None:
    made = history()
    made.take(Reading(), 1000)
    made.take(Reading({("sayFree", "000-003"): 1}), 2000)
    made.take(Reading({("sayFree", "000-003"): 1, ("sayFree", "9-9"): 2}), 3000)
    told = columns(made.since(0))
    assert told["at"] == [2000, 3000]
    assert told["refused"] == {"000-003": [1, 0], "9-9": [0, 2]}
    assert told["reasons"] == {"000-003": retcodes.MESSAGES["000-003"]}


@pytest.mark.parametrize(
    ("within", "share", "expected"),
    [
        ([], 0.5, None),
        ([(0.1, 0), (INF, 0)], 0.5, None),
        ([(0.1, 10), (INF, 10)], 0.5, 50.0),
        ([(0.1, 0), (0.2, 10), (INF, 10)], 0.5, 150.0),
        ([(0.1, 1), (INF, 10)], 0.95, 100.0),
    ],
)
def test_a_quantile_is_as_exact_as_the_bounds(
    within: list[tuple[float, float]], share: float, expected: float | None
) -> None:
    assert quantile_ms(within, share) == expected
