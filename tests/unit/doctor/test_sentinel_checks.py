"""What is said of sentinels from what they tell."""

from dataclasses import replace

import pytest

from gateway.doctor.finding import Level, judge
from gateway.doctor.sentinel_checks import CHECKS, AllSentinels, SentinelFacts
from gateway.doctor.store_probe import Trouble
from tests.unit.doctor.samples import bad, of

STATE = {"flags": "master", "quorum": "2", "num-other-sentinels": "2", "down-after-milliseconds": "5000"}
GOOD = SentinelFacts("one:1", None, ("ten", 7), STATE, "OK")
SILENT = SentinelFacts("two:2", Trouble("no answer within 2000 ms", ""))


def three(*changed: SentinelFacts) -> AllSentinels:
    """Three sentinels, the last ones changed."""
    return AllSentinels("desks", (*(GOOD, GOOD, GOOD)[: 3 - len(changed)], *changed))


def test_of_three_that_agree_all_is_well() -> None:
    assert bad(judge(CHECKS, three())) == {}


def test_one_that_is_silent_is_named() -> None:
    found = of(CHECKS, "sentinel reach", three(SILENT))
    assert found is not None
    assert (found.level, "2 of 3 answer; not two:2 (no answer within 2000 ms)" in found.found) == (Level.WARN, True)


def test_when_all_are_silent_that_is_all_there_is_to_say() -> None:
    assert bad(judge(CHECKS, three(SILENT, SILENT, SILENT))) == {"sentinel reach": Level.FAIL}


@pytest.mark.parametrize("other", [("other", 7), None])
def test_sentinels_that_do_not_agree(other: tuple[str, int] | None) -> None:
    assert bad(judge(CHECKS, three(replace(GOOD, place=other)))) == {"sentinel primary": Level.FAIL}


def test_a_name_that_none_knows() -> None:
    stranger = SentinelFacts("one:1")
    found = of(CHECKS, "sentinel primary", three(stranger, stranger, stranger))
    assert found is not None
    assert "none knows a primary named desks" in found.found


@pytest.mark.parametrize("flags", ["master,s_down", "master,o_down,s_down"])
def test_a_primary_that_is_down(flags: str) -> None:
    down = replace(GOOD, state={**STATE, "flags": flags})
    assert bad(judge(CHECKS, three(down))) == {"sentinel state": Level.FAIL}


def test_a_fail_over_that_cannot_be_decided() -> None:
    helpless = replace(GOOD, quorum="NOQUORUM 1 usable Sentinels")
    assert bad(judge(CHECKS, three(helpless))) == {"sentinel quorum": Level.FAIL}


def test_fewer_than_three() -> None:
    lonely = replace(GOOD, state={**STATE, "num-other-sentinels": "1"})
    assert bad(judge(CHECKS, AllSentinels("desks", (lonely, lonely)))) == {"sentinel quorum": Level.WARN}


def test_a_user_who_may_not_ask_for_all_is_told_what_was_left_out() -> None:
    curt = replace(GOOD, state={}, quorum="", refused=("SENTINEL MASTER", "SENTINEL CKQUORUM"))
    assert bad(judge(CHECKS, AllSentinels("desks", (curt, curt, curt)))) == {
        "SENTINEL CKQUORUM": Level.WARN,
        "SENTINEL MASTER": Level.WARN,
    }


def test_a_user_who_may_not_ask_where_the_primary_is() -> None:
    mute = SentinelFacts("one:1", refused=("SENTINEL GET-MASTER-ADDR-BY-NAME",))
    assert bad(judge(CHECKS, AllSentinels("desks", (mute,)))) == {"sentinel primary": Level.FAIL}


def test_a_fail_over_that_begins_late() -> None:
    slow = replace(GOOD, state={**STATE, "down-after-milliseconds": "30000"})
    assert bad(judge(CHECKS, three(slow))) == {"sentinel down-after": Level.WARN}


def test_the_primary_of_the_newest_fail_over_is_the_one_to_look_at() -> None:
    newer = replace(GOOD, place=("other", 7), state={**STATE, "config-epoch": "4"})
    assert three(newer).places == (("other", 7), ("ten", 7))
