"""Simulated customers keep to their behaviour, whatever happens to their call meanwhile."""

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Behaviour, Plan
from tests.support.hall import Hall

PLAN = Plan(
    behaviours=(
        Behaviour("138", answer_s=2, talk_s=30, patience_s=60),
        Behaviour("1390", answer_s=3, detect=1552, cause="the calling number may not make calls"),
        Behaviour("1391", answer_s=None),
    )
)


@pytest.fixture
async def hall() -> Hall:
    return Hall(PLAN)


async def test_a_caller_who_waits_too_long_hangs_up(hall: Hall) -> None:
    await hall.customers.place(1, "138")
    await hall.time.pass_s(59)
    assert len(hall.world.calls) == 1
    await hall.time.pass_s(1)
    assert not hall.world.calls


async def test_a_caller_who_was_answered_hangs_up_after_talking(hall: Hall) -> None:
    await hall.enter(101, autoanswer=False)
    await hall.customers.place(1, "138")
    await hall.time.pass_s(10)
    await hall.do(101, "answer")
    await hall.time.pass_s(29)
    assert len(hall.world.calls) == 1
    await hall.time.pass_s(1)
    assert not hall.world.calls


async def test_a_customer_who_was_connected_with_another_agent_still_hangs_up(hall: Hall) -> None:
    await hall.enter(101)
    call_id = await hall.customers.place(1, "138")
    await hall.enter(102)
    await hall.do(101, "innerHelp", body={"dstaddress": "102"})
    await hall.do(101, "connectHold", {"callid": call_id})
    await hall.time.pass_s(30)
    assert not hall.world.calls
    assert (await hall.state(102)).state is State.IDLE


@pytest.mark.parametrize(
    ("number", "seconds", "event"),
    [
        ("138", 2, "AgentEvent_Talking"),
        ("1390", 3, "OUTBOUND_DETECT_EVENT"),
        ("1391", 45, "AgentEvent_Call_Out_Fail"),
    ],
)
async def test_who_is_called_does_what_its_number_does(hall: Hall, number: str, seconds: int, event: str) -> None:
    await hall.enter(101)
    await hall.do(101, "callout", body={"called": number})
    await hall.time.pass_s(seconds - 1)
    assert event not in await hall.kinds(101)
    await hall.time.pass_s(1)
    assert event in await hall.kinds(101)


async def test_a_preview_call_is_made_to_one_of_its_numbers_once(hall: Hall) -> None:
    await hall.enter(101)
    await hall.told(101)
    control = await hall.customers.offer(101, ("138", "139"), "campaign 7")
    told = await hall.told(101)
    assert [event.kind for event in told] == ["AgentEvent_Agent_Occupyed", "AgentEvent_Preview_CallOut_Ex"]
    assert told[1].content == {"controlid": str(control), "dialeddigits": "138,139", "callData": "campaign 7"}
    body = {"called": "137", "callcontrolid": control}
    assert await hall.code(101, "previewCallOut", body=body) == "200-001"
    assert await hall.code(101, "previewCallOut", body={**body, "called": "138"}) == "0"
    await hall.do(101, "release")
    assert await hall.code(101, "previewCallOut", body={**body, "called": "138"}) == "100-009"


@pytest.mark.parametrize(
    ("numbers", "bare", "event"),
    [
        (("138",), False, "AgentEvent_Preview_CallOut"),
        (("138",), True, "AgentEvent_Preview"),
        (("138", "139"), True, "AgentEvent_Preview_CallOut_Ex"),
    ],
)
async def test_the_event_of_a_preview_call_fits_its_numbers(
    hall: Hall, numbers: tuple[str, ...], bare: bool, event: str
) -> None:
    await hall.enter(101)
    await hall.customers.offer(101, numbers, bare=bare)
    assert (await hall.kinds(101))[-1] == event


async def test_a_preview_call_can_be_declined(hall: Hall) -> None:
    await hall.enter(101)
    control = await hall.customers.offer(101, ("138",))
    assert await hall.code(101, "cancelPreviewCallout", body={"callcontrolid": control}) == "0"
    assert await hall.code(101, "previewCallOut", body={"called": "138", "callcontrolid": control}) == "100-009"


async def test_an_offer_ends_with_the_session(hall: Hall) -> None:
    await hall.enter(101)
    await hall.customers.offer(101, ("138",))
    await hall.leave(101)
    assert not hall.world.offers


@pytest.mark.parametrize("act", ["answer", "refuse", "hang_up"])
async def test_nobody_can_be_played_in_a_call_that_is_not_there(hall: Hall, act: str) -> None:
    with pytest.raises(NoSuchCallError):
        await getattr(hall.customers, act)("1-1")


async def test_no_call_is_placed_in_an_unknown_queue(hall: Hall) -> None:
    with pytest.raises(NoSuchCallError):
        await hall.customers.place(99, "138")
