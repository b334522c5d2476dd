"""States that change by time alone, without a poll."""

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Plan, Timing
from tests.support.hall import PATIENT, Hall


async def test_a_rest_that_is_over_is_told_to_an_agent_who_does_not_poll() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.do(101, "rest", {"time": "60", "restcause": "1"})
    await hall.told(101)
    await hall.time.pass_s(59)
    assert await hall.told(101) == []
    await hall.time.pass_s(1)
    assert await hall.kinds(101) == ["AgentState_Rest_Timeout"]


async def test_wrap_up_that_ends_by_itself_brings_the_next_call() -> None:
    hall = Hall(Plan(behaviours=(PATIENT,), timing=Timing(wrap_up_s=15)))
    await hall.enter(101, autoenteridle=False)
    await hall.customers.place(1, "1381")
    await hall.do(101, "release")
    await hall.customers.place(1, "1382")
    assert (await hall.state(101)).state is State.WRAP_UP
    await hall.time.pass_s(15)
    assert (await hall.state(101)).state is State.TALKING


async def test_wrap_up_that_was_left_before_its_time_is_not_ended_again() -> None:
    hall = Hall(Plan(behaviours=(PATIENT,), timing=Timing(wrap_up_s=15)))
    await hall.enter(101, autoenteridle=False)
    await hall.customers.place(1, "1381")
    await hall.do(101, "release")
    await hall.do(101, "cancelWork")
    await hall.do(101, "sayWork")
    await hall.told(101)
    await hall.time.pass_s(60)
    assert await hall.told(101) == []
