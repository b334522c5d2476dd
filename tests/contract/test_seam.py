"""What every contact centre promises at the seam (`gateway.backend.Backend`), the embedded one and one behind HTTP."""

import itertools
from collections.abc import AsyncIterator

import pytest

from gateway.backend import BackendAnswer, EndReason, OperationRequest
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.invocation import File
from gateway.wire.errors import Refused
from tests.support.gateway_side import KINDS, GatewaySide, file_name, gateway_side, is_turned_away, whole
from tests.support.waiting import until, until_async

AGENT, COLLEAGUE, INSPECTOR = 101, 102, 119
CALLER = "15500000009"
VOICE = 1
BYTES = bytes(range(256)) * 40
MOST_GUESSES = 30


@pytest.fixture(params=KINDS)
async def side(request: pytest.FixtureRequest) -> AsyncIterator[GatewaySide]:
    async with gateway_side(request.param) as made:
        yield made


async def refusal(side: GatewaySide, agent_id: int, password: str) -> str:
    with pytest.raises(Refused) as refused:
        await side.admit(agent_id, password)
    return refused.value.retcode


async def talk(side: GatewaySide, agent_id: int = AGENT) -> None:
    """A customer calls the agent, who answers."""
    assert await side.code(agent_id, "sayFree") == "0"
    await side.floor.customers.place(VOICE, CALLER)
    assert side.in_call(agent_id)
    assert await side.code(agent_id, "answer") == "0"
    assert side.state(agent_id) is State.TALKING


# admit


async def test_who_has_the_right_password_is_admitted(side: GatewaySide) -> None:
    admitted = await side.admit(AGENT)
    assert (admitted.agent_id, admitted.may_be_forced) == (AGENT, True)


@pytest.mark.parametrize(("agent_id", "password"), [(AGENT, "wrong"), (999_998, "Welcome-Desk7")])
async def test_who_has_not_and_who_is_unknown_hear_the_same(side: GatewaySide, agent_id: int, password: str) -> None:
    assert await refusal(side, agent_id, password) == "100-004"
    assert side.state(agent_id) is None


async def test_who_guesses_is_locked_out_and_the_right_password_helps_no_more(side: GatewaySide) -> None:
    codes = [await refusal(side, AGENT, f"guess {number}") for number in range(MOST_GUESSES)]
    first = codes.index("110-016")
    assert set(codes[:first]) == {"100-004"}
    assert set(codes[first:]) == {"110-016"}
    assert await refusal(side, AGENT, "Welcome-Desk7") == "110-016"


# enter, opened, leave, withdraw


async def test_who_was_let_in_is_signed_in_and_told_so(side: GatewaySide) -> None:
    entry = await side.enter(await side.admit(AGENT))
    assert b'"vdnid"' in await whole(entry.entered.answer)
    await side.keep(entry)
    side.opened(entry)
    assert side.state(AGENT) is not None
    await side.hears(AGENT, "AgentState_Ready")


STEPS = ("opened", "leave", "leave again")


@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)), ids=", ".join)
async def test_a_forced_sign_in_takes_over_in_whatever_order_it_is_told(
    side: GatewaySide, order: tuple[str, ...]
) -> None:
    former = await side.sign_in(AGENT)
    await talk(side)
    entry = await side.enter(await side.admit(AGENT, force=True))
    await side.keep(entry)
    for step in order:
        if step == "opened":
            side.opened(entry)
        else:
            await side.leave(former, EndReason.TAKEN_OVER)
        assert await side.code(AGENT, "getAgentStatus") == "0", "the first of them makes it the agent's"
    assert side.floor.world.calls == {}, "the call was of the former session"
    assert await is_turned_away(side.perform_as(former, "getAgentStatus"))
    assert await side.code(AGENT, "getAgentStatus") == "0"
    assert side.state(AGENT) is State.IDLE
    assert await side.code(AGENT, "sayBusy") == "0"
    await side.hears(AGENT, "AgentState_SetNotReady_Success")


async def test_the_former_session_acts_until_its_leave(side: GatewaySide) -> None:
    """Unless the centre lets in by itself: then it has ended it by itself as well."""
    former = await side.sign_in(AGENT)
    admitted = await side.admit(AGENT, force=True)
    await side.enter(admitted)
    assert await is_turned_away(side.perform_as(former, "getAgentStatus")) is (admitted.let_in is not None)


