"""Waiting chats go to idle agents with room for one more, and from agent to agent."""

import pytest

from gateway.contact_centre.floor import chat_routing, chatting
from gateway.contact_centre.floor.activities import ALL_MEDIA, Chat
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Feature, Leg, Purpose, Stage
from gateway.contact_centre.floor.world import World
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import CUSTOMER, NOW_MS, contents, new_world, out_now, session, timers, told

TEXT, BLIND, SUCCESS = 51, 0, 2


def idle(*agents: int, **state: object) -> World:
    """These agents are idle, in the skill queue 1, with text."""
    return new_world(None, *agents, **{"state": State.IDLE, "media": "TTF", "auto_answer": True, **state})


def waiting(world: World, media_type: int = TEXT) -> Chat:
    """A customer's chat that waits in the queue 1."""
    chat = chatting.open_chat(out_now(), world, Feature.INBOUND, CUSTOMER, "60001", media_type)
    chat.call.legs.append(Leg(CUSTOMER, Stage.TALKING, Purpose.ORIGIN, NOW_MS))
    chatting.wait(out_now(), world, chat, 1)
    return chat


def taken(world: World, agent_id: int) -> Chat:
    """A customer's chat that this agent is in."""
    chat = waiting(world)
    world.leave_queue(chat.call)
    chatting.ask(out_now(), world, chat, world.desks[agent_id], Purpose.ROUTED)
    return chat


def who_has(chat: Chat) -> list[int]:
    return [leg.agent_id for leg in chat.call.agents()]


def test_a_chat_goes_to_who_has_fewest() -> None:
    world = idle(101, 102)
    taken(world, 101)
    chat = waiting(world)
    chat_routing.route(out_now(), world)
    assert (who_has(chat), world.queues) == ([102], {})


def test_of_two_with_as_many_it_goes_to_the_longest_idle() -> None:
    world = idle(101, 102)
    world.desks[101].state = world.desks[101].state._replace(since_ms=2)
    chat = waiting(world)
    chat_routing.route(out_now(), world)
    assert who_has(chat) == [102]


def test_chats_that_are_given_out_together_are_spread() -> None:
    world = idle(101, 102)
    chats = [waiting(world) for _ in range(4)]
    chat_routing.route(out_now(), world)
    assert sorted(agent for chat in chats for agent in who_has(chat)) == [101, 101, 102, 102]


@pytest.mark.parametrize(
    "state", [{"state": State.BUSY}, {"skills": (2,)}, {"talk_right": False}, {"media": "TFF"}, {"max_chats": 0}]
)
def test_who_is_not_free_for_chats_of_the_queue_gets_none(state: dict[str, object]) -> None:
    world = idle(101, **state)
    chat = waiting(world)
    chat_routing.route(out_now(), world)
    assert (who_has(chat), chat.call.waiting is not None) == ([], True)


def test_who_did_not_take_the_chat_is_not_offered_it_again() -> None:
    world = idle(101)
    chat = waiting(world)
    chat.passed_over.add(session(101))
    chat_routing.route(out_now(), world)
    assert who_has(chat) == []


@pytest.mark.parametrize(("limits", "room"), [({TEXT: 1}, False), ({ALL_MEDIA: 1}, False), ({53: 1}, True), ({}, True)])
def test_an_agent_is_in_no_more_chats_than_it_set_by_medium_or_in_all(limits: dict[int, int], room: bool) -> None:
    world = idle(101)
    taken(world, 101)
    world.activities.chat_limits[session(101)] = limits
    assert chat_routing.has_room(world, world.desks[101], TEXT) is room


def test_an_agent_is_in_sixty_chats_at_most() -> None:
    world = idle(101)
    world.activities.chat_limits[session(101)] = {ALL_MEDIA: 100}
    for _ in range(59):
        taken(world, 101)
    assert chat_routing.has_room(world, world.desks[101], TEXT)
    taken(world, 101)
    assert not chat_routing.has_room(world, world.desks[101], TEXT)


