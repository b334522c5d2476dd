"""How many processes serve."""

from pathlib import Path

import pytest

from gateway.settings.load import interpret
from gateway.settings.problems import SettingsError
from gateway.settings.workers import worker_count

SHARED = {"REDIS_URL": "redis://localhost", "GUID_SECRET_FILE": "s"}
UPSTREAM = {"BACKEND": "upstream", "UPSTREAM_URL": "https://a.example.com"}


def count(cpus: int, **values: str) -> int:
    return worker_count(interpret(b"", Path("basic.properties"), values).settings, cpus)


def test_without_the_setting_one_process_serves() -> None:
    assert count(8, **SHARED, **UPSTREAM) == 1


def test_a_number_is_taken_as_it_stands() -> None:
    assert count(8, WORKERS="3", **SHARED, **UPSTREAM) == 3


@pytest.mark.parametrize(("cpus", "workers"), [(1, 1), (8, 8), (128, 64)])
def test_auto_is_one_for_each_cpu_where_any_process_can_serve_any_call(cpus: int, workers: int) -> None:
    assert count(cpus, WORKERS="AUTO", **SHARED, **UPSTREAM) == workers


@pytest.mark.parametrize("values", [{}, SHARED, UPSTREAM])
def test_auto_is_one_process_where_sessions_or_calls_live_in_it(values: dict[str, str]) -> None:
    assert count(8, WORKERS="auto", **values) == 1


@pytest.mark.parametrize("text", ["0", "65", "many", "-1", "1.5"])
def test_other_values_are_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SettingsError, match=r"WORKERS = .*auto, or a whole number from 1 to 64"):
        count(8, WORKERS=text, **SHARED, **UPSTREAM)
