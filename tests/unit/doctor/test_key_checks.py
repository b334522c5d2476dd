"""What is said of the keys of live sessions."""

import pytest

from gateway.doctor.finding import Level, judge
from gateway.doctor.key_checks import CHECKS, KeyFacts
from gateway.doctor.store_probe import Trouble
from tests.unit.doctor.samples import bad, of

OURS = {"k2": "bbbb", "k1": "aaaa"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (KeyFacts(OURS, "k2"), {}),
        (KeyFacts(OURS, "k2", OURS, {"k1": 3, "k2": 4}), {}),
        (KeyFacts(OURS, "k2", OURS, {"k0": 1}), {"keys live": Level.FAIL}),
        (KeyFacts(OURS, "k2", {"k1": "other"}, {"k1": 1}), {"keys live": Level.FAIL}),
        (KeyFacts(OURS, "k2", {"k2": "other"}), {"keys making": Level.WARN}),
        (KeyFacts(OURS, "k2", {"k2": "other"}, {"k2": 1}), {"keys live": Level.FAIL}),
        (KeyFacts(OURS, "k2", OURS, complete=False, unreadable=["7"]), {"keys records": Level.FAIL}),
        (KeyFacts(OURS, "k2", trouble=Trouble("refused", "allow it")), {"keys live": Level.WARN}),
    ],
)
def test_keys_that_are_needed(facts: KeyFacts, expected: dict[str, Level]) -> None:
    assert bad(judge(CHECKS, facts)) == expected


def test_the_missing_key_is_named_with_its_sessions() -> None:
    found = of(CHECKS, "keys live", KeyFacts(OURS, "k2", {}, {"k0": 12, "k2": 3}))
    assert found is not None
    assert found.found == "live sessions by key: k0 (12), k2 (3); k0 is not in GUID_SECRET_FILE"


def test_a_key_that_nobody_needs_may_go() -> None:
    found = of(CHECKS, "keys spare", KeyFacts(OURS, "k2", OURS, {"k2": 3}))
    assert found is not None
    assert (found.level, "k1" in found.found, "k2" in found.found) == (Level.OK, True, False)


def test_nothing_may_go_when_not_all_sessions_were_seen() -> None:
    assert of(CHECKS, "keys spare", KeyFacts(OURS, "k2", OURS, {"k2": 3}, complete=False)) is None


def test_the_first_agents_whose_records_are_not_understood_are_named() -> None:
    found = of(CHECKS, "keys records", KeyFacts(OURS, "k2", unreadable=[str(agent) for agent in range(101, 114)]))
    assert found is not None
    assert found.found.endswith("101, 102, 103, 104, 105, 106, 107, 108, 109, 110 and 3 more")
