"""When a number of fail-overs is a pass."""

from dataclasses import replace
from typing import Any

import pytest

from tests.failover.history import FAULTS, Fact, Fault, Kind, Outcome
from tests.failover.result import Result, Round

ALL = [Fact(1, kind, 1, 0, 0, 1, Outcome.ACCEPTED) for kind in Kind]


def passing() -> Result:
    return Result({"service is back": 3.0}, [Round({"service is back": 2.0}, {"sign-outs": 1})], [], ALL)


def test_all_claims_tested_and_none_broken_is_a_pass() -> None:
    assert passing().failures() == []


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_a_failure(name: str) -> None:
    assert replace(passing(), faults=[Fault(name, ALL[0])]).failures() == [f"{name}: 1"]


@pytest.mark.parametrize("seconds", [3.1, float("inf")])
def test_what_came_too_late_or_never_is_a_failure(seconds: float) -> None:
    late = [Round({"service is back": seconds}, {"sign-outs": 1})]
    assert len(replace(passing(), rounds=late).failures()) == 1


@pytest.mark.parametrize(
    "untested",
    [
        {"rounds": []},
        {"rounds": [Round({"service is back": 2.0}, {"sign-outs": 0})]},
        {"facts": [fact for fact in ALL if fact.kind is not Kind.SIGN_OUT]},
    ],
    ids=["no round", "a count of 0", "no sign-out"],
)
def test_what_was_not_tested_is_a_failure(untested: dict[str, Any]) -> None:
    assert len(replace(passing(), **untested).failures()) == 1


def test_the_summary_tells_what_led_to_a_fault() -> None:
    text = "\n".join(replace(passing(), faults=[Fault(FAULTS[0], ALL[-1])]).summary())
    assert f"{FAULTS[0]}: agent 1, session 1" in text
