"""What an operator asks of the `/sim` pages: which queue, menu or agent a customer calls, and what is refused."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.admin.route import AdminCall
from gateway.contact_centre.floor.calls import Phone, Stage
from gateway.contact_centre.floor.plan import Plan, VoiceMenu
from gateway.sim_pages.routes import sim_routes
from gateway.wire.errors import Malformed, NotFound
from tests.support.floor import Floor, open_floor
from tests.support.hall import PATIENT

AGENT, CALLER = 101, "13800000000"
PLAN = Plan(behaviours=(PATIENT,), access={"60001": 1}, ivrs={"70001": VoiceMenu("70001", 1, seconds=8)})


class Operator:
    """Asks the pages of a floor."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self._answers = {(route.method, route.path): route.answer for route in sim_routes(floor.centre)}

    async def post(self, path: str, values: dict[str, str] | None = None, **body: object) -> Any:
        return await self._answers["POST", path](AdminCall(values or {}, body=json.dumps(body).encode()))

    async def call(self, **body: object) -> str:
        asked = json.dumps({"caller": CALLER, **body}).encode()
        made: Any = await self._answers["POST", "/sim/calls"](AdminCall(body=asked))
        call_id: str = made["call"]
        return call_id


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    """AGENT is signed in and busy."""
    async with open_floor(PLAN, AGENT) as floor:
        await floor.do(AGENT, "sayBusy")
        yield Operator(floor)


@pytest.mark.parametrize("body", [{"skill": 1}, {"called": "60001"}])
async def test_a_queue_is_called_by_its_id_or_by_its_access_code(operator: Operator, body: dict[str, object]) -> None:
    call = operator.floor.world.calls[await operator.call(**body)]
    assert (call.skill_id, call.called) == (1, "60001")


async def test_a_menu_is_called_by_its_access_code(operator: Operator) -> None:
    assert operator.floor.world.calls[await operator.call(called="70001")].at_ivr == "70001"


async def test_an_agent_is_called_past_all_queues(operator: Operator) -> None:
    assert operator.floor.world.calls[await operator.call(agent=AGENT)].for_agent == AGENT


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "skill: give a skill queue, or in called an access code, or an agent"),
        ({"agent": AGENT, "skill": 1}, "agent: give either an agent, or a skill queue or an access code"),
        ({"called": "69999"}, "called: no queue and no voice menu has this access code; allowed are 60001, 70001"),
        ({"skill": 999}, "skill: no skill queue 999 for calls; allowed are "),
    ],
)
async def test_a_call_to_nowhere_is_refused_with_what_is_allowed(
    operator: Operator, body: dict[str, object], message: str
) -> None:
    with pytest.raises(Malformed) as wrong:
        await operator.call(**body)
    assert str(wrong.value).startswith(message)
    assert operator.floor.world.calls == {}


async def test_what_there_is_not_is_not_found(operator: Operator) -> None:
    with pytest.raises(NotFound):
        await operator.post("/sim/calls/{call}/answer", {"call": "1-1"})
    with pytest.raises(NotFound):
        await operator.call(agent=999_998)


async def test_a_customer_who_is_called_answers_refuses_and_hangs_up(operator: Operator) -> None:
    floor = operator.floor
    await floor.do(AGENT, "callout", {"called": CALLER})
    call = floor.world.calls[floor.result]
    await operator.post("/sim/calls/{call}/answer", {"call": call.id})
    assert [leg.stage for leg in call.legs] == [Stage.TALKING, Stage.TALKING]
    await operator.post("/sim/calls/{call}/hangup", {"call": call.id}, number=CALLER)
    assert floor.world.calls == {}


async def test_digits_end_a_menu(operator: Operator) -> None:
    call = await operator.call(called="70001")
    await operator.post("/sim/calls/{call}/digits", {"call": call}, digits="1#")
    assert call not in operator.floor.world.calls


@pytest.mark.parametrize("agent", ["0", "abc", "1000000", "-1"])
async def test_an_agent_is_a_whole_number(operator: Operator, agent: str) -> None:
    with pytest.raises(Malformed, match="agent: must be a whole number from 1 to 999999"):
        await operator.post("/sim/agents/{agent}/phone", {"agent": agent}, act="engage")


async def test_an_act_that_dials_needs_a_number_others_do_not(operator: Operator) -> None:
    with pytest.raises(Malformed, match="number: is missing, dial needs one"):
        await operator.post("/sim/agents/{agent}/phone", {"agent": str(AGENT)}, act="dial")
    await operator.post("/sim/agents/{agent}/phone", {"agent": str(AGENT)}, act="engage")
    assert operator.floor.world.desks[AGENT].phone is Phone.ENGAGED


async def test_a_chat_is_for_a_queue_for_text(operator: Operator) -> None:
    with pytest.raises(Malformed, match="skill: no skill queue 1 for text; allowed are"):
        await operator.post("/sim/chats", skill=1, caller=CALLER)


async def test_a_customer_writes_and_leaves(operator: Operator) -> None:
    skills = operator.floor.registry.skills().values()
    text = next(skill.id for skill in skills if skill.mediatype in (1, 51, 53))
    chat = (await operator.post("/sim/chats", skill=text, caller=CALLER, text="hello"))["chat"]
    await operator.post("/sim/chats/{chat}/messages", {"chat": chat}, text="anybody there?")
    said = operator.floor.centre.chat_customers.said(chat)
    assert [line.text for line in said] == ["hello", "anybody there?"]
    await operator.post("/sim/chats/{chat}/leave", {"chat": chat})
    assert operator.floor.world.activities.chats == {}
