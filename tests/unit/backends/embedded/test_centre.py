"""The embedded centre as a backend, from start to end."""

from gateway.sessions.agent_state import AgentState, State
from tests.support.hall import Hall


async def test_a_process_that_ends_tells_its_agents_that_their_calls_are_over() -> None:
    hall = Hall()
    await hall.enter(101)
    call_id = await hall.customers.place(1, "138")
    await hall.told(101)
    await hall.centre.close()
    assert [(told.kind, told.content) for told in await hall.told(101)] == [
        ("AgentEvent_Call_Release", call_id),
        ("AgentOther_PhoneRelease", {"phoneState": 3}),
        ("AgentState_Ready", None),
    ]


async def test_after_a_start_those_who_are_signed_in_get_calls() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    hall.world.desks.clear()
    await hall.centre.start(hall.service.store)
    await hall.customers.place(1, "138")
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"


async def test_nobody_signs_out_without_force_while_talking() -> None:
    centre = Hall().centre
    assert [state for state in State if not centre.may_sign_out(AgentState(state))] == [State.TALKING]
