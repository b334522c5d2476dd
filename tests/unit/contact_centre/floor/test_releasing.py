"""Hanging up: the present call, any call, one party, the phone; and leaving altogether."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Phone
from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

CUSTOMER, OUTSIDE = "13800000000", "13900"
AGENT, COLLEAGUE, INSPECTOR = 101, 102, 119


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """AGENT talks with a customer; `releasephone` is off, so that the phone stays lifted after a call."""
    async with open_floor(Plan(behaviours=(PATIENT,))) as made:
        await made.sign_in(AGENT, releasephone=False)
        await made.centre.customers.place(1, CUSTOMER)
        await made.sign_in(COLLEAGUE, INSPECTOR)
        await made.hush()
        yield made


def parties(floor: Floor) -> set[str]:
    """The numbers in all calls."""
    return {leg.number for call in floor.world.calls.values() for leg in call.legs}


async def test_with_the_last_agent_the_customer_is_released_too(floor: Floor) -> None:
    assert await floor.do(AGENT, "release") == "0"
    told = await floor.types(AGENT)
    assert told[:2] == ["AgentEvent_Call_Release", "AgentEvent_Customer_Release"]
    assert floor.world.calls == {}


async def test_who_is_in_no_call_releases_none(floor: Floor) -> None:
    assert await floor.do(COLLEAGUE, "release") == "200-017"
    assert await floor.told(COLLEAGUE) == []


async def test_any_call_can_be_dropped_by_its_id_also_one_on_hold(floor: Floor) -> None:
    (call_id,) = floor.world.calls
    assert await floor.do(AGENT, "hold") == "0"
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE}) == "0"
    assert await floor.do(AGENT, "dropCall", callid=call_id) == "0"
    assert CUSTOMER not in parties(floor)
    assert OUTSIDE in parties(floor)
    assert await floor.do(AGENT, "dropCall", callid=call_id) == "200-025"


@pytest.mark.parametrize("number", [str(AGENT), "6001"])
async def test_who_disconnects_itself_leaves(floor: Floor, number: str) -> None:
    assert await floor.do(AGENT, "disconnect", number=number) == "0"
    assert (await floor.state(AGENT)).state is not State.TALKING


async def test_one_party_can_be_disconnected_one_that_is_not_there_cannot(floor: Floor) -> None:
    assert await floor.do(AGENT, "disconnect", number="13811111111") == "200-023"
    assert parties(floor) >= {CUSTOMER}
    assert await floor.do(AGENT, "disconnect", number=CUSTOMER) == "0"
    assert floor.world.calls == {}


async def test_a_customer_on_hold_can_be_disconnected_during_a_call_out(floor: Floor) -> None:
    assert await floor.do(AGENT, "hold") == "0"
    assert await floor.do(AGENT, "callout", {"called": OUTSIDE}) == "0"
    assert await floor.do(AGENT, "disconnect", number=CUSTOMER) == "0"
    assert CUSTOMER not in parties(floor)
    assert OUTSIDE in parties(floor)


async def test_a_phone_that_is_hung_up_ends_the_present_call_and_may_be_hung_up_after_it(floor: Floor) -> None:
    assert await floor.do(AGENT, "releasePhone") == "0"
    assert floor.world.calls == {}
    assert floor.world.desks[AGENT].phone is Phone.ON_HOOK
    assert await floor.do(AGENT, "releasePhone") == "100-009"


async def test_a_phone_that_stayed_lifted_can_be_hung_up_later(floor: Floor) -> None:
    assert await floor.do(AGENT, "release") == "0"
    assert floor.world.desks[AGENT].phone is Phone.OFF_HOOK
    assert await floor.do(AGENT, "releasePhone") == "0"
    assert floor.world.desks[AGENT].phone is Phone.ON_HOOK


async def test_no_transfer_can_be_taken_back_where_there_is_none(floor: Floor) -> None:
    assert await floor.do(AGENT, "cancelTransfer") == "100-009"
    assert parties(floor) >= {CUSTOMER}


async def test_a_call_that_is_dropped_by_force_is_over_for_all(floor: Floor) -> None:
    (call_id,) = floor.world.calls
    assert await floor.do(INSPECTOR, "forceDropCall", callid=call_id) == "0"
    assert "AgentEvent_Call_Release" in await floor.types(AGENT)
    assert floor.world.calls == {}


async def test_a_call_out_that_rings_ends_with_the_session_of_who_made_it(floor: Floor) -> None:
    assert await floor.do(COLLEAGUE, "callout", {"called": OUTSIDE}) == "0"
    await floor.sign_out(COLLEAGUE)
    assert OUTSIDE not in parties(floor)
    await floor.sign_out(AGENT)
    assert floor.world.calls == {}
