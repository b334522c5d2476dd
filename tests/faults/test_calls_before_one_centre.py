"""Calls live in the one contact centre; its agents may be at any gateway before it, and those may come and go."""

import signal
from collections.abc import AsyncIterator
from functools import partial

import pytest

from tests.faults.conftest import Pair, Pairs
from tests.support.desk import Desk
from tests.support.gateway import Gateway, GatewayProcess, running_gateway
from tests.support.one_centre import in_it
from tests.support.site import Site
from tests.support.waiting import until_async

HOLD = {"AGENT_POLL_WAIT_TIMES": "10"}
IDLE, TALKING = 4, 7
CALLER, CALLED, THIRD = 101, 102, 103
RELEASED = "AgentEvent_Call_Release"
HELD, TAKEN_BACK = "AgentEvent_Hold", "AgentEvent_Talking"
CUSTOMER = {"called": "13910000"}


def at(desk: Desk, node: Gateway | GatewayProcess) -> Desk:
    """The same desktop, its requests going to another node."""
    moved = Desk(node.port, desk.agent_id, desk.password)
    moved.guid = desk.guid
    return moved


async def signed_in(node: Gateway | GatewayProcess, agent_id: int) -> Desk:
    """A desk of this node, signed in to all its skill queues; its agent answers by hand."""
    desk = node.desk(agent_id)
    assert (await desk.sign_in(autoanswer=False)).retcode == "0"
    await done(desk, "POST", "onlineagent/{id}/resetskill/true")
    return desk


async def done(desk: Desk, method: str, path: str, body: object = None) -> None:
    answer = await desk.call(method, path, body)
    assert answer.retcode == "0", answer.body


async def heard(desk: Desk, last: str) -> list[str]:
    """The types of the events that come up to and with one of this type."""
    found: list[str] = []

    async def has_come() -> bool:
        answer = (await desk.poll()).json
        assert answer["retcode"] in {"0", "100-007"}, answer
        found.extend([answer["event"]["eventType"]] if "event" in answer else [])
        return last in found

    await until_async(has_come)
    return found


async def state(desk: Desk) -> int:
    found: int = (await desk.status()).json["result"]["agentState"]
    return found


async def is_in(desk: Desk, wanted: int) -> bool:
    return await state(desk) == wanted


async def connected(caller: Desk, called: Desk) -> None:
    """One calls the other, who answers; both have heard that they talk."""
    await done(caller, "PUT", "voicecall/{id}/callinner", {"called": str(called.agent_id)})
    await heard(caller, "AgentEvent_Customer_Alerting")
    await heard(called, "AgentEvent_Ringing")
    await done(called, "PUT", "voicecall/{id}/answer")
    for desk in (caller, called):
        await heard(desk, "AgentEvent_Talking")
        assert await state(desk) == TALKING


async def held_and_taken_back(desk: Desk) -> list[str]:
    """Puts the call on hold and takes it back; the types of all events that came meanwhile."""
    await done(desk, "POST", "voicecall/{id}/hold")
    events = await heard(desk, HELD)
    await done(desk, "POST", "voicecall/{id}/gethold")
    return events + await heard(desk, TAKEN_BACK)


@pytest.fixture
async def pair(pairs: Pairs) -> AsyncIterator[Pair]:
    async with pairs(HOLD) as made:
        yield made


@pytest.fixture
async def talking(pair: Pair) -> tuple[Desk, Desk]:
    """An agent at the first node, and one at the second, in a call with each other."""
    caller, called = await signed_in(pair.first, CALLER), await signed_in(pair.second, CALLED)
    await connected(caller, called)
    return caller, called


async def test_agents_at_two_gateways_talk_with_each_other_until_one_hangs_up(talking: tuple[Desk, Desk]) -> None:
    await done(talking[1], "DELETE", "voicecall/{id}/release")
    for desk in talking:
        await heard(desk, RELEASED)
        await until_async(partial(is_in, desk, IDLE))


async def test_any_gateway_serves_any_operation_on_a_call(pair: Pair, talking: tuple[Desk, Desk]) -> None:
    caller, called = talking
    elsewhere = at(caller, pair.second)
    assert await state(elsewhere) == TALKING
    await held_and_taken_back(elsewhere)
    await done(caller, "DELETE", "voicecall/{id}/release")
    await heard(at(called, pair.first), RELEASED)


async def test_a_sign_out_at_another_gateway_ends_the_call(pair: Pair, talking: tuple[Desk, Desk]) -> None:
    caller, called = talking
    await done(at(caller, pair.second), "DELETE", "onlineagent/{id}/forcelogout")
    await heard(called, RELEASED)
    await until_async(partial(is_in, called, IDLE))


async def test_an_agent_who_becomes_idle_at_another_gateway_gets_the_waiting_call(pair: Pair) -> None:
    here = await signed_in(pair.first, CALLER)
    there = at(here, pair.second)
    await done(there, "POST", "onlineagent/{id}/saybusy")
    await in_it(pair.centre).customers.place(1, "13911110000")
    await done(there, "POST", "onlineagent/{id}/sayfree")
    await heard(here, "AgentEvent_Ringing")
    await done(there, "PUT", "voicecall/{id}/answer")
    await heard(here, "AgentEvent_Talking")


async def test_a_call_goes_on_while_another_gateway_starts_and_stops(
    pair: Pair, talking: tuple[Desk, Desk], common: dict[str, str]
) -> None:
    caller, called = talking
    async with running_gateway({**common, **HOLD, "NODE_NAME": "NodeC"}) as third:
        assert await state(at(caller, third)) == TALKING
    assert [await state(desk) for desk in talking] == [TALKING, TALKING]
    await done(caller, "DELETE", "voicecall/{id}/release")
    await heard(called, RELEASED)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_gateway_goes_while_its_agents_talk_and_the_other_serves_them(
    shared: Site, centre: Gateway, how: signal.Signals
) -> None:
    """With a colleague, and with a customer: nobody is told anything, because nothing has happened to the calls."""
    shared.edit(**HOLD)
    going, staying = await shared.start("NodeA"), await shared.start("NodeB")
    caller, third = await signed_in(going, CALLER), await signed_in(going, THIRD)
    called = await signed_in(staying, CALLED)
    await connected(caller, called)
    made = await third.call("PUT", "voicecall/{id}/callout", CUSTOMER)
    await in_it(centre).customers.answer(made.json["result"])
    await heard(third, "AgentEvent_Talking")
    for desk in (caller, third):
        assert await desk.drain_events() == []  # What they heard last is known to have arrived.
    await going.end(how)
    moved = [at(caller, staying), at(third, staying)]
    assert [await state(desk) for desk in (*moved, called)] == [TALKING] * 3
    assert [await held_and_taken_back(desk) for desk in moved] == [[HELD, TAKEN_BACK]] * 2
    for desk in moved:
        await done(desk, "DELETE", "voicecall/{id}/release")
        await heard(desk, RELEASED)
    await heard(called, RELEASED)
