"""Agents come and go: forced sign-ins, ends of sessions, sign-outs that were asked for, a start of the process."""

import pytest

from gateway.agents.registry import Agent
from gateway.backend import Admitted, End, EndReason, Entered, LiveSession
from gateway.contact_centre.floor.agent_state import State
from gateway.interface.sign_in_models import LightSignInBody
from gateway.wire.errors import Refused, Unavailable
from tests.support.hall import Hall


async def _let_in(hall: Hall, agent_id: int, session_id: str, **body: object) -> Entered:
    """The agent is let in, and its session is not open yet."""
    agent = hall.registry.get(agent_id)
    assert isinstance(agent, Agent)
    asked = LightSignInBody.model_validate({"password": "x", "phonenum": "6001", **body})
    return await hall.centre.enter(Admitted(agent_id, proof=(agent, asked)), session_id, hall.time.now_ms)


def _live(hall: Hall, agent_id: int) -> LiveSession:
    session_id = hall.sessions[agent_id]
    return LiveSession(agent_id, session_id, hall.time.now_ms, hall.desktops.notes[session_id])


def _started_anew(hall: Hall, *agents: int) -> Hall:
    """Another process that finds these sessions alive."""
    anew = Hall()
    for agent_id in agents:
        anew.sessions[agent_id] = hall.sessions[agent_id]
        anew.desktops.told[hall.sessions[agent_id]] = []
    anew.centre.resume([_live(hall, agent_id) for agent_id in agents])
    return anew


async def test_an_agent_who_is_let_in_gets_no_call_before_the_session_is_open() -> None:
    hall = Hall()
    await _let_in(hall, 101, "s")
    await hall.customers.place_for(101, "138")
    assert not hall.world.desks
    hall.desktops.told["s"] = []
    hall.sessions[101] = "s"
    hall.centre.opened(101, "s", None)
    assert "AgentEvent_Ringing" in await hall.kinds(101) or (await hall.state(101)).state is State.TALKING


async def test_a_forced_sign_in_stands_beside_the_former_session_until_that_is_over() -> None:
    hall = Hall()
    former = await hall.enter(101)
    await _let_in(hall, 101, "s")
    assert hall.world.desks[101].session_id == former
    await hall.centre.leave(End(101, former, EndReason.TAKEN_OVER, hall.time.now_ms))
    assert hall.world.desks[101].session_id == "s"


async def test_a_forced_sign_in_that_came_to_nothing_leaves_the_former_session_alone() -> None:
    hall = Hall()
    former = await hall.enter(101)
    await _let_in(hall, 101, "s")
    await hall.centre.leave(End(101, "s", EndReason.REPLACED, hall.time.now_ms))
    assert (hall.world.desks[101].session_id, hall.centre.roster.entering) == (former, {})


async def test_an_end_is_told_twice_without_harm() -> None:
    hall = Hall()
    session_id = await hall.enter(101)
    for _ in range(2):
        await hall.centre.leave(End(101, session_id, EndReason.IDLE, hall.time.now_ms))
    assert not hall.world.desks


async def test_nobody_signs_out_without_force_while_talking() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.customers.place(1, "138")
    with pytest.raises(Refused) as refusal:
        await hall.centre.ask_to_leave(_live(hall, 101))
    assert refusal.value.retcode == "100-010"


async def test_who_may_sign_out_gets_no_new_call_for_five_seconds() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    await hall.centre.ask_to_leave(_live(hall, 101))
    await hall.customers.place(1, "138")
    await hall.time.pass_s(4)
    assert (await hall.state(101)).state is State.IDLE
    await hall.time.pass_s(1)
    assert (await hall.state(101)).state is State.TALKING


async def test_who_stays_gets_calls_again_at_once() -> None:
    hall = Hall()
    session_id = await hall.enter(101, autoanswer=False)
    await hall.centre.ask_to_leave(_live(hall, 101))
    await hall.customers.place(1, "138")
    hall.centre.stay(101, session_id)
    assert (await hall.state(101)).state is State.TALKING


async def test_after_a_start_agents_are_what_they_were_and_are_told_as_at_a_sign_in() -> None:
    hall = Hall()
    await hall.enter(101, skills="2")
    await hall.do(101, "sayBusy", {"reason": "205"})
    anew = _started_anew(hall, 101)
    state = await anew.state(101)
    assert (state.state, state.reason, state.skills) == (State.BUSY, 205, (2,))
    assert [(told.kind, told.content) for told in await anew.told(101)] == [
        ("AgentOther_InService", None),
        ("AgentState_Ready", None),
        ("AgentState_SetNotReady_Success", {"reason": "205"}),
    ]


async def test_the_note_of_a_session_is_there_with_its_opening() -> None:
    hall, anew = Hall(), Hall()
    entered = await _let_in(hall, 101, "s", status="5")
    hall.centre.opened(101, "s", None)
    anew.sessions[101], anew.desktops.told["s"] = "s", []
    anew.centre.resume([LiveSession(101, "s", hall.time.now_ms, entered.note)])
    assert await anew.state(101) == await hall.state(101)


async def test_calls_that_were_are_released_to_their_agents_after_a_start() -> None:
    hall = Hall()
    await hall.enter(101)
    call_id = await hall.customers.place(1, "138")
    anew = _started_anew(hall, 101)
    assert [(told.kind, told.content) for told in await anew.told(101)] == [
        ("AgentEvent_Call_Release", call_id),
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentState_Ready", None),
        ("AgentOther_InService", None),
        ("AgentState_Ready", None),
    ]
    await anew.customers.place(1, "139")
    assert (await anew.state(101)).state is State.TALKING


@pytest.mark.parametrize("note", [b"", b"{}", b"[1]", b"\xff", b'{"state": "NO_SUCH"}', b'{"skills": 7}'])
async def test_whoever_has_no_note_or_a_bad_one_is_idle_after_a_start(note: bytes) -> None:
    hall = Hall()
    hall.sessions[101] = "s"
    hall.desktops.told["s"] = []
    hall.centre.resume([LiveSession(101, "s", hall.time.now_ms, note)])
    assert (await hall.state(101)).state is State.IDLE
    assert await hall.kinds(101) == ["AgentOther_InService", "AgentState_Ready"]


async def test_sessions_that_are_not_alive_are_let_go_of_once_they_have_settled() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.enter(102)
    hall.centre.compare({102: hall.sessions[102]})
    assert set(hall.world.desks) == {101, 102}
    await hall.time.pass_s(11)
    hall.centre.compare({102: hall.sessions[102]})
    assert set(hall.world.desks) == {102}


async def test_an_operation_of_a_session_that_is_not_known_here_is_to_be_tried_again() -> None:
    hall = Hall()
    hall.sessions[101] = "s"
    with pytest.raises(Unavailable):
        await hall.do(101, "sayFree")
