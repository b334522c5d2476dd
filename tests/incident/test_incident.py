"""An operator is told the cause of each incident, as `scripts/incident` plays them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.incident.__main__ import VIEWS, Told, play, table
from tests.incident.alerts import fires
from tests.incident.plays import INCIDENTS
from tests.support.gateway import ROOT

ALL_S = 300


def silent(told: list[Told]) -> list[tuple[str, str]]:
    return [(each.incident.name, view) for each in told for view, tells in each.by.items() if not tells]


async def test_a_refused_settings_file_is_told_by_everybody(tmp_path: Path) -> None:
    wanted = tuple(incident for incident in INCIDENTS if incident.name == "settings refused")
    assert silent(await play(wanted, tmp_path, lambda _: None)) == []


@pytest.mark.slow
def test_every_incident_is_told_by_everybody() -> None:
    command = [sys.executable, "-m", "tests.incident"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=ALL_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_says_nothing_stands_in_the_table() -> None:
    told = Told(INCIDENTS[0], dict.fromkeys(VIEWS, True) | {"alerts": False})
    assert " ".join(table([told]).splitlines()[1].split()) == "taken over tells it SILENT tells it tells it"


@pytest.mark.parametrize("tool", [True, False], ids=["promtool", "values"])
def test_an_alert_fires_by_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, tool: bool) -> None:
    if tool and shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    if not tool:
        monkeypatch.setenv("PATH", str(tmp_path))
    before, after = "agentgateway_lockouts_total 2.0\n", "agentgateway_lockouts_total 9.0\n"
    found = [fires("AgentGatewayLockouts", before, page, tmp_path) for page in (after, before)]
    assert found == [True, False]
