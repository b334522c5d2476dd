"""Forcing agents: states, sign-out, the end of a call, skill queues."""

from collections.abc import AsyncIterator

import pytest

from gateway.backend import EndReason
from gateway.contact_centre.floor.agent_state import State
from tests.support.floor import Floor, open_floor

INSPECTOR, AGENT, COLLEAGUE = 119, 101, 102


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, INSPECTOR, AGENT, COLLEAGUE) as made:
        for agent in (INSPECTOR, COLLEAGUE):
            await made.do(agent, "resetSkill", autoflag="false", skillid="3")
        yield made


async def test_busy_comes_with_the_inspector_s_reason(floor: Floor) -> None:
    assert await floor.do(INSPECTOR, "forceBusy", workNo=AGENT) == "0"
    assert await floor.told(AGENT) == [
        ("AgentState_Force_SetNotReady", None),
        ("AgentState_SetNotReady_Success", {"reason": "3"}),
    ]
    assert (await floor.state(AGENT)).state is State.BUSY


async def test_an_agent_made_idle_gets_a_waiting_call(floor: Floor) -> None:
    await floor.do(AGENT, "sayBusy")
    call_id = await floor.centre.customers.place(1, "13800000000")
    await floor.hush()
    assert await floor.do(INSPECTOR, "forceIdle", workNo=AGENT) == "0"
    assert (await floor.types(AGENT))[:3] == ["AgentState_Force_Ready", "AgentState_Ready", "AgentState_Busy"]
    assert floor.world.calls[call_id].legs[1].agent_id == AGENT


async def test_a_forced_rest_has_its_reason_and_its_end(floor: Floor) -> None:
    assert await floor.do(INSPECTOR, "forceRest", workNo=AGENT, time=60, reason=7) == "0"
    assert await floor.told(AGENT) == [("AgentState_SetRest_Success", {"reason": "7"})]
    await floor.pass_time(60)
    assert await floor.told(AGENT) == [("AgentState_Rest_Timeout", None)]


async def test_a_state_forced_during_a_call_follows_it(floor: Floor) -> None:
    await floor.centre.customers.place(1, "13800000000")
    await floor.hush()
    assert await floor.do(INSPECTOR, "forceBusy", workNo=AGENT) == "0"
    assert await floor.told(AGENT) == []
    await floor.do(AGENT, "release")
    assert (await floor.told(AGENT))[-1] == ("AgentState_SetNotReady_Success", {"reason": "3"})


async def test_a_forced_sign_out_ends_the_session_with_its_reason(floor: Floor) -> None:
    session_id = floor.sessions[AGENT]
    assert await floor.do(INSPECTOR, "forceLogOutAgent", workNo=AGENT) == "0"
    assert floor.hall.desktops.over == {session_id: EndReason.FORCED}
    assert AGENT not in floor.world.desks


async def test_a_forced_sign_out_ends_the_agent_s_call_at_once(floor: Floor) -> None:
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    await floor.hush()
    assert await floor.do(INSPECTOR, "forceLogOutAgent", workNo=AGENT) == "0"
    assert await floor.types(COLLEAGUE) == [
        "AgentEvent_Call_Release",
        "AgentOther_PhoneRelease",
        "AgentState_Ready",
    ]
    assert floor.world.calls == {}


