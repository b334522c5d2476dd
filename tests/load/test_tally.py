"""When a load is a pass."""

import pytest

from tests.load.tally import FAULTS, Tally, percentile


def proven() -> Tally:
    return Tally(adopted=1, expired_tried=1, calls_in_grace=1, events_made=1)


def test_all_claims_tested_and_none_broken_is_a_pass() -> None:
    assert proven().failures() == []


@pytest.mark.parametrize("fault", FAULTS)
def test_one_broken_claim_is_a_failure(fault: str) -> None:
    tally = proven()
    tally.fault(fault, "agent 1")
    assert tally.failures() == [f"{fault}: 1"]


@pytest.mark.parametrize("count", ["adopted", "expired_tried", "calls_in_grace", "events_made"])
def test_a_claim_that_was_not_tested_is_a_failure(count: str) -> None:
    tally = proven()
    setattr(tally, count, 0)
    assert len(tally.failures()) == 1


def test_the_summary_names_every_claim() -> None:
    text = "\n".join(proven().summary())
    assert all(fault in text for fault in FAULTS)


@pytest.mark.parametrize(("percent", "value"), [(50, 3), (99, 4), (100, 4)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], percent) == value


def test_the_percentile_of_nothing_is_0() -> None:
    assert percentile([], 50) == 0
