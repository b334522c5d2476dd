"""Skill queues: who gets a waiting call, in which order, and for how long it waits."""

from gateway.contact_centre.floor.plan import Plan, Queue
from tests.support.hall import PATIENT, Hall


async def _who_rings(hall: Hall, *agents: int) -> list[int]:
    return [agent for agent in agents if "AgentEvent_Ringing" in await hall.kinds(agent)]


async def test_the_longest_idle_agent_of_the_queue_gets_the_call() -> None:
    hall = Hall()
    for agent, skills in ((103, "2"), (101, "1"), (102, "1")):
        await hall.enter(agent, autoanswer=False, skills=skills)
        await hall.time.pass_s(1)
    await hall.customers.place(1, "138")
    assert await _who_rings(hall, 101, 102, 103) == [101]


async def test_the_longest_waiting_call_comes_first() -> None:
    hall = Hall()
    first = await hall.customers.place(1, "1381")
    await hall.customers.place(1, "1382")
    await hall.enter(101, autoanswer=False)
    ringing = next(told for told in await hall.told(101) if told.kind == "AgentEvent_Ringing")
    assert ringing.content["callid"] == first


async def test_agents_without_the_talk_right_get_no_call() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    await hall.do(101, "setTalkRight", {"flag": "0"})
    await hall.customers.place(1, "138")
    assert await _who_rings(hall, 101) == []
    await hall.do(101, "setTalkRight", {"flag": "1"})
    assert await _who_rings(hall, 101) == [101]


async def test_a_call_that_was_not_answered_is_the_first_of_its_queue_again() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    first = await hall.customers.place(1, "1381")
    await hall.customers.place(1, "1382")
    await hall.do(101, "reject", body={"mode": 1})
    assert hall.world.queues[1][0].call.id == first


async def test_a_caller_waits_no_longer_than_the_queue_allows() -> None:
    hall = Hall(Plan(behaviours=(PATIENT,), queues={1: Queue(1, max_wait_s=30)}))
    await hall.customers.place(1, "138")
    await hall.time.pass_s(29)
    assert len(hall.world.queues[1]) == 1
    await hall.time.pass_s(1)
    assert not hall.world.calls
    assert not hall.world.queues


async def test_a_call_for_one_agent_waits_for_that_one_alone() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False, status=3)
    await hall.enter(102, autoanswer=False)
    await hall.customers.place_for(101, "138")
    assert await _who_rings(hall, 101, 102) == []
    await hall.do(101, "sayFree")
    assert await _who_rings(hall, 101, 102) == [101]


async def test_a_call_for_one_agent_comes_before_those_of_its_queues() -> None:
    hall = Hall()
    await hall.customers.place(1, "1381")
    await hall.time.pass_s(5)
    own = await hall.customers.place_for(101, "1382")
    await hall.enter(101, autoanswer=False)
    [ringing] = [told.content["callid"] for told in await hall.told(101) if told.kind == "AgentEvent_Ringing"]
    assert ringing == own


async def test_a_call_for_one_agent_who_does_not_answer_waits_for_it_again() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=False)
    await hall.enter(102, autoanswer=False)
    call = await hall.customers.place_for(101, "138")
    await hall.time.pass_s(20)
    assert [place.call.id for place in hall.world.private[101]] == [call]
    assert await _who_rings(hall, 102) == []


async def test_a_call_for_one_agent_that_goes_to_a_skill_queue_belongs_there() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=True)
    await hall.enter(107, autoanswer=False)
    await hall.customers.place_for(101, "138")
    await hall.do(101, "transfer", body={"devicetype": 1, "address": "3", "mode": 0})
    await hall.do(107, "reject", body={"mode": 1})
    assert (list(hall.world.queues), hall.world.private) == ([3], {})


async def test_the_end_of_wrap_up_brings_the_next_call() -> None:
    hall = Hall()
    await hall.enter(101, autoanswer=True, autoenteridle=False)
    await hall.customers.place(1, "1381")
    await hall.do(101, "release")
    await hall.customers.place(1, "1382")
    assert len(hall.world.queues[1]) == 1
    await hall.do(101, "cancelWork")
    assert not hall.world.queues
