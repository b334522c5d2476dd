"""The store out of reach: nobody is signed out for it (design sections 5 and 11)."""

import asyncio

import pytest

from tests.faults.conftest import KIND
from tests.faults.outage import Fault, Seen, retcodes, run_outage
from tests.support.servers import Server

SHORT = {
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "3000",
    "AUTHMODE_STATIC_AGENTS": "102-105",
    "MAXTIME": "3000",
    "AGENT_POLL_WAIT_TIMES": "10",
}
"""Grace 2 s, idle limit 3 s, hold 1 s: an outage of 3.5 s is longer than all of them. Agent 101 alone rotates."""
SHORT_S, DEFAULT_S, LONG_S = 3.5, 20.0, 125.0
STORE_TIMEOUT_S = 0.8
SLACK_S = 0.4
"""For machines that are busy with other tests."""

FROZEN = (Server.freeze, Server.thaw)
KILLED = (Server.kill, Server.start)
FAULTS = {
    "frozen": Fault(*FROZEN, SHORT_S, 2.0, 1.0, SHORT),
    "killed": Fault(*KILLED, SHORT_S, 2.0, 1.0, SHORT),
    "frozen-20-s": Fault(*FROZEN, DEFAULT_S, 60.0, 10.0),
    "killed-20-s": Fault(*KILLED, DEFAULT_S, 60.0, 10.0),
    "frozen-beyond-maxtime": Fault(*FROZEN, LONG_S, 60.0, 10.0),
}
"""The last ones under default settings: MAXTIME 120 s, grace 60 s, hold 10 s."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[] if fault.settings else pytest.mark.slow) for name, fault in FAULTS.items()],
)
def fault(request: pytest.FixtureRequest) -> Fault:
    return FAULTS[request.param]


@pytest.fixture(scope="module")
def seen(fault: Fault, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(run_outage(tmp_path_factory.mktemp("outage"), KIND, fault))


def test_calls_answer_503_with_a_code_and_when_to_try_again(seen: Seen) -> None:
    assert retcodes(seen.calls) == {(503, "100-007")}
    assert {call.answer.headers["Retry-After"] for call in seen.calls} == {"1"}


def test_calls_answer_within_a_second(seen: Seen) -> None:
    assert max(call.took_s for call in seen.calls) < 1


def test_polls_are_parked_up_to_the_hold_and_then_answer_503(seen: Seen, fault: Fault) -> None:
    assert retcodes(seen.polls) == {(503, "100-007")}
    assert all(fault.hold_s <= poll.took_s < fault.hold_s + STORE_TIMEOUT_S + SLACK_S for poll in seen.polls)


def test_the_gateway_is_live_but_not_ready_and_says_why(seen: Seen) -> None:
    assert {answer.status for answer in seen.live} == {200}
    assert {answer.status for answer in seen.ready} == {503}
    assert all(answer.json["store"] != "ok" and answer.json["settings"] == "ok" for answer in seen.ready)


def test_a_desk_that_polls_on_meets_nothing_but_503(seen: Seen) -> None:
    assert set(seen.regular) == {"0", "100-007"}


def test_all_is_well_again_without_a_restart(seen: Seen) -> None:
    assert (seen.running, seen.sign_in, seen.event) == (True, "0", "AgentState_SetNotReady_Success")


def test_a_silent_session_outlives_the_outage(seen: Seen) -> None:
    assert seen.silent == "0"


def test_a_replaced_guid_works_again_after_the_outage(seen: Seen) -> None:
    assert seen.former_first == "0"


def test_a_replaced_guid_has_a_new_full_grace_and_no_more(seen: Seen, fault: Fault) -> None:
    if not fault.settings:
        pytest.skip("the grace is too long to wait for its end")
    assert seen.former_refused == "000-003"
    assert fault.grace_s <= seen.former_refused_s < fault.grace_s + seen.back_s + SLACK_S
