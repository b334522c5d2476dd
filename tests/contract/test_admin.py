"""The admin listener of a whole gateway (docs/running.md, Admin listener; docs/protocol.md, AUTHMODE)."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.sessions.secret_file import new_secret_line
from tests.support.admin import Operator, administered, token_file
from tests.support.desk import Desk
from tests.support.gateway import ROOT, Gateway, gateway_process, running_gateway
from tests.support.servers import free_port

START_MS = 1_700_000_000_000


class Clock:
    """Store time that the test moves."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def gateway(tmp_path: Path, clock: Clock) -> AsyncIterator[Gateway]:
    overrides = {"AGENT_POLL_WAIT_FLAG": "OFF", "ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides, clock=clock, jobs=False) as made:
        yield made


@pytest.fixture
async def operator(gateway: Gateway) -> AsyncIterator[Operator]:
    async with administered(gateway) as made:
        yield made


async def test_sessions_are_listed_by_agent(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    await gateway.desk(102).sign_in()
    clock.now_ms += 5000
    await gateway.desk(101).sign_in()
    line = {"client": "", "node": "AgentGateway0", "push": False, "generation": 0, "adopted": False}
    assert (await operator.get("/sessions")).json == [
        {"agent": 101, "since": "2023-11-14T22:13:25.000Z", "seen": "2023-11-14T22:13:25.000Z", **line},
        {"agent": 102, "since": "2023-11-14T22:13:20.000Z", "seen": "2023-11-14T22:13:20.000Z", **line},
    ]


async def test_the_list_tells_the_generation_and_whether_it_is_adopted(
    gateway: Gateway, operator: Operator, clock: Clock
) -> None:
    desk = await lagging(gateway, clock)
    lines = [(await operator.get("/sessions")).json]
    await desk.status(guid=(await desk.poll()).set_guid)
    lines.append((await operator.get("/sessions")).json)
    assert [(line["generation"], line["adopted"]) for [line] in lines] == [(1, False), (1, True)]


async def lagging(gateway: Gateway, clock: Clock, agent_id: int = 101) -> Desk:
    """A desk that goes on with its old GUID well after it was handed a new one."""
    desk = gateway.desk(agent_id)
    await desk.sign_in()
    desk.adopts = False
    await desk.drain_events()
    for later_ms in (60_000, 10_000):
        clock.now_ms += later_ms
        await desk.poll()
    return desk


async def test_who_goes_on_with_an_old_guid_does_not_adopt(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    await gateway.desk(102).sign_in()
    await lagging(gateway, clock)
    found = (await operator.get("/adoption")).json
    line = {"agent": 101, "client": "", "node": "AgentGateway0", "state": "ignores", "keeps_guid": False}
    assert found["agents"] == [{**line, "at": "2023-11-14T22:14:30.000Z", "signed_in": True}]
    states = {"follows": 0, "ignores": 1, "divided": 0, "pending": 0, "untried": 1}
    assert found["clients"] == [{"client": "", "sessions": 2, "not_adopting": 1, "states": states}]
    assert (found["sessions"], found["states"], found["next"]) == (2, states, None)


async def test_who_adopts_late_is_no_longer_told(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    desk = await lagging(gateway, clock)
    await desk.status(guid=(await desk.poll()).set_guid)
    assert (await operator.get("/adoption")).json["agents"] == []


async def test_who_did_not_adopt_is_told_after_the_session_too(
    gateway: Gateway, operator: Operator, clock: Clock
) -> None:
    desk = await lagging(gateway, clock)
    await desk.call("DELETE", "onlineagent/{id}/logout")
    assert [line["signed_in"] for line in (await operator.get("/adoption")).json["agents"]] == [False]


async def test_one_agent_and_a_number_of_lines_can_be_asked_for(gateway: Gateway, operator: Operator) -> None:
    for agent_id in (101, 102, 103):
        await gateway.desk(agent_id).sign_in()
    assert [line["agent"] for line in (await operator.get("/sessions?limit=2")).json] == [101, 102]
    assert [line["agent"] for line in (await operator.get("/sessions?agent=103")).json] == [103]


@pytest.mark.parametrize("query", ["limit=0", "limit=all", "agent=-1", "agent=1000000"])
async def test_a_wrong_number_is_named(operator: Operator, query: str) -> None:
    said = await operator.get(f"/sessions?{query}")
    assert said.status == 400
    assert said.json["error"].startswith(query.partition("=")[0])


async def test_no_page_shows_a_guid(gateway: Gateway, operator: Operator) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    pages = [await operator.get(path) for path in ("/sessions", "/adoption", "/metrics")]
    secret = desk.guid.partition(".")[0].encode()
    assert not [said for said in pages if secret in said.body]


async def test_an_ended_session_is_dead_at_once_and_its_holder_learns_why(gateway: Gateway, operator: Operator) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    said = await operator.post("/sessions/101/end")
    ousted = await desk.status()
    assert (said.status, said.json) == (200, {"agent": 101, "ended": True})
    assert (ousted.retcode, ousted.json["message"]) == ("100-006", "signed out by an inspector or the operator")


async def test_a_forced_end_is_audited(gateway: Gateway, operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gateway.audit")
    await gateway.desk(101).sign_in()
    await operator.post("/sessions/101/end")
    assert caplog.messages[-2:] == [
        "sign-out agent=101 reason=FORCED by=operator",
        "admin-action request='POST /sessions/101/end' status=200 by=operator",
    ]


async def test_the_end_of_no_session_is_404(operator: Operator) -> None:
    said = await operator.post("/sessions/101/end")
    assert (said.status, said.json) == (404, {"error": "the agent is not signed in"})


async def test_a_session_is_not_ended_by_get(gateway: Gateway, operator: Operator) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    assert (await operator.get("/sessions/101/end")).status == 405
    assert (await desk.status()).retcode == "0"


def gauges(text: str) -> dict[str, float]:
    families = text_string_to_metric_families(text)
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


async def test_metrics_tell_the_state_of_the_gateway(gateway: Gateway, operator: Operator) -> None:
    await gateway.desk(101).sign_in()
    found = gauges((await operator.get("/metrics")).body.decode())
    names = ("sessions", "polls_parked", "store_reachable", "settings_reloads_total", "settings_reloads_refused_total")
    assert [found[f"agentgateway_{name}"] for name in names] == [1, 0, 1, 0, 0]


async def test_a_refused_settings_file_is_seen_in_metrics(gateway: Gateway, operator: Operator) -> None:
    gateway.app.live.refused, gateway.app.live.last_error = 1, "wrong"
    found = gauges((await operator.get("/metrics")).body.decode())
    assert (
        found["agentgateway_settings_reloads_refused_total"],
        found["agentgateway_settings_last_reload_successful"],
    ) == (1, 0)


async def test_a_store_out_of_reach_is_seen_in_metrics(tmp_path: Path) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"))
    overrides = {
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        "GUID_SECRET_FILE": str(secret),
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_PORT": "1",
        "STORE_TIMEOUT": "100",
    }
    async with running_gateway(overrides, jobs=False) as gateway, administered(gateway) as operator:
        found = gauges((await operator.get("/metrics")).body.decode())
        sessions = await operator.get("/sessions")
    assert (found["agentgateway_store_reachable"], "agentgateway_sessions" in found) == (0, False)
    assert found["agentgateway_store_shards_unreachable"] == 1
    assert sessions.status == 503


async def test_a_started_gateway_makes_the_token_says_where_and_serves_the_command(tmp_path: Path) -> None:
    port, token = free_port(), tmp_path / "var" / "admin.token"
    overrides = {"ADMIN_PORT": str(port), "ADMIN_TOKEN_FILE": str(token), "HTTPS_PORT": str(free_port())}
    async with gateway_process(tmp_path, overrides) as gateway:
        await gateway.desk(101).sign_in()
        log = gateway.log.read_text()
        said = await Operator(port, token.read_text().strip()).get("/metrics")
        table = await command("sessions", *(f"--set={key}={value}" for key, value in overrides.items()))
    assert f"made a token for the admin listener: {token}\n" in log
    assert f"administration on http://127.0.0.1:{port}, with the token in {token}\n" in log
    assert (
        gauges(said.body.decode())["agentgateway_certificate_not_after_timestamp_seconds"] > time.time() + 89 * 86_400
    )
    assert [line.split()[0] for line in table.splitlines()] == ["agent", "101"]
    assert token.read_text().strip() not in log + table


async def command(*arguments: str) -> str:
    """What `agentgateway` prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "gateway", *arguments), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    said, _ = await process.communicate()
    return said.decode()
