"""The admin listener of a whole gateway (docs/running.md, Admin listener; docs/protocol.md, AUTHMODE)."""

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.sessions.guid import new_secret_line
from tests.support.admin import Operator, administered, token_file
from tests.support.desk import Desk
from tests.support.fork_server import ended
from tests.support.gateway import Gateway, gateway_process, running_gateway
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


async def listed(operator: Operator, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await operator.get(f"/sessions{query}")).json["sessions"]
    return found


async def test_sessions_are_listed_by_agent(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    await gateway.desk(102).sign_in()
    clock.now_ms += 5000
    await gateway.desk(101).sign_in()
    page = (await operator.get("/sessions")).json
    assert {name: page[name] for name in ("total", "page", "pages", "size")} == {
        "total": 2,
        "page": 1,
        "pages": 1,
        "size": 50,
    }
    at = "2023-11-14T22:13:25.000Z"
    first = {"number": 0, "made": at, "adopted": False, "lagging": False, "standing": "current", "until": None}
    assert page["sessions"][0] == {
        "agent": 101,
        "session": "",
        "node": "AgentGateway0",
        "signed_in": at,
        "seen": at,
        "mode": "dynamic",
        "events": "poll",
        "address": "127.0.0.1",
        "client": "",
        "state": "unused",
        "generations": [first],
    }
    assert (page["sessions"][1]["agent"], page["sessions"][1]["seen"]) == (102, "2023-11-14T22:13:20.000Z")


async def test_the_list_tells_the_generations_and_who_lags(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    desk = await lagging(gateway, clock)
    lines = await listed(operator)
    await desk.status(guid=(await desk.poll()).set_guid)
    lines += await listed(operator)
    assert [line["state"] for line in lines] == ["lagging", "current"]
    told = [[(each["number"], each["adopted"], each["standing"]) for each in line["generations"]] for line in lines]
    assert told == [[(1, False, "current"), (0, True, "grace")], [(1, True, "current"), (0, True, "grace")]]


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


@pytest.mark.parametrize(
    ("query", "agents"),
    [
        ("size=2", [101, 102]),
        ("size=2&page=2", [103]),
        ("size=2&page=9", [103]),
        ("agent=103,101", [101, 103]),
        ("find=10", [101, 102, 103]),
        ("find=102", [102]),
        ("find=127.0", [101, 102, 103]),
        ("find=gateway0", [101, 102, 103]),
        ("find=nobody", []),
        ("state=lagging", []),
        ("state=unused", [101, 102, 103]),
        ("node=AgentGateway1", []),
        ("address=127.0.0.1", [101, 102, 103]),
        ("address=127.0.0", []),
        ("client=Desk", []),
    ],
)
async def test_sessions_are_sought_and_paged(
    gateway: Gateway, operator: Operator, query: str, agents: list[int]
) -> None:
    for agent_id in (101, 102, 103):
        await gateway.desk(agent_id).sign_in()
    assert [line["agent"] for line in await listed(operator, f"?{query}")] == agents


@pytest.mark.parametrize("query", ["size=0", "size=1001", "page=all", "agent=-1", "agent=1000000", "state=ill"])
async def test_a_wrong_value_is_named(operator: Operator, query: str) -> None:
    said = await operator.get(f"/sessions?{query}")
    assert said.status == 400
    assert said.json["error"].startswith(query.partition("=")[0])


async def test_one_agent_is_shown_with_its_former_sessions(gateway: Gateway, operator: Operator, clock: Clock) -> None:
    await gateway.desk(101).sign_in()
    shown = [(await operator.get("/sessions/101")).json]
    await operator.post("/sessions/101/end")
    shown.append((await operator.get("/sessions/101")).json)
    assert [each["signed_in"] for each in shown] == [True, False]
    assert (shown[0]["session"]["agent"], shown[1]["session"]) == (101, None)
    assert [each["reason"] for each in shown[1]["former"]] == ["FORCED"]


async def test_no_page_shows_a_guid(gateway: Gateway, operator: Operator) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    pages = [await operator.get(path) for path in ("/sessions", "/sessions/101", "/adoption", "/metrics")]
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
        log = await gateway.said("made a token", "administration on")
        said = await Operator(port, token.read_text().strip()).get("/metrics")
        table = await command("sessions", "list", *(f"--set={key}={value}" for key, value in overrides.items()))
    assert f"made a token for the admin listener: {token}\n" in log
    assert f"administration on http://127.0.0.1:{port}, with the token in {token}\n" in log
    assert (
        gauges(said.body.decode())["agentgateway_certificate_not_after_timestamp_seconds"] > time.time() + 89 * 86_400
    )
    assert [line.split()[0] for line in table.splitlines()] == ["agent", "101"]
    assert token.read_text().strip() not in log + table


async def command(*arguments: str) -> str:
    """What `agentgateway` prints."""
    _, said, _ = await ended(*arguments)
    return said
