"""The names and units that Prometheus' own linter (promtool check metrics) asks for."""

import re
from importlib import import_module

import pytest
from prometheus_client import CollectorRegistry, Counter, Metric

from gateway.ops import metrics

ROOMS = ("gateway.agents.authentication", "gateway.tokens.token_service", "gateway.upstream.service_client")
OTHER_UNITS = re.compile(r"_(ms|milliseconds|minutes|hours|days|kb|mb|percent)(_|$)")


def families() -> list[Metric]:
    for room in ROOMS:
        import_module(room)
    return [family for family in metrics.REGISTRY.collect() if family.name.startswith("agentgateway_")]


def test_no_family_is_told_twice() -> None:
    names = [family.name for family in families()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_is_named_as_the_linter_wants(family: Metric) -> None:
    assert re.fullmatch(r"agentgateway_[a-z0-9_]+", family.name)
    assert not OTHER_UNITS.search(family.name)
    assert not re.search(r"_(counter|gauge|histogram|total)(_|$)", family.name)
    assert len(family.documentation) > 20
    if family.type == "histogram":
        assert family.name.endswith("_seconds")


def test_a_counter_follows_a_number_that_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_reads", [])
    registry, value = CollectorRegistry(), [3.0]
    metrics.follow(Counter("followed", "for this test", registry=registry), lambda: value[0])
    for value[0] in (3.0, 5.0, 5.0):
        metrics.refresh()
    assert registry.get_sample_value("followed_total") == 5
