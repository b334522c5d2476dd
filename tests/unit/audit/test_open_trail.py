"""Where the lines of the audit trail go, and where they are read from."""

import logging
from pathlib import Path

import pytest

from gateway.audit.audit_file import Question
from gateway.audit.open_trail import OpenTrail, TrailPlace

LINE = {"time": "2026-01-01T00:00:01.000Z", "kind": "sign-in", "agent": 101}
MOST_BYTES, KEEP_DAYS = 1_000_000, 30


def opened(path: Path | None) -> OpenTrail:
    return OpenTrail(TrailPlace(path, MOST_BYTES, KEEP_DAYS))


def tell(trail: OpenTrail, **line: object) -> None:
    for sink in trail.sinks:
        sink({**LINE, **line})


async def test_lines_in_a_file_are_read_back_from_it(tmp_path: Path) -> None:
    trail = opened(tmp_path / "audit.jsonl")
    tell(trail)
    tell(trail, agent=102)
    assert await trail.read(Question(agent_id=102)) == [{**LINE, "agent": 102}]
    await trail.close()
    assert (tmp_path / "audit.jsonl").read_text().count("\n") == 2


async def test_without_a_file_lines_go_to_the_log_and_the_last_ones_are_known(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    trail = opened(None)
    tell(trail)
    assert '"kind":"sign-in"' in caplog.text
    assert await trail.read(Question()) == [LINE]


async def test_while_a_file_cannot_be_written_its_lines_go_to_the_log_and_why_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "audit.jsonl"
    path.mkdir()
    trail = opened(path)
    tell(trail)
    tell(trail, agent=102)
    await trail.close()
    assert caplog.text.count("cannot be written (Is a directory)") == 1
    assert caplog.text.count('"kind":"sign-in"') == 2
    path.rmdir()
    tell(trail, agent=103)
    await trail.close()
    assert '"agent":103' in path.read_text()
