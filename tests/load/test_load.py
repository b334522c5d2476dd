"""Rotation under load, as `scripts/load` runs it (design section 5)."""

import subprocess
import sys

import pytest

from tests.support.gateway import ROOT

SHORT_S, FULL_S = 6, 60


def load(*options: str, within_s: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.load", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)


def test_no_valid_call_is_refused_and_no_expired_guid_accepted_while_poll_answers_get_lost() -> None:
    done = load("--agents", "10", "--seconds", str(SHORT_S), within_s=SHORT_S + 90)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("flip", [(), ("--flip",)], ids=["steady", "flipped"])
def test_the_same_holds_for_50_agents_over_60_s(flip: tuple[str, ...]) -> None:
    done = load("--agents", "50", "--seconds", str(FULL_S), *flip, within_s=FULL_S + 120)
    assert done.returncode == 0, done.stdout + done.stderr
