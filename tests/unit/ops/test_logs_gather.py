"""What strangers can cause is one line a kind and second, with a count."""

import logging

from gateway.ops.logs import MOST_KINDS, LogGatherer

STRANGERS = "gateway.agents.demo"


def record(name: str = STRANGERS, words: str = "demo agent %d refused", *values: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, words, values, None)


def said(records: list[logging.LogRecord]) -> list[str]:
    return [each.getMessage() for each in records]


def test_the_first_is_told_at_once_and_the_others_of_its_second_as_one() -> None:
    gatherer = LogGatherer()
    lines = [line for number in range(100) for line in said(gatherer.take(record(STRANGERS, "no %d", number), 0.0))]
    assert lines == ["no 0"]
    assert said(gatherer.due(0.9)) == []
    assert said(gatherer.due(1.0)) == ["no 99 (and 98 more like it)"]
    assert said(gatherer.due(5.0)) == []
    assert said(gatherer.take(record(STRANGERS, "no %d", 7), 5.0)) == ["no 7"]


def test_a_flood_that_goes_on_is_a_line_a_second() -> None:
    gatherer = LogGatherer()
    lines = [line for tenth in range(100) for line in gatherer.take(record(STRANGERS, "no"), tenth / 10)]
    assert 9 <= len(lines) <= 11


def test_kinds_are_told_apart_and_other_loggers_are_never_gathered() -> None:
    gatherer = LogGatherer()
    assert said(gatherer.take(record(words="one"), 0.0) + gatherer.take(record(words="two"), 0.0)) == ["one", "two"]
    for _ in range(3):
        assert said(gatherer.take(record("gateway.settings.reload", "refused"), 0.0)) == ["refused"]


def test_what_is_left_is_told_at_the_end() -> None:
    gatherer = LogGatherer()
    for _ in range(2):
        gatherer.take(record(words="no"), 0.0)
    assert said(gatherer.due(0.1, at_once=True)) == ["no"]


def test_so_many_kinds_are_remembered_and_no_more() -> None:
    gatherer = LogGatherer()
    told = [line for number in range(2 * MOST_KINDS) for line in gatherer.take(record(words=f"kind {number}"), 0.0)]
    assert len(told) == MOST_KINDS
