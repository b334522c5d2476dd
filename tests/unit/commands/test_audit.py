import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.commands.audit import audit, explain, shown_line
from tests.support.gateway import CONFIG


def at(age_s: float) -> str:
    return datetime.fromtimestamp(time.time() - age_s, UTC).isoformat(timespec="milliseconds")


def line(age_s: float, kind: str = "sign-in", agent: int = 101, **facts: object) -> dict[str, Any]:
    return {"time": at(age_s), "node": "n1", "kind": kind, "agent": agent, **facts}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    path.write_text(
        "".join(
            f"{json.dumps(each)}\n" for each in (line(7200), line(60, agent=102), line(30, "sign-out", reason="IDLE"))
        )
    )
    return path


def run(what: Any, file: Path, *options: str) -> Result:
    settings = [f"--config={CONFIG}", "--set=ADMIN_PORT=0", f"--set=AUDIT_FILE={file}"]
    return CliRunner().invoke(what, [*options, *settings])


def kinds(said: Result) -> list[str]:
    return [json.loads(text)["kind"] for text in said.output.splitlines()]


def test_without_an_admin_port_the_file_of_this_node_is_read(file: Path) -> None:
    assert kinds(run(audit, file, "--json")) == ["sign-in", "sign-out"]


def test_how_far_back_and_which_agent_are_asked_for(file: Path) -> None:
    assert kinds(run(audit, file, "--json", "--since", "1d", "--agent", "101")) == ["sign-in", "sign-out"]
    assert kinds(run(audit, file, "--json", "--since", "40s")) == ["sign-out"]


@pytest.mark.parametrize("since", ["1", "h", "1w", "-1h", "1234567890h"])
def test_a_time_that_is_none_is_refused(file: Path, since: str) -> None:
    said = run(audit, file, f"--since={since}")
    assert said.exit_code == 2
    assert "90s, 15m, 1h or 2d" in said.output


def test_a_line_for_people_has_its_facts_by_name() -> None:
    found = shown_line(
        {"time": "T", "node": "n1", "kind": "refused", "agent": 101, "reason": "000-003", "client": "a b"}
    )
    assert found == 'T  n1  refused           agent 101  reason=000-003 client="a b"'


def test_following_shows_each_line_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = iter([[line(1, agent=103)], []])

    def pause(_seconds: float) -> None:
        """Something happens meanwhile; then Ctrl-C."""
        coming: list[dict[str, Any]] | None = next(rounds, None)
        if coming is None:
            raise KeyboardInterrupt
        with file.open("a") as more:
            more.writelines(f"{json.dumps(each)}\n" for each in coming)

    monkeypatch.setattr(time, "sleep", pause)
    said = run(audit, file, "--json", "--follow")
    agents = [json.loads(text)["agent"] for text in said.output.splitlines() if text.startswith("{")]
    assert agents == [102, 101, 103]


def test_without_a_file_it_says_what_to_set(tmp_path: Path) -> None:
    said = run(audit, tmp_path / "none")
    assert (said.exit_code, "set ADMIN_PORT, or AUDIT_FILE" in said.output) == (1, True)


def test_explain_tells_history_and_cause(file: Path) -> None:
    said = run(explain, file, "101")
    assert said.exit_code == 0
    assert "Now: agent 101 is signed out" in said.output
    assert "MAXTIME" in said.output
    as_json = json.loads(run(explain, file, "101", "--json").output)
    assert list(as_json) == ["history", "now", "advice", "cause"]


def test_explain_says_when_it_does_not_know(file: Path) -> None:
    assert "not known here" in run(explain, file, "107").output


@pytest.mark.parametrize(("what", "words"), [(audit, ()), (explain, ("101",))])
def test_a_file_that_cannot_even_be_looked_for_is_told_in_words(what: Any, words: tuple[str, ...]) -> None:
    said = run(what, Path("/" + "a" * 300), *words)
    assert (said.exit_code, "File name too long" in said.output) == (1, True)