@pytest.mark.parametrize("reached", ["admitted", "entered", "opened and left"])
async def test_of_a_sign_in_that_came_to_nothing_nothing_is_left(side: GatewaySide, reached: str) -> None:
    admitted = await side.admit(AGENT)
    if reached != "admitted":
        entry = await side.enter(admitted)
        if reached == "opened and left":
            side.opened(entry)
        await side.backend.withdraw(admitted)
        await side.leave(entry.live)
    else:
        await side.backend.withdraw(admitted)
    assert side.state(AGENT) is None
    await side.sign_in(AGENT)


async def test_a_forced_sign_in_that_came_to_nothing_leaves_the_former_as_it_was(side: GatewaySide) -> None:
    """Unless the centre lets in by itself: then it has ended the former one by itself as well."""
    former = await side.sign_in(AGENT)
    assert await side.code(AGENT, "sayBusy") == "0"
    admitted = await side.admit(AGENT, force=True)
    entry = await side.enter(admitted)
    await side.backend.withdraw(admitted)
    await side.leave(entry.live)
    assert side.state(AGENT) is (State.BUSY if admitted.let_in is None else None)
    assert await is_turned_away(side.perform_as(former, "getAgentStatus")) is (admitted.let_in is not None)
    await side.leave(former)
    assert side.state(AGENT) is None


async def test_a_leave_told_again_and_again_does_no_harm_to_a_later_session(side: GatewaySide) -> None:
    former = await side.sign_in(AGENT)
    await side.drop(former)
    for _ in range(2):
        await side.leave(former)
    assert side.state(AGENT) is None
    await side.sign_in(AGENT)
    await side.leave(former)
    assert await side.code(AGENT, "getAgentStatus") == "0"


