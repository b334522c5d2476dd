"""What happens to the push data of a session."""

from dataclasses import replace

import pytest

from gateway.events.push_way import failing, renewing, way_of
from gateway.sessions.model import PushWay, Record
from gateway.sessions.store import Rule
from tests.unit.sessions.samples import FRESH, record

WAY = PushWay("https://crm.example.com/events", "token-1", holder="one")
RENEWED = PushWay("https://crm.example.com/events", "~k1.sealed", holder="two")
PUSHED = record(replace(FRESH, push=True, way=WAY))


def after(rule: Rule[bool], before: Record = PUSHED) -> PushWay | None:
    """The way that the rule writes, None when it writes nothing."""
    change = rule(before)
    assert change.outcome is (change.record is not None)
    return change.record.session.way if change.record and change.record.session else None


@pytest.mark.parametrize("other", [record(None), record(), record(replace(FRESH, id="b" * 32, way=WAY))])
def test_nothing_is_written_for_a_session_that_is_over_or_polls(other: Record) -> None:
    rules = (renewing(FRESH.id, WAY), failing(FRESH.id, 5))
    assert [after(rule, other) for rule in rules] == [None, None]
    assert way_of(other, FRESH.id) is None


def test_a_new_token_takes_the_place_of_the_old_one() -> None:
    assert after(renewing(FRESH.id, RENEWED)) == replace(RENEWED, holder="one")


def test_the_same_token_writes_nothing() -> None:
    assert after(renewing(FRESH.id, WAY)) is None


def test_the_first_failure_counts_until_a_success() -> None:
    failed = replace(PUSHED, session=replace(FRESH, way=replace(WAY, failing_ms=5)))
    assert after(failing(FRESH.id, 5)) == replace(WAY, failing_ms=5)
    assert after(failing(FRESH.id, 9), failed) is None
    assert after(failing(FRESH.id, 0), failed) == WAY
