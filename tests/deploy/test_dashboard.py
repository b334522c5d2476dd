"""Dashboard and alert rules ask for labels that the metrics have; every panel says what it shows, and in what unit."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest

from gateway.ops import metrics
from gateway.ops.metrics import FastCounter, FastHistogram
from tests.deploy.test_monitoring import DASHBOARD, RULES, VARIABLES

OF_PROMETHEUS: Final = frozenset({"instance", "job"})
"""What every sample gets where it is scraped."""
_SELECTOR: Final = re.compile(r"\b(agentgateway_[a-z_]+)(?:\{([^}]*)\})?")
_MATCH: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUP: Final = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)\s*(?=\()")
_LEGEND: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_ALERT: Final = re.compile(r"- alert: (\w+)\n +expr: (\|\n(?: {10}.*\n)+|.*\n)((?: {8}.*\n?)*)")
_VALUES: Final = re.compile(r"label_values\((\w+), (\w+)\)")
_ALERT_LABEL: Final = re.compile(r"\$labels\.(\w+)")
_AGGREGATES: Final = re.compile(r"\b(?:sum|max|min|count|avg|histogram_quantile)\b")
CORES: Final = "agentgateway_cpu_seconds_total"


def labels_of_metrics() -> dict[str, frozenset[str]]:
    """By the name of a sample; those that are read for each scrape, and have none, are not in the registry."""
    found: dict[str, Sequence[str]] = {}
    for collector, names in metrics.REGISTRY._collector_to_names.items():
        if isinstance(collector, FastCounter):
            found[f"{collector._told[0]}_total"] = collector._told[2]
        elif isinstance(collector, FastHistogram):
            found |= dict.fromkeys((f"{collector._told[0]}{end}" for end in ("_bucket", "_sum", "_count")), ())
        else:
            found |= dict.fromkeys(names, getattr(collector, "_labelnames", ()))
    return {name: frozenset({*own, *(["le"] if name.endswith("_bucket") else [])}) for name, own in found.items()}


KNOWN: Final = labels_of_metrics()


def labels(name: str) -> frozenset[str]:
    return KNOWN.get(name, frozenset()) | OF_PROMETHEUS


def panels() -> list[dict[str, Any]]:
    """Those that show something."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return [panel for panel in found if panel["type"] != "row"]


class Alert(NamedTuple):
    """One rule: its expression, and all that stands behind that."""

    name: str
    expr: str
    rest: str


def alerts() -> list[Alert]:
    return [Alert(*found) for found in _ALERT.findall(RULES.read_text())]


def texts() -> dict[str, str]:
    """Every expression of panels, annotations and alerts, by where it is."""
    annotations = json.loads(DASHBOARD.read_text())["annotations"]["list"]
    return {
        **{f"{panel['title']} {one['refId']}": one["expr"] for panel in panels() for one in panel["targets"]},
        **{one["name"]: one["expr"] for one in annotations},
        **{alert.name: alert.expr for alert in alerts()},
    }


def argument(text: str, start: int) -> str:
    """What is between the parenthesis at `start` and its end."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if not depth:
            return text[start + 1 : at]
    raise ValueError(f"no end of the parenthesis: {text}")


def words(text: str) -> set[str]:
    return {word.strip() for word in text.split(",") if word.strip()}


def wrong_labels(text: str) -> Iterator[tuple[str, str]]:
    """Of an expression: each metric with a label that it does not have."""
    for name, matches in _SELECTOR.findall(text):
        yield from ((name, label) for label in set(_MATCH.findall(matches)) - labels(name))
    for group in _GROUP.finditer(text):
        for name, _ in _SELECTOR.findall(argument(text, group.end())):
            yield from ((name, label) for label in words(group[1]) - labels(name))


def test_labels_that_a_metric_does_not_have_are_noticed() -> None:
    text = 'sum by (le, retcode) (rate(agentgateway_sign_ins_total{operation="login",result!="x"}[5m]))'
    wrong = {("agentgateway_sign_ins_total", label) for label in ("le", "retcode", "operation")}
    assert set(wrong_labels(text)) == wrong


@pytest.mark.parametrize("text", texts().values(), ids=texts())
def test_expressions_ask_for_labels_that_there_are(text: str) -> None:
    assert _SELECTOR.search(text) or "up{" in text
    assert list(wrong_labels(text)) == []


def legend_labels(text: str) -> set[str]:
    """What can stand in the legend of an expression."""
    grouped = re.findall(r"\bby\s*\(([^)]*)\)", text)
    if _AGGREGATES.search(text):
        return {word for group in grouped for word in words(group)} - {"le"}
    return {label for name, _ in _SELECTOR.findall(text) for label in labels(name)}


def test_legends_name_labels_of_what_is_drawn() -> None:
    wrong = {
        f"{panel['title']} {one['refId']}": name
        for panel in panels()
        for one in panel["targets"]
        for name in set(_LEGEND.findall(one["legendFormat"])) - legend_labels(one["expr"])
    }
    assert wrong == {}


def test_alerts_tell_of_labels_that_they_have() -> None:
    wrong = {}
    for alert in alerts():
        known = {label for name, _ in _SELECTOR.findall(alert.expr) for label in labels(name)} | OF_PROMETHEUS
        if asked := set(_ALERT_LABEL.findall(alert.rest)) - known:
            wrong[alert.name] = asked
    assert len(alerts()) == RULES.read_text().count("- alert:")
    assert wrong == {}


def unit_of(text: str) -> str:
    """What the values of an expression are in, by Grafana's name."""
    names = [name for name, _ in _SELECTOR.findall(text)]
    if "rate(" in text and "_quantile" not in text:
        return "short" if CORES in names else "ops"
    seconds = all(re.search(r"_seconds(_bucket)?$", name) for name in names)
    return "s" if seconds else "short"


def test_every_panel_has_a_title_a_description_and_the_unit_of_what_it_shows() -> None:
    wrong = {}
    for panel in panels():
        units = {unit_of(one["expr"]) for one in panel["targets"]}
        told = panel["fieldConfig"]["defaults"].get("unit")
        said = len(panel.get("description", "").split()) > 1 and bool(panel.get("title"))
        if units != {told} or not said:
            wrong[panel["title"]] = (told, sorted(units), panel.get("description"))
    assert wrong == {}


def test_panels_and_their_queries_have_names_of_their_own_and_the_data_source_that_is_chosen() -> None:
    board: Mapping[str, Any] = json.loads(DASHBOARD.read_text())
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    for panel in panels():
        refs = [one["refId"] for one in panel["targets"]]
        assert refs, panel["title"]
        assert len(refs) == len(set(refs)), panel["title"]
        sources = [one["datasource"]["uid"] for one in (panel, *panel["targets"])]
        assert set(sources) == {"${datasource}"}, panel["title"]


def test_variables_are_those_of_the_dashboard_and_grafana() -> None:
    board = json.loads(DASHBOARD.read_text())
    named = {f"${one['name']}" for one in board["templating"]["list"]}
    used = {word for panel in panels() for one in panel["targets"] for word in re.findall(r"\$\w+", one["expr"])}
    assert used <= named | {"$__rate_interval"}
    assert used <= set(VARIABLES)


def test_variables_are_asked_of_labels_that_there_are() -> None:
    listed = json.loads(DASHBOARD.read_text())["templating"]["list"]
    asked = [_VALUES.fullmatch(one["definition"]) for one in listed if one["type"] == "query"]
    assert asked
    assert all(found and found[1] in KNOWN and found[2] in labels(found[1]) for found in asked)
