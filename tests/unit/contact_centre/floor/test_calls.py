"""Who is in a call, and who is only asked to be."""

import pytest

from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Purpose, ReachedParty, Stage

CUSTOMER = "138"


def call(*stages: Stage) -> Call:
    """A customer who talks, and agents from 101 on in these stages."""
    made = Call("1-1", Feature.INBOUND, CUSTOMER, "60001", 0)
    made.legs.append(Leg(CUSTOMER, Stage.TALKING, Purpose.ORIGIN, 0))
    made.legs += [Leg(str(101 + n), stage, Purpose.ROUTED, 0, 101 + n, "s") for n, stage in enumerate(stages)]
    return made


@pytest.mark.parametrize("stage", list(Stage))
def test_everybody_is_in_a_call_who_is_not_only_asked_to_answer(stage: Stage) -> None:
    assert (len(call(stage).connected()) == 2) is (stage is not Stage.RINGING)


def test_the_others_are_those_who_are_in_it() -> None:
    made = call(Stage.TALKING, Stage.HELD, Stage.RINGING)
    assert [leg.number for leg in made.others(made.legs[1])] == [CUSTOMER, "102"]


def test_the_customer_is_the_first_party_outside_who_is_in_it() -> None:
    made = call(Stage.TALKING)
    made.legs.insert(0, Leg("139", Stage.RINGING, Purpose.OUT_THREE, 0))
    customer = made.customer()
    assert customer is not None
    assert customer.number == CUSTOMER


def test_a_call_between_agents_has_no_customer() -> None:
    made = call(Stage.TALKING, Stage.TALKING)
    del made.legs[0]
    assert (made.customer(), [leg.agent_id for leg in made.agents()]) == (None, [101, 102])


@pytest.mark.parametrize("state", list(State))
def test_an_agent_is_in_a_call_in_one_state_alone(state: State) -> None:
    assert AgentDesk(101, "s", AgentState(state)).in_call is (state is State.TALKING)


def test_whoever_is_reached_has_a_number() -> None:
    reached = (ReachedParty("139"), ReachedParty(AgentDesk(102, "s", AgentState()), forwarded_by=101))
    assert [one.number for one in reached] == ["139", "102"]
