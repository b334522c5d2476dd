"""`/gateway/auth` on the wire: the GUID check for requests that a reverse proxy passes on to somebody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.desk import Answer, Desk, Line, ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.servers import Servers
from tests.support.site import site
from tests.support.waiting import until_async

INTERVAL, TIMEOUT = 60_000, 120_000
CALL = "/agentgateway/resource/onlineagent/101/agentstatus"


@dataclass
class Bench:
    """A gateway whose time the test moves (ms), and agent 101, who signed in there and does not adopt by itself."""

    gateway: Gateway
    desk: Desk
    now: list[int] = field(default_factory=list)

    async def knows_of_the_hand_out(self) -> bool:
        session = (await self.gateway.app.sessions.store.read(101)).session
        return session is not None and not session.superseded[-1].waiting

    async def check(self, target: str = CALL, *, guid: str | None = None, **headers: str) -> Answer:
        """Asks as a proxy does; `_` in a header's name stands for `-`."""
        asked = {"guid": self.desk.guid if guid is None else guid, "X-Original-URI": target}
        asked |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await ask_once(self.gateway.port, "GET", "/gateway/auth", {k: v for k, v in asked.items() if v})


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    now = [1_800_000_000_000]
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}, clock=lambda: now[0], jobs=False) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        await desk.drain_events()
        desk.adopts = False
        yield Bench(gateway, desk, now)


async def test_the_right_guid_passes_and_names_the_agent(bench: Bench) -> None:
    answer = await bench.check()
    assert (answer.status, answer.headers["X-Agent-Id"], answer.body) == (204, "101", b"")


async def test_the_answer_holds_no_guid(bench: Bench) -> None:
    bench.now[0] += INTERVAL
    assert bench.desk.guid not in "\n".join((await bench.check()).lines)


async def test_a_wrong_guid_is_refused_with_401_and_its_retcode(bench: Bench) -> None:
    answer = await bench.check(guid="wrong")
    assert (answer.status, answer.headers["X-Retcode"], answer.retcode) == (401, "000-003", "000-003")
    assert answer.headers["WWW-Authenticate"] == 'Guid realm="agents"'
    assert answer.headers["X-Refusal"].encode() == answer.body


async def test_after_the_sign_out_it_is_refused_with_the_reason(bench: Bench) -> None:
    await bench.desk.call("DELETE", "onlineagent/{id}/logout")
    answer = await bench.check()
    assert (answer.status, answer.headers["X-Retcode"]) == (401, "100-006")
    assert answer.json["message"] == "the agent signed out"


async def test_a_superseded_guid_passes_for_its_grace_and_no_longer(bench: Bench) -> None:
    bench.now[0] += INTERVAL
    assert (await bench.desk.poll()).set_guid
    await until_async(bench.knows_of_the_hand_out)
    bench.now[0] += TIMEOUT - INTERVAL - 1
    within = await bench.check()
    bench.now[0] += 1
    assert [within.status, (await bench.check()).status] == [204, 401]


async def test_a_check_of_a_poll_makes_and_hands_out_nothing(bench: Bench) -> None:
    bench.now[0] += INTERVAL
    answer = await bench.check("/agentgateway/resource/agentevent/101")
    assert (answer.status, "Set-GUID" in answer.headers) == (204, False)
    assert (await bench.desk.poll()).set_guid


async def test_a_check_counts_as_use_of_the_new_guid(bench: Bench) -> None:
    bench.now[0] += INTERVAL
    new = (await bench.desk.poll()).set_guid
    assert (await bench.check(guid=new)).status == 204
    assert not (await bench.desk.poll()).set_guid


@pytest.mark.parametrize(
    "target",
    [
        f"{CALL}?a=b",
        "//agentgateway//resource///voicecall/101//callout",
        "/agentgateway/resource/onlineagent/%3101/saybusy",
        f"http://gateway.example.com{CALL}",
    ],
)
async def test_the_agent_is_found_in_every_form_of_a_path_that_calls_may_have(bench: Bench, target: str) -> None:
    assert (await bench.check(target)).status == 204


@pytest.mark.parametrize("header", ["X-Original-URI", "X-Forwarded-Uri"])
async def test_the_target_may_come_in_either_header(bench: Bench, header: str) -> None:
    asked = {"X-Original-URI": "", header.replace("-", "_"): CALL}
    assert (await bench.check("", **asked)).status == 204


