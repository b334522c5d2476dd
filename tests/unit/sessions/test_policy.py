"""What the settings of the moment mean for one agent: AUTHMODE, listed agents, rehearsal, time limits."""

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sessions.policy import MOST_KEPT, Limits, Outage, Policy, place
from gateway.settings.kinds import AgentIds
from gateway.settings.schema import Settings
from tests.unit.sessions.samples import AGENT, FRESH, GRACE, HOLD, INTERVAL, ROTATING, START, STATIC

OUTAGE: Final = (Outage(START, START + 1000),)


def policy(**changed: object) -> Policy:
    return Policy(Settings().model_copy(update=changed))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, Limits(INTERVAL, GRACE, HOLD), id="AUTHMODE 2"),
        pytest.param({"auth_mode": 1}, Limits(0, GRACE, HOLD, lenient=True), id="AUTHMODE 1"),
        pytest.param(
            {"guid_rehearsal": True}, Limits(INTERVAL, GRACE, HOLD, lenient=True, rehearsal=True), id="rehearsal"
        ),
        pytest.param(
            {"auth_mode": 1, "guid_rehearsal": True},
            Limits(INTERVAL, GRACE, HOLD, lenient=True, rehearsal=True),
            id="rehearsal in AUTHMODE 1",
        ),
        pytest.param(
            {"guid_interval_ms": 1000, "guid_timeout_ms": 5000, "poll_wait_times": 4},
            Limits(1000, 4000, 4 * Settings().poll_wait_interval_ms),
            id="other times",
        ),
    ],
)
def test_age_and_silence_follow_the_settings(settings: dict[str, object], expected: Limits) -> None:
    assert policy(**settings).limits(AGENT, ()) == expected


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_listed_agent_is_static_in_authmode_2_and_in_a_rehearsal(rehearsal: bool) -> None:
    some = policy(static_agents=AgentIds(((AGENT, AGENT),)), guid_rehearsal=rehearsal)
    assert some.limits(AGENT, ()) == replace(STATIC, rehearsal=rehearsal)
    assert some.limits(AGENT + 1, ()).interval_ms == INTERVAL


agent_ids = st.integers(1, 999_999)
percentages = st.integers(0, 100)


def staged(percent: int, **changed: object) -> Policy:
    return policy(auth_mode_percent=percent, **changed)


@pytest.mark.parametrize(("agent_id", "where"), [(1, 10), (101, 54), (102, 86), (999_999, 0)])
def test_the_place_of_an_agent_is_for_ever(agent_id: int, where: int) -> None:
    assert place(agent_id) == where


@given(agent_ids, percentages, percentages)
def test_a_higher_percentage_moves_nobody_back(agent_id: int, one: int, other: int) -> None:
    lower, higher = (staged(percent).limits(agent_id, ()) for percent in sorted((one, other)))
    assert (lower, higher) in {(STATIC, STATIC), (STATIC, ROTATING), (ROTATING, ROTATING)}


@given(st.integers(1, 990_000), percentages)
def test_agents_side_by_side_are_spread_as_the_percentage_says(first: int, percent: int) -> None:
    moved = sum(place(agent_id) < percent for agent_id in range(first, first + 1000))
    assert abs(moved - 10 * percent) < 80, "five times what chance leaves"


def test_every_place_is_taken_alike() -> None:
    seats = Counter(map(place, range(1, 100_001)))
    assert set(seats) == set(range(100))
    assert all(abs(count - 1000) < 160 for count in seats.values())


@given(agent_ids)
def test_none_and_all_are_the_two_modes(agent_id: int) -> None:
    assert (staged(0).limits(agent_id, ()), staged(100).limits(agent_id, ())) == (STATIC, ROTATING)


@given(agent_ids, percentages)
def test_a_listed_agent_is_static_at_every_percentage(agent_id: int, percent: int) -> None:
    some = staged(percent, static_agents=AgentIds(((agent_id, agent_id),)))
    assert some.limits(agent_id, ()) == STATIC


@given(agent_ids, percentages, st.sampled_from([{"auth_mode": 1}, {"guid_rehearsal": True}]))
def test_authmode_1_and_a_rehearsal_are_for_all(agent_id: int, percent: int, settings: dict[str, object]) -> None:
    assert staged(percent, **settings).limits(agent_id, ()) == policy(**settings).limits(agent_id, ())


def test_the_outages_of_the_shard_count_and_are_looked_at_once() -> None:
    some = policy()
    limits = some.limits(AGENT, OUTAGE)
    assert limits == replace(ROTATING, outages=OUTAGE)
    assert some.limits(AGENT + 1, OUTAGE) is limits
    assert some.limits(AGENT, ()) == ROTATING


def test_outages_of_any_number_of_shards_are_told_apart() -> None:
    some = policy()
    shards = [(Outage(START, START + number),) for number in range(MOST_KEPT + 1)]
    assert [some.limits(AGENT, outages).outages for outages in shards] == shards
    assert some.limits(AGENT, shards[0]).outages == shards[0]


@pytest.mark.parametrize(
    ("settings", "signs_out"),
    [
        ({}, False),
        ({"guid_reuse": "SIGNOUT"}, True),
        ({"guid_reuse": "SIGNOUT", "guid_rehearsal": True}, False),
    ],
)
def test_a_theft_sign_signs_out_where_asked_for_and_never_in_a_rehearsal(
    settings: dict[str, object], signs_out: bool
) -> None:
    assert policy(**settings).reuse_signs_out is signs_out


@pytest.mark.parametrize(
    ("settings", "looks"), [({}, False), ({"guid_rehearsal": True}, True), ({"session_max_time_ms": 1000}, True)]
)
def test_every_use_matters_only_in_a_rehearsal_or_where_sessions_grow_too_old(
    settings: dict[str, object], looks: bool
) -> None:
    assert policy(**settings).looks_at_every_use is looks


@pytest.mark.parametrize(
    ("longest_ms", "age_ms", "too_old"), [(0, 10**9, False), (1000, 999, False), (1000, 1000, True)]
)
def test_a_session_is_too_old_at_session_maxtime(longest_ms: int, age_ms: int, too_old: bool) -> None:
    assert policy(session_max_time_ms=longest_ms).too_old(FRESH, START + age_ms) is too_old
