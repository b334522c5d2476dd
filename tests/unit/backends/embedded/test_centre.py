"""The embedded centre as a backend: a new process frees agents whose calls ended with the former one."""

from dataclasses import replace

from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.signing import change_state
from tests.support.hall import Hall


async def _was_talking(hall: Hall, agent_id: int, centre: str) -> None:
    await hall.enter(agent_id)
    state = replace(await hall.state(agent_id), state=State.TALKING, centre=centre)
    await change_state(hall.service, agent_id, await hall.session_id(agent_id), lambda _state, _now: (state, ()))
    await hall.told(agent_id)


async def test_agents_left_over_from_a_former_process_of_this_node_are_free_again() -> None:
    hall = Hall()
    await _was_talking(hall, 101, "node.dead")
    await _was_talking(hall, 102, "othernode.alive")
    await hall.centre.start(hall.service.store)
    assert await hall.kinds(101) == ["AgentState_Ready"]
    assert (await hall.state(102)).state is State.TALKING


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
