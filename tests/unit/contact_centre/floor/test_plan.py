"""The set-up of the contact centre: which phones, what a customer does, whose team, which access code."""

import pytest

from gateway.contact_centre.floor.plan import Behaviour, Plan, Team

TEAM = Team(1, "north", frozenset({101, 102}), monitor=101)
PLAN = Plan(
    number="60000",
    access={"60001": 1, "60002": 2, "60003": 2},
    groups=(TEAM,),
    behaviours=(Behaviour("138", answer_s=1.0), Behaviour("1380", answer_s=None), Behaviour("", talk_s=9.0)),
    phones=(("6000", "6099"), ("70", "79")),
)


@pytest.mark.parametrize(
    ("number", "taken"),
    [("6000", True), ("6099", True), ("6100", False), ("60500", False), ("75", True), ("7", False), ("", False)],
)
def test_an_agent_may_have_the_phones_of_the_ranges(number: str, taken: bool) -> None:
    assert PLAN.takes_phone(number) is taken


def test_without_ranges_any_phone_may_be_had() -> None:
    assert Plan().takes_phone("anything")


@pytest.mark.parametrize(("number", "prefix"), [("13800", "1380"), ("13811", "138"), ("139", "")])
def test_a_customer_does_what_the_longest_prefix_of_its_number_says(number: str, prefix: str) -> None:
    assert PLAN.behaviour(number).prefix == prefix


def test_a_customer_of_whom_nothing_is_said_answers_after_two_seconds() -> None:
    assert Plan().behaviour("139") == Behaviour(answer_s=2.0)


@pytest.mark.parametrize(("agent", "team"), [(102, TEAM), (103, None)])
def test_an_agent_is_of_one_team_or_of_none(agent: int, team: Team | None) -> None:
    assert PLAN.group_of(agent) == team


@pytest.mark.parametrize(("skill", "code"), [(2, "60002"), (3, "60000")])
def test_a_queue_without_an_access_code_is_reached_by_the_centres_number(skill: int, code: str) -> None:
    assert PLAN.access_code(skill) == code
