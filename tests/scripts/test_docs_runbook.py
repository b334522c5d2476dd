"""Every alert and every line of level WARNING or more has a row on the page, and no row stands for nothing."""

import shutil
from pathlib import Path

import pytest
from docs_runbook import PAGE, RULES, log_lines, problems

from tests.support.gateway import ROOT

SOURCE = """
import logging
_LOG = logging.getLogger(__name__)
def f(x):
    _LOG.info("nothing to do")
    _LOG.warning("agent %d waits %.1f s", x, x)
    _LOG.error(x)
"""
ROWS = """\
| `AgentGatewayDown` | means | do |
| `gateway.ops.jobs` | WARNING | `agent ... waits ... s` | means |
| `gateway.ops.jobs` | ERROR | `...` | means |
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    files = {"gateway/ops/jobs.py": SOURCE, RULES: "      - alert: AgentGatewayDown\n", PAGE: ROWS}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_nothing_is_missing_here() -> None:
    assert problems(ROOT) == []


def test_a_page_with_a_row_for_each_is_sound(tree: Path) -> None:
    assert problems(tree) == []


@pytest.mark.parametrize("row", ROWS.splitlines(keepends=True))
def test_a_row_that_is_missing_is_named(tree: Path, row: str) -> None:
    (tree / PAGE).write_text(ROWS.replace(row, ""))
    assert [f"{PAGE}: no row for the" in problem for problem in problems(tree)] == [True]


def test_a_row_for_nothing_is_named(tree: Path) -> None:
    (tree / PAGE).write_text(ROWS + "| `gateway.app` | ERROR | `gone` | means |\n| `AgentGatewayGone` | means | do |\n")
    assert ["there is no" in problem for problem in problems(tree)] == [True, True]


def test_lines_of_the_client_library_are_for_its_programs(tree: Path) -> None:
    shutil.move(tree / "gateway" / "ops", tree / "gateway" / "client")
    assert list(log_lines(tree / "gateway")) == []
