"""Redis fails over under load, as `scripts/failover` lets it.

See docs/protocol.md; docs/failover.md; docs/design/failure.md.
"""

import shutil
import subprocess
import sys

import pytest

from tests.support.gateway import ROOT

SMALL = ("--rounds", "1", "--nodes", "2", "--agents", "6", "--hurried", "--kind", "valkey")
SMALL_S, FULL_S = 120, 1200
needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


def failover(*options: str, within_s: int) -> None:
    command = [sys.executable, "-m", "tests.failover", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=within_s, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_confirmed_is_lost_when_the_primary_is_killed() -> None:
    """Sentinels that are starved of a processor take longer: how long is for the slow tests to say."""
    failover(*SMALL, "--patient", within_s=SMALL_S)


@pytest.mark.slow
@needs_redis
@pytest.mark.parametrize(
    "fault",
    [(), ("--partition",), ("--graceful",), ("--sentinels",), ("--cluster",), ("--cluster", "--shards", "4")],
    ids=" ".join,
)
def test_the_same_holds_round_after_round(fault: tuple[str, ...]) -> None:
    failover("--rounds", "2", *fault, within_s=FULL_S)


@pytest.mark.slow
def test_it_holds_for_valkey_whose_primary_is_cut_off() -> None:
    failover("--rounds", "2", "--partition", "--kind", "valkey", within_s=FULL_S)
