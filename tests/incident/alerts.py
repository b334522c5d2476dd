"""Whether an alert fires, by two pages of metrics: one from before, one from after it began.

`promtool` evaluates the rules as they are shipped, over series made of both pages. Where it is not installed the
values that an alert is about are looked at instead.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.support.gateway import ROOT

RULES: Final = ROOT / "config" / "deploy" / "prometheus" / "agentgateway.rules.yml"
_SAMPLE: Final = re.compile(r"^(agentgateway_[a-z_]+)(\{.*\})? ([0-9.e+-]+)$", re.MULTILINE)
BEFORE, AFTER = 20, 20
"""Samples of each page, 15 s apart."""

Values = Mapping[str, float]


def samples(page: str) -> dict[str, float]:
    """Series, in the words of the page, with their values."""
    return {f"{name}{labels}": float(value) for name, labels, value in _SAMPLE.findall(page)}


def _grew(series: str, by: float) -> Callable[[Values, Values], bool]:
    return lambda before, after: after.get(series, 0) - before.get(series, 0) > by


def _is(series: str, value: float) -> Callable[[Values, Values], bool]:
    return lambda _before, after: after.get(series) == value


BY_VALUES: Final[Mapping[str, Callable[[Values, Values], bool]]] = {
    "AgentGatewayTakeOvers": _grew('agentgateway_sessions_ended_total{reason="TAKEN_OVER"}', 5),
    "AgentGatewayLockouts": _grew("agentgateway_lockouts_total", 3),
    "AgentGatewayClientsIgnoreNewGuids": _grew("agentgateway_guid_not_adopted_total", 5),
    "AgentGatewayStoreUnreachable": _is("agentgateway_store_reachable", 0),
    "AgentGatewaySettingsRefused": _is("agentgateway_settings_last_reload_successful", 0),
}


def how() -> str:
    """By what alerts are judged here."""
    return "promtool" if shutil.which("promtool") else "the values of metrics (promtool is not installed)"


def fires(alert: str, before: str, after: str, folder: Path) -> bool:
    """Whether it fires after, and did not before."""
    first, last = samples(before), samples(after)
    tool = shutil.which("promtool")
    if tool is None:
        return BY_VALUES[alert](first, last) and not BY_VALUES[alert](first, first)
    file = folder / f"{alert}.json"
    file.write_text(json.dumps(_test(alert, first, last)))
    done = subprocess.run([tool, "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return done.returncode == 0


def _test(alert: str, before: Values, after: Values) -> dict[str, object]:
    series = [
        {"series": name, "values": f"{before.get(name, 0)}x{BEFORE} {after.get(name, 0)}x{AFTER}"}
        for name in sorted({*before, *after})
    ]
    counted = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    tests = [
        {"expr": counted, "eval_time": f"{BEFORE * 15 - 15}s", "exp_samples": []},
        {
            "expr": counted,
            "eval_time": f"{(BEFORE + AFTER) * 15}s",
            "exp_samples": [{"labels": "{}", "value": 1}],
        },
    ]
    group = {"interval": "15s", "input_series": series, "promql_expr_test": tests}
    return {"rule_files": [str(RULES)], "evaluation_interval": "15s", "tests": [group]}
