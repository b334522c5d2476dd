"""The steps from AUTHMODE 1 to 2, and what each would do to sessions that are known to follow or not to."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.stages import (
    BREAKS,
    UNKNOWN,
    Following,
    Tally,
    next_percent,
    settings_shown,
    spelled,
    stage,
    steps,
)
from gateway.settings.kinds import AGENT_IDS, AgentIds
from gateway.settings.schema import Settings

STATIC = {"auth_mode": 1}
REHEARSAL = {"auth_mode": 1, "guid_rehearsal": True}
STAGED = {"auth_mode_percent": 60}
"""101 and 103 are among the first 60, 102 and 104 are not."""


def settings(**changed: object) -> Settings:
    return Settings().model_copy(update=changed)


@pytest.mark.parametrize(
    ("changed", "at", "possible"),
    [
        (STATIC, "static", ["now", "rehearsal", "percent", "all"]),
        ({"auth_mode_percent": 0}, "static", ["now", "rehearsal", "percent", "all"]),
        (REHEARSAL, "rehearsal", ["now", "percent", "all", "back"]),
        ({"guid_rehearsal": True}, "rehearsal", ["now", "percent", "all", "back"]),
        (STAGED, "staged", ["now", "all", "back"]),
        ({"auth_mode_percent": 5}, "staged", ["now", "percent", "all", "back"]),
        ({}, "dynamic", ["now", "back"]),
    ],
)
def test_where_a_site_stands_and_where_it_may_go(changed: dict[str, object], at: str, possible: list[str]) -> None:
    now = settings(**changed)
    assert (stage(now), [step.name for step in steps(now)]) == (at, possible)


@pytest.mark.parametrize(
    ("changed", "proposed"),
    [
        (STATIC, 5),
        (REHEARSAL, 5),
        ({**REHEARSAL, "auth_mode_percent": 20}, 20),
        ({"auth_mode_percent": 5}, 10),
        ({"auth_mode_percent": 7}, 10),
        (STAGED, 100),
        ({}, 100),
    ],
)
def test_the_next_percentage(changed: dict[str, object], proposed: int) -> None:
    assert next_percent(settings(**changed)) == proposed


def test_each_step_names_the_settings_that_make_it() -> None:
    made = {step.name: dict(step.settings) for step in steps(settings(**REHEARSAL), 25)}
    assert made == {
        "now": {},
        "percent": {"AUTHMODE": "2", "AUTHMODE_PERCENT": "25", "GUIDREHEARSAL": "OFF"},
        "all": {"AUTHMODE": "2", "AUTHMODE_PERCENT": "100", "GUIDREHEARSAL": "OFF"},
        "back": {"AUTHMODE": "1", "GUIDREHEARSAL": "OFF"},
    }


def tally(name: str, changed: Mapping[str, object], percent: int | None = None) -> Tally:
    return Tally(next(step for step in steps(settings(**changed), percent) if step.name == name))


SITE = {
    101: Following.IGNORES,
    102: Following.IGNORES,
    103: Following.DIVIDED,
    104: Following.FOLLOWS,
    105: Following.UNTRIED,
}


@pytest.mark.parametrize(
    ("name", "changed", "expected"),
    [
        ("now", STATIC, (0, 0, 0, "")),
        ("rehearsal", STATIC, (0, 0, 0, "")),
        ("percent", REHEARSAL, (2, 2, 0, "101;103")),
        ("all", REHEARSAL, (5, 3, 1, "101-103")),
        ("back", STAGED, (0, 0, 0, "")),
        ("now", STAGED, (2, 2, 0, "101;103")),
        ("all", {**STAGED, "static_agents": AgentIds(((101, 102),))}, (3, 1, 1, "103")),
    ],
)
def test_what_a_step_would_do(name: str, changed: dict[str, object], expected: tuple[int, int, int, str]) -> None:
    counted = tally(name, changed, 60)
    for agent_id, state in SITE.items():
        counted.add(agent_id, "Desk/1", state)
    found = counted.forecast(())
    assert (found.dynamic, found.refused, found.unknown, found.to_list) == expected


def test_the_list_to_set_has_those_who_are_listed_already() -> None:
    counted = tally("all", {**STATIC, "static_agents": AgentIds(((200, 210), (101, 101)))})
    counted.add_broken(102, Following.IGNORES)
    counted.add_broken(205, Following.IGNORES)
    found = counted.forecast(())
    assert (found.dynamic, found.to_list, found.to_list_count, found.static_agents) == (0, "102", 1, "101-102;200-210")


@pytest.mark.parametrize(
    ("name", "changed", "state", "says"),
    [
        ("now", STATIC, Following.IGNORES, "Nothing."),
        ("now", {}, Following.IGNORES, "their old GUIDs are refused"),
        ("all", STATIC, Following.IGNORES, "First list these agents"),
        ("all", STATIC, Following.UNTRIED, "rehearse"),
        ("all", STATIC, Following.FOLLOWS, "Refuses nobody, so far as is known."),
        ("back", {}, Following.IGNORES, "Refuses nobody."),
        ("rehearsal", STATIC, Following.IGNORES, "Refuses nobody."),
    ],
)
def test_the_advice(name: str, changed: dict[str, object], state: Following, says: str) -> None:
    counted = tally(name, changed)
    counted.add(101, "Desk/1", state)
    assert says in counted.forecast(()).advice


def test_of_a_program_that_follows_elsewhere_it_is_expected() -> None:
    counted = tally("all", STATIC)
    for agent_id, client in ((101, "Desk/1"), (102, "Desk/2"), (103, "Desk/2")):
        counted.add(agent_id, client, Following.UNTRIED)
    found = counted.forecast({"Desk/2"})
    assert (found.dynamic, found.expected, found.unknown) == (3, 2, 1)


def test_every_state_is_good_bad_or_unknown() -> None:
    assert {*BREAKS, *UNKNOWN, Following.FOLLOWS} == set(Following)


@given(st.sets(st.integers(1, 40)))
def test_agents_are_spelled_as_the_setting_reads_them(agents: set[int]) -> None:
    read = AGENT_IDS.read(spelled((agent_id, agent_id) for agent_id in agents), Path())
    assert isinstance(read, AgentIds)
    assert {agent_id for agent_id in range(1, 42) if agent_id in read} == agents


def test_the_settings_of_the_move_are_shown_as_the_file_has_them() -> None:
    now = settings(**REHEARSAL, static_agents=AgentIds(((5, 5), (1, 2))))
    assert settings_shown(now) == {
        "AUTHMODE": "1",
        "AUTHMODE_PERCENT": "100",
        "GUIDREHEARSAL": "ON",
        "AUTHMODE_STATIC_AGENTS": "1-2;5",
    }
