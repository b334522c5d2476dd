"""`scripts/verify faults` as it is run, and the table that it prints."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gateway import ROOT
from tests.verify import soak, table
from tests.verify.checker import PROMISES, Judgement, Violation
from tests.verify.history import Op, What

SHORT_S, FULL_S = 180, 1800


def verify(*options: str, within_s: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.verify", "faults", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)


def test_sign_ins_at_the_same_moment_keep_every_promise(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    done = verify("same-moment", "--rounds", "1", "--history", str(history), within_s=SHORT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"what": "take-over"' in history.read_text("utf-8")


@pytest.mark.slow
def test_every_promise_is_kept() -> None:
    done = verify(within_s=FULL_S)
    assert done.returncode == 0, done.stdout + done.stderr


def judged() -> Judgement:
    found = Judgement("play")
    found.tested.update(dict.fromkeys(PROMISES, 7))
    return found


BOUNDS = {"it is back": table.Bound(3.0, "s")}


def test_a_promise_is_kept_broken_or_was_not_tested() -> None:
    whole = table.rows([judged()], {"it is back": [1.0, 2.0]}, BOUNDS)
    assert {row.kept for row in whole} == {True}
    assert whole[-1].measured == "2 s (median), 2 s (worst of 2)"
    late = table.rows([judged()], {"it is back": [1.0, 3.5]}, BOUNDS)
    assert late[-1].kept is False
    found = judged()
    found.violations.append(Violation(PROMISES[0], Op(1, What.CALL, 0, 1, 0, 0.0)))
    found.tested[PROMISES[1]] = 0
    assert [row.kept for row in table.rows([found], {}, BOUNDS)][:2] == [False, None]
    assert table.rows([found], {}, BOUNDS)[-1].kept is None


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    page.write_text(f"before\n\n{table.BEGIN}\nold\n{table.END}\n\nafter\n", "utf-8")
    for _ in range(2):
        table.write(page, table.rows([judged()], {}, BOUNDS), "On two cores.")
    text = page.read_text("utf-8")
    assert text.startswith("before")
    assert text.endswith("after\n")
    assert "old" not in text
    assert text.count("| it is back | 3 s | nothing |") == 1


def test_a_page_without_a_place_for_the_table_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "promises.md"
    page.write_text("nothing", "utf-8")
    with pytest.raises(ValueError, match="are missing"):
        table.write(page, [], "")
    assert page.read_text("utf-8") == "nothing"


@pytest.mark.slow
def test_a_short_soak_leaves_nothing_behind() -> None:
    done = verify("soak", "--agents", "20", "--minutes", "0.2", within_s=SHORT_S)
    judged = dict.fromkeys((soak.WRONG, soak.TASKS, soak.SOCKETS), False)  # Memory takes longer to settle.
    for line in done.stdout.splitlines():
        judged |= {promise: line.rstrip().endswith("kept") for promise in judged if line.startswith(promise)}
    assert all(judged.values()), done.stdout + done.stderr