def test_limits_end_with_the_session_that_they_were_set_in() -> None:
    world = idle(101, 102)
    world.activities.chat_limits = {session(101): {TEXT: 1}, "former": {TEXT: 1}}
    chat_routing.forget_limits(out_now(), world)
    assert list(world.activities.chat_limits) == [session(101)]


@pytest.mark.parametrize(("mode", "agents"), [(BLIND, [102]), (SUCCESS, [102])])
def test_a_transferred_chat_belongs_to_who_took_it(mode: int, agents: list[int]) -> None:
    world = idle(101, 102)
    chat = taken(world, 101)
    chat_routing.to_agent(out_now(), world, chat, chat.call.legs[1], world.desks[102], mode)
    assert who_has(chat) == agents


@pytest.mark.parametrize(
    ("mode", "event"), [(BLIND, "AgentEvent_Connect_Fail"), (SUCCESS, "AgentEvent_SuccTransResult")]
)
@pytest.mark.parametrize("target", ["nobody", "without text", "in it already", "full"])
def test_a_chat_stays_where_it_is_when_the_other_agent_cannot_take_it(mode: int, event: str, target: str) -> None:
    world, out = idle(101, 102), out_now()
    chat = taken(world, 101)
    desk = None if target == "nobody" else world.desks[102]
    if target == "without text":
        world.desks[102].state = world.desks[102].state._replace(media="TFF")
    if target == "in it already":
        desk = world.desks[101]
    if target == "full":
        world.desks[102].state = world.desks[102].state._replace(max_chats=0)
    chat_routing.to_agent(out, world, chat, chat.call.legs[1], desk, mode)
    assert (told(out, 101), who_has(chat)) == ([event], [101])


@pytest.mark.parametrize(("mode", "agents"), [(BLIND, []), (SUCCESS, [101])])
def test_until_somebody_of_the_queue_takes_the_chat_the_agent_is_gone_or_keeps_it(mode: int, agents: list[int]) -> None:
    world = idle(101)
    chat = taken(world, 101)
    chat_routing.to_queue(out_now(), world, chat, chat.call.legs[1], 2, mode)
    assert (who_has(chat), chat.call.skill_id, chat.passed_over) == (agents, 2, {session(101)})


def test_a_transfer_that_is_under_way_hinders_the_next() -> None:
    world = idle(101)
    chat = taken(world, 101)
    assert chat_routing.to_transfer(world, session(101), chat.call.id)[0] is chat
    chatting.wait(out_now(), world, chat, 2, Purpose.SUCCESS, chat.call.legs[1])
    with pytest.raises(Refused) as refused:
        chat_routing.to_transfer(world, session(101), chat.call.id)
    assert refused.value.retcode == "200-012"


def test_a_chat_between_agents_belongs_in_no_queue() -> None:
    world = idle(101, 102)
    chat = chatting.call_agent(out_now(), world, world.desks[101], "102", world.desks[102])
    with pytest.raises(Refused) as refused:
        chat_routing.check_queue(chat)
    assert refused.value.retcode == "106-004"
    chat_routing.check_queue(waiting(world))


def test_a_success_is_told_to_who_transferred() -> None:
    world, out = idle(101, 102), out_now()
    chat = taken(world, 101)
    chat_routing.to_agent(out, world, chat, chat.call.legs[1], world.desks[102], SUCCESS)
    assert contents(out, "AgentEvent_SuccTransResult") == [{"result": 0, "callId": chat.call.id}]


def test_a_chat_out_of_a_queue_waits_no_longer_and_tells_of_its_customer() -> None:
    world, out = idle(101, auto_answer=False), out_now()
    waiting(world)
    chat_routing.route(out, world)
    assert told(out, 101)[0] == "AgentEvent_Incoming_CallInfo"
    assert timers(out)["chat wait"] is None
