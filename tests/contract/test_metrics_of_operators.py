"""What an operator sees on `/metrics`: every metric of the list, and that it moves with what it tells of."""

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.ops import metrics
from gateway.server import follow_parts
from gateway.sessions.guid import new_secret_line
from tests.conftest import Shared
from tests.support.admin import Operator, administered, token_file
from tests.support.gateway import Gateway, running_gateway

EXPECTED = """
    build_info cpu_seconds_total processes sessions sessions_pushed sign_ins_total sessions_opened_total
    sessions_ended_total operations_total operation_duration_seconds guid_checks_total guid_generations_made_total
    guid_adoption_lag_seconds guid_not_adopted_total guid_not_adopting_sessions guid_reuse_total
    guid_hand_outs_repeated_total guid_rehearsal_refusals_total polls_parked event_delivery_seconds
    event_queue_depth_max events_dropped_total events_sent_again_total push_attempts_total push_delivery_seconds
    push_sessions store_reachable store_round_trip_seconds store_flight_seconds store_commands_in_flight
    store_failovers_total store_outages_total store_shards_unreachable settings_last_reload_successful
    settings_last_reload_timestamp_seconds settings_hash settings_reloads_total settings_reloads_refused_total
    lockouts_total wrong_passwords_total locked_sign_ins_refused_total password_queue_length event_loop_lag_seconds
    admin_requests_refused_total job_failures_total log_lines_dropped_total audit_lines_dropped_total
    trace_lines_dropped_total
""".split()  # noqa: SIM905 - a table of names
FAMILY = re.compile(r"^# TYPE agentgateway_(\S+) ", re.MULTILINE)
HELP = re.compile(r"^# HELP agentgateway_(\S+) (.*)$", re.MULTILINE)


@contextlib.asynccontextmanager
async def serving(folder: Path, more: dict[str, str] | None = None) -> AsyncIterator[tuple[Gateway, Operator]]:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(folder)), "ADMIN_PORT": "1", "AGENT_POLL_WAIT_FLAG": "OFF"}
    before = list(metrics._reads)
    async with (
        running_gateway({**overrides, **(more or {})}, jobs=False) as gateway,
        administered(gateway) as operator,
    ):
        follow_parts(gateway.app)
        try:
            yield gateway, operator
        finally:
            metrics._reads[:] = before


async def values(operator: Operator, name: str) -> dict[str, float]:
    """Samples of a metric by their labels."""
    page = (await operator.get("/metrics")).body.decode()
    found = re.findall(rf"^agentgateway_{name}(\{{.*\}})? (\S+)$", page, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


async def test_every_metric_that_operators_are_promised_is_there_and_explained(tmp_path: Path) -> None:
    async with serving(tmp_path) as (gateway, operator):
        await gateway.desk(101).sign_in()
        page = (await operator.get("/metrics")).body.decode()
    assert sorted(set(EXPECTED) - set(FAMILY.findall(page))) == []
    assert [name for name, words in HELP.findall(page) if len(words.split()) < 3] == []


async def test_sign_ins_are_told_by_what_became_of_them(tmp_path: Path) -> None:
    async with serving(tmp_path) as (gateway, operator):
        before = await values(operator, "sign_ins_total")
        desk, wrong = gateway.desk(101), gateway.desk(102)
        wrong.password = "Wrong-Desk7"
        await desk.sign_in()
        await desk.status()
        await gateway.desk(101).sign_in()
        await wrong.sign_in()
        after = await values(operator, "sign_ins_total")
    grown = {name: after[name] - before.get(name, 0) for name in after if after[name] > before.get(name, 0)}
    assert grown == {f'{{result="{name}"}}': 1 for name in ("signed_in", "already_signed_in", "wrong_password")}


@pytest.mark.parametrize("store", ["memory", "valkey"])
async def test_events_that_wait_are_told(store: str, tmp_path: Path, shared_server: Shared) -> None:
    more = {}
    if store != "memory":
        secret = tmp_path / "guid.keys"
        secret.touch(0o600)
        secret.write_text(new_secret_line("k1"), "ascii")
        more = {"REDIS_URL": shared_server(store).url, "GUID_SECRET_FILE": str(secret), "STORE_TAG": tmp_path.name}
    async with serving(tmp_path, more) as (gateway, operator):
        desk = gateway.desk(101)
        await desk.sign_in()
        await desk.drain_events()
        before = await values(operator, "event_queue_depth_max")
        for path in ("saybusy", "sayfree"):
            await desk.call("POST", f"onlineagent/{{id}}/{path}")
        after = await values(operator, "event_queue_depth_max")
    assert (before, after) == ({"": 0}, {"": 2})


async def test_the_times_of_the_store_are_told(tmp_path: Path, shared_server: Shared) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    more = {"REDIS_URL": shared_server("valkey").url, "GUID_SECRET_FILE": str(secret), "STORE_TAG": tmp_path.name}
    async with serving(tmp_path, more) as (gateway, operator):
        before = await values(operator, "store_flight_seconds_count")
        await gateway.desk(101).sign_in()
        after = await values(operator, "store_flight_seconds_count")
    assert after[""] > before[""]
