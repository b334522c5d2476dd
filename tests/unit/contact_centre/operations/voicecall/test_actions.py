"""Calls by the operations of agents: making one, taking one out of a queue or from a colleague, phones by hand."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Phone, Stage
from gateway.contact_centre.floor.plan import Plan, Team
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

CUSTOMER, OUTSIDE, BARRED = "13800000000", "13900", "110"
AGENT, COLLEAGUE = 101, 102


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """AGENT and COLLEAGUE are idle, and answer by hand."""
    plan = Plan(behaviours=(PATIENT,), barred=(BARRED,), groups=(Team(1, "north", frozenset({AGENT, COLLEAGUE})),))
    async with open_floor(plan) as made:
        await made.sign_in(AGENT, COLLEAGUE, autoanswer=False)
        yield made


async def busy(floor: Floor, agent_id: int) -> None:
    assert await floor.do(agent_id, "sayBusy") == "0"
    await floor.hush(agent_id)


async def test_a_call_out_answers_the_id_of_the_call(floor: Floor) -> None:
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE, "callappdata": "order 7"}) == "0"
    assert (floor.world.calls[floor.result].data, (await floor.state(AGENT)).state) == ("order 7", State.TALKING)


async def test_a_busy_agent_may_call_out_and_is_busy_again_afterwards(floor: Floor) -> None:
    await busy(floor, AGENT)
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE}) == "0"
    assert await floor.do(AGENT, "release") == "0"
    assert (await floor.state(AGENT)).state is State.BUSY


async def test_who_rests_calls_nobody(floor: Floor) -> None:
    assert await floor.do(AGENT, "rest", time=60, restcause=1) == "0"
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE}) == "100-009"
    assert floor.world.calls == {}


async def test_a_barred_number_is_not_called_and_the_agent_stays_what_it_is(floor: Floor) -> None:
    assert await floor.do(AGENT, "callout", {"called": BARRED + "1"}) == "200-001"
    assert ((await floor.state(AGENT)).state, await floor.told(AGENT)) == (State.IDLE, [])


async def test_a_second_call_needs_the_first_on_hold(floor: Floor) -> None:
    await floor.do(AGENT, "callout", {"called": OUTSIDE})
    assert await floor.do(AGENT, "callout", {"called": "13901"}) == "100-009"


async def test_an_agent_whose_phone_is_used_for_something_else_calls_nobody(floor: Floor) -> None:
    floor.world.desks[AGENT].phone = Phone.ENGAGED
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE}) == "100-009"


async def test_a_call_to_a_colleague_rings_there(floor: Floor) -> None:
    assert await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)}) == "0"
    assert "AgentEvent_Ringing" in await floor.types(COLLEAGUE)


async def test_a_call_to_a_colleague_who_is_busy_fails_by_its_event_and_occupies_nobody(floor: Floor) -> None:
    await busy(floor, COLLEAGUE)
    assert await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)}) == "0"
    assert await floor.types(AGENT) == ["AgentEvent_Inside_Call_Fail"]
    assert (await floor.state(AGENT)).state is State.IDLE


@pytest.mark.parametrize("number", [str(AGENT), "999"])
async def test_a_call_to_oneself_or_to_no_agent_is_refused(floor: Floor, number: str) -> None:
    assert await floor.do(AGENT, "callInner", {"called": number}) == "200-001"
    assert floor.world.calls == {}


async def test_a_call_to_a_queue_goes_to_an_idle_agent_of_it_who_is_not_the_one_who_asks(floor: Floor) -> None:
    assert await floor.do(AGENT, "callInnerSkill", {"skillId": 1}) == "0"
    assert [leg.agent_id for leg in floor.world.calls[floor.result].legs] == [AGENT, COLLEAGUE]


async def test_a_call_to_a_queue_without_an_idle_agent_is_refused(floor: Floor) -> None:
    await busy(floor, COLLEAGUE)
    assert await floor.do(AGENT, "callInnerSkill", {"skillId": 1}) == "100-009"


async def offered(floor: Floor) -> int:
    """A preview call for AGENT, whose numbers are OUTSIDE and 13901."""
    control = await floor.centre.customers.offer(AGENT, (OUTSIDE, "13901"), "order 7")
    await floor.hush(AGENT, COLLEAGUE)
    return control


async def test_a_preview_call_is_made_once_to_one_of_its_numbers_with_its_data(floor: Floor) -> None:
    control = await offered(floor)
    assert await floor.do(AGENT, "previewCallOut", {"callcontrolid": control, "called": OUTSIDE}) == "0"
    assert floor.world.calls[floor.result].data == "order 7"
    await floor.do(AGENT, "release")
    assert await floor.do(AGENT, "previewCallOut", {"callcontrolid": control, "called": OUTSIDE}) == "100-009"


@pytest.mark.parametrize(("agent", "number", "code"), [(AGENT, "13999", "200-001"), (COLLEAGUE, OUTSIDE, "100-009")])
async def test_a_preview_call_is_for_its_agent_and_its_numbers(
    floor: Floor, agent: int, number: str, code: str
) -> None:
    control = await offered(floor)
    assert await floor.do(agent, "previewCallOut", {"callcontrolid": control, "called": number}) == code
    assert control in floor.world.offers


async def test_a_preview_call_is_declined_once_and_by_its_agent(floor: Floor) -> None:
    control = await offered(floor)
    assert await floor.do(COLLEAGUE, "cancelPreviewCallout", {"callcontrolid": control}) == "100-009"
    assert await floor.do(AGENT, "cancelPreviewCallout", {"callcontrolid": control}) == "0"
    assert await floor.do(AGENT, "cancelPreviewCallout", {"callcontrolid": control}) == "100-009"


async def waiting(floor: Floor) -> str:
    """A customer who waits in the queue 1, where nobody is idle."""
    for agent_id in (AGENT, COLLEAGUE):
        await busy(floor, agent_id)
    return await floor.centre.customers.place(1, CUSTOMER)


async def test_an_agent_takes_a_chosen_call_out_of_its_queue_and_talks_at_once(floor: Floor) -> None:
    call_id = await waiting(floor)
    asked = {"callid": call_id, "skilltype": 0, "skillId": 1}
    assert await floor.do(AGENT, "requestAppointedCall", **asked) == "0"
    assert (await floor.types(AGENT))[-2:] == ["AgentEvent_Talking", "AgentEvent_Incoming_CallInfo"]
    assert floor.world.queues == {}


@pytest.mark.parametrize("asked", [{"skilltype": 0, "skillId": 2}, {"skilltype": 1}])
async def test_a_call_that_does_not_wait_in_that_queue_is_not_taken(floor: Floor, asked: dict[str, object]) -> None:
    call_id = await waiting(floor)
    assert await floor.do(AGENT, "requestAppointedCall", callid=call_id, **asked) == "100-009"
    assert len(floor.world.queues[1]) == 1


async def test_who_has_a_call_on_hold_takes_none_out_of_a_queue(floor: Floor) -> None:
    call_id = await waiting(floor)
    await floor.do(AGENT, "callout", {"called": OUTSIDE})
    (own,) = (call for call in floor.world.calls if call != call_id)
    await floor.centre.customers.answer(own)
    assert await floor.do(AGENT, "hold") == "0"
    asked = {"callid": call_id, "skilltype": 0, "skillId": 1}
    assert await floor.do(AGENT, "requestAppointedCall", **asked) == "100-009"


async def test_who_may_not_pick_up_calls_of_others_is_refused(floor: Floor) -> None:
    await busy(floor, AGENT)
    await floor.centre.customers.place(1, CUSTOMER)
    assert await floor.do(AGENT, "sayFree") == "0"
    assert await floor.do(AGENT, "snatchPickup", destWorkNo=COLLEAGUE) == "100-009"
    assert (await floor.state(COLLEAGUE)).state is State.TALKING


async def test_a_linked_phone_that_is_lifted_goes_on_with_the_call_that_it_was_lifted_for(floor: Floor) -> None:
    await floor.sign_in(AGENT, phonelinkage=True, autoanswer=False)
    assert await floor.do(AGENT, "callInner", {"called": str(COLLEAGUE)}) == "0"
    call = floor.world.calls[floor.result]
    assert ([leg.stage for leg in call.legs], await floor.told(COLLEAGUE)) == ([Stage.ALERTING], [])
    assert await floor.do(AGENT, "phonePickup") == "0"
    assert [leg.stage for leg in call.legs] == [Stage.DIALLING, Stage.RINGING]


async def test_a_phone_that_is_not_linked_is_not_lifted_by_an_operation(floor: Floor) -> None:
    await busy(floor, COLLEAGUE)
    await floor.centre.customers.place(1, CUSTOMER)
    assert await floor.do(AGENT, "phonePickup") == "100-009"


async def test_help_of_a_colleague_puts_the_customer_on_hold_and_answers_the_id_of_the_help_call(floor: Floor) -> None:
    await busy(floor, COLLEAGUE)
    call_id = await floor.centre.customers.place(1, CUSTOMER)
    await floor.do(AGENT, "answer")
    assert await floor.do(COLLEAGUE, "sayFree") == "0"
    asked = {"dstaddress": str(COLLEAGUE), "devicetype": 2, "mode": 1}
    assert await floor.do(AGENT, "innerHelp", asked) == "0"
    assert floor.result not in (call_id, "")
    assert [leg.stage for leg in floor.world.calls[call_id].agents()] == [Stage.HELD]
