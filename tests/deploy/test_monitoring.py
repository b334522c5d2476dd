"""The dashboard and the alert rules: they ask for metrics that there are, and Prometheus' own tool finds no fault."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.admin import administered, token_file
from tests.support.gateway import ROOT, running_gateway

DEPLOY = ROOT / "config" / "deploy"
RULES = DEPLOY / "prometheus" / "agentgateway.rules.yml"
TESTS = DEPLOY / "prometheus" / "agentgateway.rules.test.yml"
DASHBOARD = DEPLOY / "grafana" / "agentgateway.json"
NAME = re.compile(r"\bagentgateway_[a-z_]+")
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


def expressions() -> list[str]:
    """Of all panels of the dashboard, with its variables filled in."""
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    found = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    for name, value in VARIABLES.items():
        found = [text.replace(name, value) for text in found]
    return found


def promtool(*words: str, told: bytes = b"", folder: Path = DEPLOY) -> str:
    """Skips the test where it is not installed."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool on this machine")
    done = subprocess.run([tool, *words], input=told, capture_output=True, check=False, cwd=folder)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return (done.stdout + done.stderr).decode()


async def scraped(tmp_path: Path) -> bytes:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, jobs=False) as gateway, administered(gateway) as operator:
        await gateway.desk(101).sign_in()
        return (await operator.get("/metrics")).body


async def known(tmp_path: Path) -> set[str]:
    """The names of samples; counters, gauges and histograms without any sample yet too."""
    families = re.findall(r"^# TYPE (\S+) (\S+)$", (await scraped(tmp_path)).decode(), re.MULTILINE)
    parts = {"histogram": ("_bucket", "_sum", "_count")}
    return {f"{name}{end}" for name, kind in families for end in parts.get(kind, ("",))}


async def test_alerts_ask_for_metrics_that_there_are(tmp_path: Path) -> None:
    optional = {"agentgateway_certificate_not_after_timestamp_seconds"}
    asked = set(NAME.findall(RULES.read_text())) | set(NAME.findall(TESTS.read_text()))
    assert asked - optional <= await known(tmp_path)


async def test_the_dashboard_asks_for_metrics_that_there_are(tmp_path: Path) -> None:
    optional = {"agentgateway_certificate_not_after_timestamp_seconds"}
    assert set(NAME.findall("\n".join(expressions()))) - optional <= await known(tmp_path)


def test_panels_of_the_dashboard_have_a_title_and_do_not_overlap() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)
    assert all(panel["title"] for panel in panels)


async def test_the_metrics_are_lint_clean(tmp_path: Path) -> None:
    page = await scraped(tmp_path)
    assert not promtool("check", "metrics", told=page).strip()


def test_the_alert_rules_are_right_and_do_what_their_tests_say() -> None:
    assert "SUCCESS" in promtool("check", "rules", str(RULES))
    assert "SUCCESS" in promtool("test", "rules", TESTS.name, folder=TESTS.parent)


def test_the_expressions_of_the_dashboard_are_understood(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions())]
    path = tmp_path / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    assert "SUCCESS" in promtool("check", "rules", str(path))
