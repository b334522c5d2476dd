"""Whether demo agents may sign in, and what is told of them."""

import logging
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.agents.demo import TELL_EVERY_S, DemoAdmission, spans, tell
from gateway.agents.registry import Agent
from tests.unit.agents.desk import HERE, Values

DEMO = Agent(103, "demo103", demo=True)
REAL = Agent(7, "real")


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_refusals_of_one_second_are_one_line_and_the_next_line_counts_them(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    door = DemoAdmission(lambda: Values(demo_agents=False), clock)
    for _ in range(50):
        assert not door.admits(DEMO, HERE, forwarded=False)
    clock.now_s += TELL_EVERY_S
    door.admits(DEMO, HERE, forwarded=False)
    assert caplog.messages == [
        "demo agent 103 refused: DEMO_AGENTS is OFF",
        "demo agent 103 refused: DEMO_AGENTS is OFF (and 49 more before)",
    ]


def test_a_changed_setting_counts_at_once() -> None:
    values = Values(demo_agents=False)
    door = DemoAdmission(lambda: values)
    before = door.admits(DEMO, HERE, forwarded=False)
    values = replace(values, demo_agents=True)
    assert (before, door.admits(DEMO, HERE, forwarded=False)) == (False, True)


@pytest.mark.parametrize(
    ("values", "level", "line"),
    [
        (Values(), "WARNING", "demo agents 103 may sign in, with a password that everybody knows"),
        (Values(demo_agents=False), "INFO", "demo agents 103 may not sign in: DEMO_AGENTS is OFF"),
        (Values(bind_address="::"), "INFO", "demo agents 103 may not sign in: BIND_ADDRESS is not a loopback address"),
    ],
)
def test_they_are_named_at_the_start(caplog: pytest.LogCaptureFixture, values: Values, level: str, line: str) -> None:
    caplog.set_level(logging.INFO, "gateway.agents")
    tell([REAL, DEMO], values)
    (record,) = caplog.records
    assert record.levelname == level
    assert record.message.startswith(line)


def test_where_there_are_none_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.agents")
    tell([REAL], Values())
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("ids", "told"), [([101], "101"), ([101, 102, 103], "101-103"), ([1, 3, 4, 9], "1, 3-4, 9"), ([], "")]
)
def test_ids_that_follow_each_other_are_told_as_a_range(ids: Sequence[int], told: str) -> None:
    assert spans(ids) == told
