import json
import os
from pathlib import Path

from gateway.audit.audit_file import Question, read_files, recent, time_ms

LINES = [
    {"time": f"2026-01-01T00:00:{second:02}.000Z", "kind": kind, "agent": agent}
    for second, kind, agent in ((1, "sign-in", 101), (2, "sign-in", 102), (3, "sign-out", 101))
]


def test_lines_are_found_by_agent_kind_and_time() -> None:
    keep, answer = recent()
    for line in LINES:
        keep(line)
    assert answer(Question(agent_id=101)) == [LINES[0], LINES[2]]
    assert answer(Question(kinds=frozenset({"sign-in"}))) == LINES[:2]
    assert answer(Question(since_ms=time_ms(LINES[1]))) == LINES[1:]
    assert answer(Question(limit=1)) == LINES[2:]


def test_an_agent_that_a_gathered_line_names_is_found() -> None:
    keep, answer = recent()
    keep({"time": "2026-01-01T00:00:01.000Z", "kind": "refused", "agents": [101, 102]})
    assert (len(answer(Question(agent_id=102))), len(answer(Question(agent_id=103)))) == (1, 0)


def test_files_are_read_in_their_order_and_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    old = tmp_path / "audit.jsonl.20260101T000002Z"
    old.write_text(json.dumps(LINES[0]) + "\n")
    os.utime(old, (1, 1))
    path.write_text('{"time":"2026-01-\n' + json.dumps(LINES[1]) + "\n[]\n")
    assert read_files(path, Question()) == LINES[:2]


def test_files_that_ended_before_the_time_asked_for_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    old = tmp_path / "audit.jsonl.x"
    old.write_text(json.dumps(LINES[2]) + "\n")
    os.utime(old, (1, 1))
    path.write_text(json.dumps(LINES[2]) + "\n")
    assert read_files(path, Question(since_ms=5000)) == LINES[2:]


def test_memory_keeps_a_bounded_number() -> None:
    keep, answer = recent(2)
    for line in LINES:
        keep(line)
    assert answer(Question()) == LINES[1:]
