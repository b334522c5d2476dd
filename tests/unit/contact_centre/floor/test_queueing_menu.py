"""Voice menus: how long a customer stays there, and where to then."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.plan import Plan, VoiceMenu
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

CUSTOMER = "13800000000"
MENUS = {"70001": VoiceMenu("70001", 1, seconds=8), "70002": VoiceMenu("70002", 2, seconds=8, then_skill=1)}


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(Plan(behaviours=(PATIENT,), ivrs=MENUS), 101) as made:
        yield made


async def test_a_menu_that_leads_nowhere_ends_the_call_when_its_time_is_over(floor: Floor) -> None:
    call_id = await floor.centre.customers.place_at_menu("70001", CUSTOMER)
    await floor.pass_time(7.9)
    assert floor.world.calls[call_id].at_ivr == "70001"
    await floor.pass_time(0.2)
    assert floor.world.calls == {}


async def test_a_menu_with_a_queue_leads_to_its_agents(floor: Floor) -> None:
    await floor.centre.customers.place_at_menu("70002", CUSTOMER)
    assert await floor.told(101) == []
    await floor.pass_time(8)
    assert (await floor.types(101))[-1] == "AgentEvent_Talking"


async def test_who_dials_is_through_with_the_menu_at_once(floor: Floor) -> None:
    call_id = await floor.centre.customers.place_at_menu("70002", CUSTOMER)
    await floor.centre.customers.press(call_id)
    assert (await floor.types(101))[-1] == "AgentEvent_Talking"
    await floor.hush()
    await floor.pass_time(20)
    assert await floor.told(101) == []
