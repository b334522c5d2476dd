"""Rotation under load, as `scripts/load` runs it, also while nodes go and come (docs/design/failure.md).

See docs/protocol.md.
"""

import subprocess
import sys

import pytest

from tests.support.balancer import haproxy
from tests.support.gateway import ROOT

SHORT_S, FULL_S, LONG_S = 8, 60, 120
SHORT_WITH_RESTARTS_S = 7
"""As long as one round of a kill and restarts lasts."""
DISTURBED = ("--nodes", "3", "--haproxy", "--kill", "--roll")

needs_haproxy = pytest.mark.skipif(haproxy() is None, reason="haproxy is not installed")


def load(*options: str, within_s: int) -> None:
    command = [sys.executable, "-m", "tests.load", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_valid_call_is_refused_and_no_expired_guid_accepted_while_poll_answers_get_lost() -> None:
    load("--agents", "10", "--seconds", str(SHORT_S), within_s=SHORT_S + 180)


@pytest.mark.slow
@pytest.mark.parametrize("flip", [(), ("--flip",)], ids=["steady", "flipped"])
def test_the_same_holds_for_50_agents_over_60_s(flip: tuple[str, ...]) -> None:
    load("--agents", "50", "--seconds", str(FULL_S), *flip, within_s=FULL_S + 120)


@needs_haproxy
@pytest.mark.slow
def test_nobody_is_signed_out_and_no_event_lost_when_a_node_is_killed_and_all_are_restarted_behind_haproxy() -> None:
    load("--agents", "10", "--seconds", str(SHORT_WITH_RESTARTS_S), *DISTURBED, within_s=SHORT_WITH_RESTARTS_S + 300)


@needs_haproxy
@pytest.mark.slow
def test_the_same_holds_for_40_agents_over_120_s_of_kills_and_restarts() -> None:
    load("--agents", "40", "--seconds", str(LONG_S), *DISTURBED, within_s=LONG_S + 240)
