"""An agent's own calls, those of others for who may ask, and the data that agents attach to calls."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

CUSTOMER, OUTSIDE = "13800000000", "13900"
AGENT, COLLEAGUE, INSPECTOR = 101, 102, 119


@dataclass
class Talk:
    """AGENT has the call of a customer on hold and calls somebody outside; COLLEAGUE is in no call."""

    floor: Floor
    held: str
    made: str

    async def ask(self, agent_id: int, name: str, **values: object) -> object:
        assert await self.floor.do(agent_id, name, **values) == "0", self.floor.message
        return self.floor.result


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    async with open_floor(Plan(behaviours=(PATIENT,)), AGENT) as floor:
        held = await floor.centre.customers.place(1, CUSTOMER)
        await floor.sign_in(COLLEAGUE, INSPECTOR)
        await floor.do(AGENT, "hold")
        await floor.do(AGENT, "callout", {"called": OUTSIDE})
        yield Talk(floor, held, floor.result)


async def test_an_agent_has_its_calls_also_those_on_hold(talk: Talk) -> None:
    assert await talk.ask(AGENT, "queryAllCallID") == [talk.held, talk.made]
    assert await talk.ask(AGENT, "queryCallNumsOnAgent") == 2
    assert await talk.ask(AGENT, "isProcessCall") is True


async def test_who_is_in_no_call_has_none(talk: Talk) -> None:
    assert await talk.ask(COLLEAGUE, "queryAllCallID") == []
    assert await talk.ask(COLLEAGUE, "isProcessCall") is False


async def test_calls_on_hold_are_listed(talk: Talk) -> None:
    assert await talk.floor.do(AGENT, "queryHoldListInfo") == "0"
    assert [one["callid"] for one in talk.floor.result] == [talk.held]
    assert await talk.ask(AGENT, "queryAgentHoldNum", workno=AGENT) == 1


async def test_without_a_call_on_hold_there_is_no_list(talk: Talk) -> None:
    assert await talk.floor.do(COLLEAGUE, "queryHoldListInfo") == "400-003"
    assert await talk.ask(COLLEAGUE, "queryAgentHoldNum", workno=COLLEAGUE) == 0


async def test_the_numbers_of_the_other_parties_are_those_who_are_in_the_calls(talk: Talk) -> None:
    """Whoever rings only is in none yet."""
    assert await talk.ask(AGENT, "queryRemoteNumbers") == [CUSTOMER]
    await talk.floor.centre.customers.answer(talk.made)
    assert await talk.ask(AGENT, "queryRemoteNumbers") == [CUSTOMER, OUTSIDE]


async def test_all_calls_of_the_vdn_are_for_inspectors(talk: Talk) -> None:
    assert await talk.floor.do(AGENT, "queryAllCallInfoOnVdn") == "900-002"
    assert await talk.floor.do(INSPECTOR, "queryAllCallInfoOnVdn") == "0"
    assert [one["callid"] for one in talk.floor.result] == [talk.held, talk.made]


@pytest.mark.parametrize(("asking", "code"), [(COLLEAGUE, "900-002"), (INSPECTOR, "0"), (AGENT, "0")])
async def test_everyone_may_ask_about_oneself_inspectors_about_all(talk: Talk, asking: int, code: str) -> None:
    assert await talk.floor.do(asking, "queryAllCallInfoByAgentWorkNoEx", workno=AGENT) == code


async def test_data_is_attached_to_the_present_call_or_to_the_one_named(talk: Talk) -> None:
    floor = talk.floor
    assert await floor.do(AGENT, "setCallAppDataEx", {"calldata": "order 7"}) == "0"
    assert await floor.do(AGENT, "setCallAppDataEx", {"calldata": "order 8", "callid": talk.held}) == "0"
    assert [floor.world.calls[call].data for call in (talk.made, talk.held)] == ["order 7", "order 8"]


async def test_data_may_come_in_base64_of_utf8_text_and_nothing_else(talk: Talk) -> None:
    floor, coded = talk.floor, base64.b64encode("grün".encode()).decode()
    assert await floor.do(AGENT, "setCallAppDataEx", {"calldata": coded, "isDataEncoded": True}) == "0"
    assert floor.world.calls[talk.made].data == "grün"
    for wrong in ("no base64!", base64.b64encode(b"\xff").decode()):
        assert await floor.do(AGENT, "setCallAppDataEx", {"calldata": wrong, "isDataEncoded": True}) == "000-002"
    assert floor.world.calls[talk.made].data == "grün"


async def test_data_is_for_a_call_of_the_agent_itself(talk: Talk) -> None:
    assert await talk.floor.do(COLLEAGUE, "setCallAppDataEx", {"calldata": "order 7", "callid": talk.held}) == "400-001"
    assert talk.floor.world.calls[talk.held].data == ""


async def test_nothing_is_not_attached(talk: Talk) -> None:
    assert await talk.floor.do(AGENT, "setCallAppDataEx", {"calldata": ""}) == "400-002"
    assert await talk.floor.do(AGENT, "setCallBusinessData", {"callid": talk.held}) == "400-002"


async def test_the_older_form_names_the_call_too(talk: Talk) -> None:
    assert await talk.floor.do(AGENT, "setCallAppData", callid=talk.held, calldata="order 9") == "0"
    assert talk.floor.world.calls[talk.held].data == "order 9"


async def test_data_of_the_business_is_kept_member_by_member(talk: Talk) -> None:
    assert await talk.floor.do(AGENT, "setCallBusinessData", {"callid": talk.held, "colour": "red", "size": 3}) == "0"
    assert talk.floor.world.calls[talk.held].business == {"colour": "red", "size": 3}


async def test_a_queue_shows_who_waits_in_it(talk: Talk) -> None:
    for agent_id in (COLLEAGUE, INSPECTOR):
        await talk.floor.do(agent_id, "sayBusy")
    waiting = await talk.floor.centre.customers.place(1, "13811111111")
    assert await talk.floor.do(AGENT, "queryWaitCallInfoBySkillId", skillid=1) == "0"
    assert [one["callid"] for one in talk.floor.result] == [waiting]
