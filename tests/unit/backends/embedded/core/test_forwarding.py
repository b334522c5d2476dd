"""What an agent wishes for calls to itself, as its record keeps it, and which calls that is about."""

import pytest

from gateway.backends.embedded.core import forwarding
from gateway.backends.embedded.core.forwarding import Target, When
from gateway.backends.embedded.core.legs import no_answer_key
from gateway.backends.embedded.core.model import Call, Desk, Feature, Leg, Purpose, Stage
from gateway.backends.embedded.core.world import World
from gateway.sessions.agent_state import AgentState

AGENT, OTHER, SESSION = 101, 102, "a" * 32
FORWARDS = AgentState(forwarding=forwarding.kept({When.NO_ANSWER: OTHER}))


@pytest.mark.parametrize("wanted", [{}, {When.BUSY: OTHER}, {When.IMMEDIATE: "13800000000", When.NO_ANSWER: OTHER}])
def test_wishes_are_kept_as_they_are(wanted: dict[When, Target]) -> None:
    assert forwarding.wishes(AgentState(forwarding=forwarding.kept(wanted))) == wanted


def rings(purpose: Purpose, state: AgentState = FORWARDS, for_agent: int = 0) -> tuple[World, Call, Leg]:
    """A call that rings at the agent."""
    world = World()
    world.desks[AGENT] = Desk(AGENT, SESSION, state)
    call = world.new_call(Feature.INBOUND, "13800000000", "60000", 1_000)
    call.for_agent = for_agent
    leg = world.add(call, Leg(str(AGENT), Stage.RINGING, purpose, 1_000, AGENT, SESSION))
    return world, call, leg


def unanswered(world: World, call: Call, leg: Leg) -> Target | None:
    """Where the call goes when it has rung for too long."""
    found = forwarding.unanswered(world, no_answer_key(call, leg))
    return found[2] if found else None


@pytest.mark.parametrize("purpose", [Purpose.INTERNAL, Purpose.TALK, Purpose.BLIND, Purpose.SUCCESS])
def test_calls_to_the_agent_as_a_person_go_on(purpose: Purpose) -> None:
    assert unanswered(*rings(purpose)) == OTHER


def test_calls_of_customers_who_called_the_agent_go_on() -> None:
    assert unanswered(*rings(Purpose.ROUTED, for_agent=AGENT)) == OTHER


@pytest.mark.parametrize("purpose", [Purpose.ROUTED, Purpose.HELP, Purpose.HELP_THREE])
def test_calls_of_queues_and_for_help_do_not(purpose: Purpose) -> None:
    assert unanswered(*rings(purpose)) is None


def test_calls_of_agents_who_wish_nothing_do_not() -> None:
    assert unanswered(*rings(Purpose.INTERNAL, AgentState())) is None


def test_a_call_that_was_forwarded_does_not_go_on_again() -> None:
    world, call, leg = rings(Purpose.INTERNAL)
    call.forwarded_by = OTHER
    assert unanswered(world, call, leg) is None


def test_a_call_that_is_answered_stays() -> None:
    world, call, leg = rings(Purpose.INTERNAL)
    leg.stage = Stage.TALKING
    assert unanswered(world, call, leg) is None