async def test_a_leave_of_a_session_that_nobody_knows_does_no_harm(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    for agent_id in (AGENT, COLLEAGUE, 999_998):
        await side.leave(type(live)(agent_id, "f" * 32, side.now_ms()))
    assert await side.code(AGENT, "getAgentStatus") == "0"


async def test_whoever_leaves_by_force_while_talking_leaves_a_call_that_ends(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    await talk(side)
    await side.drop(live)
    await side.leave(live, code=7)
    assert side.state(AGENT) is None
    assert side.floor.world.calls == {}


# perform


async def test_a_question_is_answered(side: GatewaySide) -> None:
    await side.sign_in(AGENT)
    assert (await side.result(AGENT, "getAgentStatus"))["agentState"] == 4


async def test_events_come_in_the_order_in_which_things_happened(side: GatewaySide) -> None:
    await side.sign_in(AGENT)
    for name, values in (
        ("sayBusy", {}),
        ("sayFree", {}),
        ("rest", {"time": "600", "restcause": "2"}),
        ("cancelRest", {}),
        ("sayBusy", {}),
    ):
        assert await side.code(AGENT, name, values) == "0"
    await side.hears(
        AGENT,
        "AgentState_SetNotReady_Success",
        "AgentState_CancelNotReady_Success",
        "AgentState_SetRest_Success",
        "AgentState_CancelRest_Success",
        "AgentState_SetNotReady_Success",
    )
    assert side.state(AGENT) is State.BUSY


async def test_one_agent_s_operation_tells_another(side: GatewaySide) -> None:
    for agent_id in (AGENT, COLLEAGUE):
        await side.sign_in(agent_id)
    body = {"agentIds": [str(COLLEAGUE)], "content": "hello"}
    assert await side.code(AGENT, "sendNoteletEx", body=body) == "0"
    await side.hears(COLLEAGUE, "AgentOther_Note")
    assert "AgentOther_Note" not in await side.events(side.sessions[AGENT])


@pytest.mark.parametrize(
    ("name", "values", "retcode"),
    [
        ("answer", {}, "200-002"),
        ("cancelRest", {}, "100-009"),
        ("forceBusy", {"workNo": str(COLLEAGUE)}, "900-002"),
        ("rest", {"time": "never", "restcause": "0"}, "000-002"),
        ("downloadRecordFile", {"recordId": "1"}, "104-001"),
    ],
)
async def test_what_the_centre_refuses_is_said_in_its_own_code(
    side: GatewaySide, name: str, values: dict[str, str], retcode: str
) -> None:
    await side.sign_in(AGENT)
    assert await side.code(AGENT, name, values) == retcode
    assert await side.code(AGENT, "getAgentStatus") == "0"


@pytest.mark.parametrize("side", ["upstream"], indirect=True)
async def test_a_code_that_nobody_knows_here_is_passed_on_with_its_message(
    side: GatewaySide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The codes of an embedded centre are known."""

    async def refuse(_request: OperationRequest) -> BackendAnswer:
        raise Refused("987-654", "in words of its own")

    await side.sign_in(AGENT)
    monkeypatch.setattr(side.floor, "perform", refuse)
    answer = await side.perform(AGENT, "getAgentStatus")
    assert (answer.retcode, b"in words of its own" in await whole(answer)) == ("987-654", True)
    monkeypatch.undo()
    assert await side.code(AGENT, "getAgentStatus") == "0"


async def test_a_desktop_that_was_loaded_anew_gets_no_event_of_before(side: GatewaySide) -> None:
    async def something_waits() -> bool:
        return await side.waiting(AGENT) > 0

    live = await side.sign_in(AGENT)
    await side.hears(AGENT, "AgentState_Ready")
    assert await side.code(AGENT, "sayBusy") == "0"
    await until_async(something_waits)
    assert await side.code(AGENT, "syncagentinfo") == "0"
    assert "AgentState_SetNotReady_Success" not in await side.events(live)
    assert await side.code(AGENT, "cancelBusy") == "0"
    await side.hears(AGENT, "AgentState_CancelNotReady_Success")


async def test_a_file_arrives_byte_for_byte_with_its_name(side: GatewaySide) -> None:
    for agent_id in (AGENT, COLLEAGUE):
        await side.sign_in(agent_id)
    assert await side.code(AGENT, "chatInternalCall", {"destno": str(COLLEAGUE)}) == "0"
    (call_id,) = side.floor.world.activities.chats
    assert await side.code(COLLEAGUE, "chatAnswer", {"callid": call_id}) == "0"
    about = {"callId": call_id, "isNeedConfirm": "false", "chatId": "1", "msgType": "22", "remark": "x"}
    sent = await side.result(AGENT, "uploadMediaFile", about, file=File("bild ä.png", BYTES))
    got = await side.perform(COLLEAGUE, "downloadMediaFile", {"filePath": sent["filePath"]})
    assert (await whole(got), file_name(got), sent["fileName"]) == (BYTES, "bild ä.png", "bild ä.png")


async def test_whether_an_agent_may_be_silent_is_told(side: GatewaySide) -> None:
    live = await side.sign_in(INSPECTOR)
    for flag, silent in (("false", True), ("true", False)):
        assert await side.code(INSPECTOR, "setAgentTimeOut", {"flag": flag}) == "0"
        assert side.silent(live) is silent


# ask to leave, stay


@pytest.mark.parametrize("too_old", [False, True], ids=["signs out", "too old"])
async def test_who_talks_may_not_leave(side: GatewaySide, too_old: bool) -> None:
    await side.sign_in(AGENT)
    await talk(side)
    with pytest.raises(Refused) as refused:
        await side.ask_to_leave(AGENT, too_old=too_old)
    assert refused.value.retcode == "100-010"
    assert side.state(AGENT) is State.TALKING
    assert await side.code(AGENT, "release") == "0"


@pytest.mark.parametrize("too_old", [False, True], ids=["signs out", "too old"])
async def test_who_may_leave_gets_no_call_any_more(side: GatewaySide, too_old: bool) -> None:
    live = await side.sign_in(AGENT)
    assert await side.code(AGENT, "sayFree") == "0"
    leave = await side.ask_to_leave(AGENT, too_old=too_old)
    await side.floor.customers.place(VOICE, CALLER)
    assert not side.in_call(AGENT)
    await side.drop(live)
    if not leave.told:
        await side.leave(live)
    assert side.state(AGENT) is None


async def test_who_stays_after_all_is_as_before_unless_the_yes_was_final(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    assert await side.code(AGENT, "sayFree") == "0"
    leave = await side.ask_to_leave(AGENT)
    await side.floor.customers.place(VOICE, CALLER)
    side.backend.stay(AGENT, live.session_id)
    if leave.told:
        assert await side.over(live) is EndReason.SIGNED_OUT
        assert side.state(AGENT) is None
    else:
        assert await side.over(live) is None
        assert side.in_call(AGENT)


async def test_to_stay_without_having_asked_changes_nothing_of_a_session_that_is_unknown(side: GatewaySide) -> None:
    await side.sign_in(AGENT)
    side.backend.stay(AGENT, "f" * 32)
    side.backend.stay(COLLEAGUE, "f" * 32)
    assert await side.code(AGENT, "sayBusy") == "0"


async def test_who_signed_out_may_sign_in_again(side: GatewaySide) -> None:
    for _ in range(2):
        await side.sign_in(AGENT)
        await side.sign_out(AGENT)
        assert side.state(AGENT) is None


# ended by the centre


async def test_whom_an_inspector_signs_out_is_over_with_that_reason(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    await side.sign_in(INSPECTOR)
    assert await side.code(INSPECTOR, "forceLogOutAgent", {"workNo": str(AGENT)}) == "0"
    assert side.state(AGENT) is None
    assert await side.ends(live) is EndReason.FORCED
    await side.leave(live)
    assert await side.over(side.sessions[INSPECTOR]) is None


async def test_what_the_centre_ended_may_begin_again(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    await side.sign_in(INSPECTOR)
    assert await side.code(INSPECTOR, "forceLogOutAgent", {"workNo": str(AGENT)}) == "0"
    await side.ends(live)
    await side.drop(live)
    again = await side.sign_in(AGENT)
    await side.leave(live)
    assert await side.code(AGENT, "getAgentStatus") == "0"
    assert await side.over(again) is None


# resume, compare


async def test_after_a_start_sessions_go_on_where_they_were(side: GatewaySide) -> None:
    for agent_id, name in ((AGENT, "sayBusy"), (COLLEAGUE, "sayFree")):
        await side.sign_in(agent_id)
        assert await side.code(agent_id, name) == "0"
    await side.hears(AGENT, "AgentState_SetNotReady_Success")
    await side.restart()
    assert (side.state(AGENT), side.state(COLLEAGUE)) == (State.BUSY, State.IDLE)
    assert await side.code(AGENT, "cancelBusy") == "0"
    await side.hears(AGENT, "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success")
    await side.sign_out(COLLEAGUE)


async def test_to_resume_a_session_that_is_there_changes_nothing(side: GatewaySide) -> None:
    await side.sign_in(AGENT)
    await talk(side)
    side.backend.resume([await side.newest(AGENT)])
    assert side.state(AGENT) is State.TALKING
    assert await side.code(AGENT, "release") == "0"


async def test_to_compare_lets_nobody_go_who_is_signed_in(side: GatewaySide) -> None:
    live = await side.sign_in(AGENT)
    await side.time.pass_s(60)
    side.backend.compare({AGENT: live.session_id})
    assert await side.code(AGENT, "getAgentStatus") == "0"


@pytest.mark.parametrize("side", ["embedded"], indirect=True)
async def test_to_compare_lets_go_of_whom_the_gateway_does_not_know(side: GatewaySide) -> None:
    """What is behind HTTP has time limits of its own."""
    await side.sign_in(AGENT)
    side.backend.compare({})
    assert side.state(AGENT) is not None, "it has only just signed in"
    await side.time.pass_s(60)
    side.backend.compare({AGENT: "f" * 32})
    assert side.state(AGENT) is None


@pytest.mark.parametrize("side", ["embedded"], indirect=True)
async def test_a_yes_that_nobody_follows_up_lapses(side: GatewaySide) -> None:
    await side.sign_in(AGENT)
    assert await side.code(AGENT, "sayFree") == "0"
    await side.ask_to_leave(AGENT)
    await side.floor.customers.place(VOICE, CALLER)
    await until(lambda: not side.in_call(AGENT))
    await side.time.pass_s(5)
    assert side.in_call(AGENT)
