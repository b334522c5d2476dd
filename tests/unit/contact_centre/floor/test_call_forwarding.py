"""What an agent wishes for calls to itself, as its record keeps it, and which calls that is about."""

import pytest

from gateway.contact_centre.floor import call_forwarding
from gateway.contact_centre.floor.agent_state import AgentState
from gateway.contact_centre.floor.call_forwarding import ForwardingType, Target
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Purpose, Stage
from gateway.contact_centre.floor.legs import no_answer_key
from gateway.contact_centre.floor.world import World

AGENT, OTHER, SESSION = 101, 102, "a" * 32
FORWARDS = AgentState(forwarding=call_forwarding.as_text({ForwardingType.NO_ANSWER: OTHER}))


@pytest.mark.parametrize(
    "wanted",
    [{}, {ForwardingType.BUSY: OTHER}, {ForwardingType.IMMEDIATE: "13800000000", ForwardingType.NO_ANSWER: OTHER}],
)
def test_wishes_are_kept_as_they_are(wanted: dict[ForwardingType, Target]) -> None:
    assert call_forwarding.targets_of(AgentState(forwarding=call_forwarding.as_text(wanted))) == wanted


def rings(purpose: Purpose, state: AgentState = FORWARDS, for_agent: int = 0) -> tuple[World, Call, Leg]:
    """A call that rings at the agent."""
    world = World()
    world.desks[AGENT] = AgentDesk(AGENT, SESSION, state)
    call = world.new_call(Feature.INBOUND, "13800000000", "60000", 1_000)
    call.for_agent = for_agent
    leg = world.add(call, Leg(str(AGENT), Stage.RINGING, purpose, 1_000, AGENT, SESSION))
    return world, call, leg


def unanswered(world: World, call: Call, leg: Leg) -> Target | None:
    """Where the call goes when it has rung for too long."""
    found = call_forwarding.unanswered(world, no_answer_key(call, leg))
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