async def test_a_call_is_dropped_for_all_its_parties(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(1, "13800000000")
    await floor.do(AGENT, "innerHelp", {"dstaddress": str(COLLEAGUE), "devicetype": 2, "mode": 2, "holdflag": False})
    await floor.hush()
    assert await floor.do(INSPECTOR, "forceDropCall", callid=call_id) == "0"
    released = [
        ("AgentEvent_Call_Release", call_id),
        ("AgentEvent_Customer_Release", {"callid": call_id, "number": "13800000000"}),
    ]
    assert [(await floor.told(agent))[:2] for agent in (AGENT, COLLEAGUE)] == [released, released]
    assert floor.world.calls == {}


async def test_a_waiting_call_can_be_dropped(floor: Floor) -> None:
    await floor.do(AGENT, "sayBusy")
    call_id = await floor.centre.customers.place(1, "13800000000")
    assert await floor.do(INSPECTOR, "forceDropCall", callid=call_id) == "0"
    assert (floor.world.calls, floor.world.queues) == ({}, {})


async def test_a_dropped_call_leaves_the_agent_s_other_call_on_hold(floor: Floor) -> None:
    held = await floor.centre.customers.place(1, "13800000000")
    await floor.do(AGENT, "hold")
    await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)})
    await floor.hush()
    assert await floor.do(INSPECTOR, "forceDropCall", callid=floor.result or held) == "0"
    assert (await floor.state(AGENT)).state is State.TALKING


async def test_skill_queues_are_changed(floor: Floor) -> None:
    assert await floor.do(INSPECTOR, "adjustSkill", {"workNo": AGENT, "skills": [4, 5]}) == "0"
    assert (await floor.state(AGENT)).skills == (4, 5)


async def test_without_an_agent_the_inspector_s_own_queues_change(floor: Floor) -> None:
    assert await floor.do(INSPECTOR, "adjustSkill", {"skills": [2]}) == "0"
    assert (await floor.state(INSPECTOR)).skills == (2,)


async def test_an_agent_gets_a_waiting_call_of_its_new_queue(floor: Floor) -> None:
    call_id = await floor.centre.customers.place(5, "13800000000")
    await floor.do(INSPECTOR, "adjustSkill", {"workNo": AGENT, "skills": [5]})
    assert floor.world.calls[call_id].legs[1].agent_id == AGENT


REST = {"time": 60, "reason": 1}


@pytest.mark.parametrize(
    ("asking", "operation", "values", "code"),
    [
        *((AGENT, name, {"workNo": COLLEAGUE}, "900-002") for name in ("forceIdle", "forceBusy", "forceLogOutAgent")),
        *((INSPECTOR, name, {"workNo": INSPECTOR}, "000-005") for name in ("forceBusy", "forceLogOutAgent")),
        *((INSPECTOR, name, {"workNo": 9999}, "900-004") for name in ("forceBusy", "forceLogOutAgent")),
        *((INSPECTOR, name, {"workNo": 103}, "900-004") for name in ("forceBusy", "forceLogOutAgent")),
        (AGENT, "forceRest", {"workNo": COLLEAGUE, **REST}, "900-002"),
        (INSPECTOR, "forceRest", {"workNo": AGENT, "time": 86_400, "reason": 1}, "000-002"),
        (INSPECTOR, "forceIdle", {"workNo": AGENT}, "900-005"),
        (AGENT, "forceDropCall", {"callid": "1-1"}, "900-002"),
        (INSPECTOR, "forceDropCall", {"callid": "1-1"}, "200-025"),
    ],
)
async def test_what_is_refused_changes_nothing(
    floor: Floor, asking: int, operation: str, values: dict[str, object], code: str
) -> None:
    before = [await floor.state(agent) for agent in floor.sessions]
    assert await floor.do(asking, operation, **values) == code
    assert [await floor.state(agent) for agent in floor.sessions] == before
    assert [await floor.told(agent) for agent in floor.sessions] == [[], [], []]


@pytest.mark.parametrize(
    ("asking", "body", "code"),
    [
        (AGENT, {"workNo": COLLEAGUE, "skills": [1]}, "900-002"),
        (INSPECTOR, {"workNo": AGENT, "skills": [77]}, "100-001"),
        (INSPECTOR, {"workNo": 9999, "skills": [1]}, "900-004"),
        (INSPECTOR, {"workNo": 103, "skills": [1]}, "900-004"),
    ],
)
async def test_queues_that_may_not_be_changed_stay(floor: Floor, asking: int, body: object, code: str) -> None:
    assert await floor.do(asking, "adjustSkill", body) == code
    assert (await floor.state(AGENT)).skills == (1, 2)