async def test_other_paths_name_the_agent_in_a_header(bench: Bench) -> None:
    assert (await bench.check("/crm/customers/7", X_Agent_Id="101")).headers["X-Agent-Id"] == "101"


@pytest.mark.parametrize("agent", ["", "0101", "102x", "1000000"])
async def test_other_paths_without_an_agent_are_refused(bench: Bench, agent: str) -> None:
    answer = await bench.check("/crm/customers/7", X_Agent_Id=agent)
    assert (answer.status, answer.headers["X-Retcode"]) == (401, "000-002")


@pytest.mark.parametrize(
    "target",
    [
        "/agentgateway/resource/onlineagent/102/agentstatus",
        "/agentgateway/resource/unknown/102",
        "/agentgateway/resource/onlineagent/loginbyaccount",
        "/AgentGateway/resource/onlineagent/102/agentstatus",
        "/crm/../agentgateway/resource/onlineagent/102/agentstatus",
        "/crm/%2e%2e/agentgateway/resource/onlineagent/102/agentstatus",
        "/agentgateway;x/resource/onlineagent/102/agentstatus",
        "/%61gentgateway/resource/onlineagent/102/agentstatus",
        "/agentgateway%2fresource/onlineagent/102/agentstatus",
        "/crm\\..\\agentgateway/resource/onlineagent/102/agentstatus",
        "http:/agentgateway/resource/onlineagent/102/agentstatus",
    ],
)
async def test_a_header_lets_nobody_call_for_the_agent_of_another_path(bench: Bench, target: str) -> None:
    assert (await bench.check(target, X_Agent_Id="101")).status == 401


async def test_a_second_target_that_the_client_wrote_itself_is_refused(bench: Bench) -> None:
    answer = await bench.check("/agentgateway/resource/onlineagent/102/agentstatus", X_Forwarded_Uri=CALL)
    assert answer.status == 401


async def _check_with(bench: Bench, headers: str) -> Answer:
    line = await Line.open(bench.gateway.port)
    head = f"GET /gateway/auth HTTP/1.1\r\nHost: g\r\nX-Original-URI: {CALL}\r\n"
    answer = await line.raw(f"{head}{headers}\r\n\r\n".encode())
    await line.close()
    return answer


@pytest.mark.parametrize("headers", ["guid: {0}\r\nGuid: {0}", "guid: {0}, {0}"])
async def test_a_guid_sent_twice_passes_as_once(bench: Bench, headers: str) -> None:
    assert (await _check_with(bench, headers.format(bench.desk.guid))).status == 204


@pytest.mark.parametrize("headers", ["guid: {0}\r\nguid: x", "guid: {0}, x"])
async def test_two_guids_are_refused(bench: Bench, headers: str) -> None:
    answer = await _check_with(bench, headers.format(bench.desk.guid))
    assert (answer.status, answer.headers["X-Retcode"]) == (401, "000-006")


async def test_a_proxy_that_does_not_tell_the_target_is_told_so(bench: Bench) -> None:
    answer = await bench.check("")
    assert (answer.status, answer.json["message"]) == (400, "the proxy must send the request target in X-Original-URI")


async def test_a_body_that_is_announced_and_not_sent_is_not_waited_for(bench: Bench) -> None:
    line = await Line.open(bench.gateway.port)
    head = f"POST /gateway/auth HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\nX-Original-URI: {CALL}\r\n"
    answer = await line.raw(f"{head}guid: {bench.desk.guid}\r\n\r\n".encode())
    await line.close()
    assert answer.status == 204


async def test_without_the_store_it_answers_503_with_retry_after(servers: Servers, tmp_path: Path) -> None:
    redis = servers.start("valkey")
    async with (
        site(tmp_path, {"REDIS_URL": redis.url}) as place,
        running_gateway({"STORE_TIMEOUT": "800"}, config=place.config) as gateway,
    ):
        desk = gateway.desk(101)
        assert (await desk.sign_in()).retcode == "0"
        redis.freeze()
        answer = await Bench(gateway, desk).check()
        redis.thaw()
    assert (answer.status, answer.headers["Retry-After"], answer.retcode) == (503, "1", "100-007")
