"""The store out of reach: nobody is signed out for it (docs/protocol.md, Time limits; docs/design/failure.md)."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.backend import Admitted, Entered
from tests.faults.conftest import KIND
from tests.faults.outage import STORE, Fault, Seen, retcodes, run_outage
from tests.support.gateway import running_gateway
from tests.support.servers import Server
from tests.support.site import Site
from tests.support.waiting import lost_time

SHORT = {
    "GUIDINTERVAL": "1000",
    "GUIDTIMEOUT": "3000",
    "AUTHMODE_STATIC_AGENTS": "102-105",
    "AGENT_POLL_WAIT_TIMES": "10",
}
"""Grace 2 s, hold 1 s, idle limit 3 s: an outage of 3.5 s is longer than all of them. Agent 101 alone rotates."""
SHORT_S, DEFAULT_S, LONG_S = 3.5, 20.0, 125.0
STORE_TIMEOUT_S = 0.8
SLACK_S = 1.0
"""For machines that are busy with other tests; the slow tests go without."""

FROZEN = (Server.freeze, Server.thaw)
KILLED = (Server.kill, Server.start)
FAULTS = {
    "frozen": Fault(*FROZEN, SHORT_S, 2.0, 1.0, "3000", SHORT),
    "killed": Fault(*KILLED, SHORT_S, 2.0, 1.0, "3000", SHORT),
    "frozen-20-s": Fault(*FROZEN, DEFAULT_S, 60.0, 10.0),
    "killed-20-s": Fault(*KILLED, DEFAULT_S, 60.0, 10.0),
    "frozen-beyond-maxtime": Fault(*FROZEN, LONG_S, 60.0, 10.0),
}
"""The last ones under default settings: MAXTIME 120 s, grace 60 s, hold 10 s."""


def slack_s(fault: Fault) -> float:
    return SLACK_S if fault.settings else 0.0


Claim = Callable[[Seen, Fault], None]


def calls_answer_503_with_a_code_and_when_to_try_again(seen: Seen, _fault: Fault) -> None:
    assert retcodes(seen.calls) == {(503, "100-007")}
    assert {call.answer.headers["Retry-After"] for call in seen.calls} == {"1"}


def calls_answer_within_a_second(seen: Seen, fault: Fault) -> None:
    assert max(call.took_s - call.lost_s for call in seen.calls) < 1 + slack_s(fault)


def polls_are_parked_up_to_the_hold_and_then_answer_503(seen: Seen, fault: Fault) -> None:
    assert retcodes(seen.polls) == {(503, "100-007")}
    longest_s = fault.hold_s + STORE_TIMEOUT_S + 0.2 + slack_s(fault)
    assert all(fault.hold_s <= poll.took_s < longest_s + poll.lost_s for poll in seen.polls)


def the_gateway_is_live_but_not_ready_and_says_why(seen: Seen, _fault: Fault) -> None:
    assert {answer.status for answer in seen.live} == {200}
    assert {answer.status for answer in seen.ready} == {503}
    assert all(answer.json["store"] != "ok" and answer.json["settings"] == "ok" for answer in seen.ready)


def a_desk_that_polls_on_meets_nothing_but_503(seen: Seen, _fault: Fault) -> None:
    assert set(seen.regular) == {"0", "100-007"}


def all_is_well_again_without_a_restart(seen: Seen, _fault: Fault) -> None:
    assert (seen.sign_in, seen.event) == ("0", "AgentState_SetNotReady_Success")


def a_silent_session_outlives_the_outage(seen: Seen, _fault: Fault) -> None:
    assert seen.silent == "0"


def a_replaced_guid_works_again_after_the_outage(seen: Seen, _fault: Fault) -> None:
    assert seen.former_first == "0"


def a_replaced_guid_has_a_new_full_grace_and_no_more(seen: Seen, fault: Fault) -> None:
    """Where the grace is short enough to wait for its end."""
    if fault.settings:
        assert seen.former_refused == "000-003"
        assert fault.grace_s <= seen.former_refused_s
        assert seen.former_refused_s - seen.former_lost_s < fault.grace_s + seen.back_s + 2 * SLACK_S


CLAIMS: tuple[Claim, ...] = (
    calls_answer_503_with_a_code_and_when_to_try_again,
    calls_answer_within_a_second,
    polls_are_parked_up_to_the_hold_and_then_answer_503,
    the_gateway_is_live_but_not_ready_and_says_why,
    a_desk_that_polls_on_meets_nothing_but_503,
    all_is_well_again_without_a_restart,
    a_silent_session_outlives_the_outage,
    a_replaced_guid_works_again_after_the_outage,
    a_replaced_guid_has_a_new_full_grace_and_no_more,
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if fault.settings else pytest.mark.slow) for name, fault in FAULTS.items()]
)
async def test_a_store_out_of_reach_signs_nobody_out(name: str, tmp_path: Path, subtests: pytest.Subtests) -> None:
    """One outage takes long, so that all that is claimed of it is looked at in one go."""
    seen = await run_outage(tmp_path, KIND, FAULTS[name])
    for claim in CLAIMS:
        with subtests.test(claim.__name__):
            claim(seen, FAULTS[name])


@pytest.mark.slow
async def test_a_sign_in_that_the_store_fails_half_way_answers_within_a_second(
    tmp_path: Path, redis_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Site(tmp_path, {"REDIS_URL": redis_server.url}).config
    async with running_gateway(STORE, config=config) as gateway, lost_time() as lost:
        enter, frozen_s = gateway.app.backend.enter, math.inf

        async def enter_and_freeze(admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
            nonlocal frozen_s
            entered = await enter(admitted, session_id, login_time_ms)
            redis_server.freeze()
            frozen_s = time.monotonic() - lost.s
            return entered

        monkeypatch.setattr(gateway.app.backend, "enter", enter_and_freeze)
        answer = await gateway.desk(101).sign_in()
        took_s = time.monotonic() - lost.s - frozen_s
        redis_server.thaw()
    assert (answer.status, answer.retcode) == (503, "100-007")
    assert took_s < 1.4  # Two time-outs one after the other take longer.
