"""The desk page as raw requests meet it: its files, its headers, and the simulated customer (docs/desk.md)."""

import json
import re
from collections.abc import AsyncIterator, Mapping

import pytest

from gateway.desk.pages import files
from gateway.openapi.reference_page import reference_files
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.desk import Answer, Line
from tests.support.gateway import ROOT, running_gateway
from tests.support.servers import free_port

OWN = {"Host": "127.0.0.1"}
CUSTOMER = "/desk/customer?agentid={}"


@pytest.fixture
async def hall() -> AsyncIterator[CentreGateway]:
    async with centre_gateway() as made:
        yield made


async def ask(port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    line = await Line.open(port)
    sent = {**OWN, "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    try:
        return await line.raw(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    finally:
        await line.close()


def policy(answer: Answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", [*files(), *(f"/desk/{name}" for name in reference_files()), "/desk/facts"])
async def test_each_file_comes_with_a_strict_policy(hall: CentreGateway, path: str) -> None:
    answer = await ask(hall.gateway.port, "GET", path)
    assert answer.status == 200
    assert policy(answer)["default-src"] == "'none'"
    assert {policy(answer)[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Server"] == "AgentGateway"
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_module_and_its_types_are_those_of_the_client(hall: CentreGateway) -> None:
    for name, kind in (("agentgateway.js", "text/javascript"), ("agentgateway.d.ts", "text/plain")):
        answer = await ask(hall.gateway.port, "GET", f"/desk/{name}")
        assert answer.body == (ROOT / "gateway" / "client" / name).read_bytes()
        assert answer.headers["Content-Type"].startswith(kind)


async def test_the_page_names_no_other_host_and_only_files_that_are_there(hall: CentreGateway) -> None:
    for path in ("/desk", "/desk/desk.css", *(path for path in files() if path.endswith(".js"))):
        text = (await ask(hall.gateway.port, "GET", path)).body.decode()
        hosts = set(re.findall(r"https?://([^/'\"\s]+)", text))
        assert hosts <= {"www.w3.org", "gateway.example:8043"}, (path, hosts)
        assert not re.search(r"\bstyle=|\son\w+=\"|innerHTML|eval\(", text), path
        for wanted in re.findall(r"(?:href|src)=\"(/[^\"]+)\"|from \"\.(/\w+\.js)\"", text):
            named = wanted[0] or f"/desk{wanted[1]}"
            assert (await ask(hall.gateway.port, "GET", named)).status == 200, named


async def test_head_and_other_methods(hall: CentreGateway) -> None:
    assert (await ask(hall.gateway.port, "POST", "/desk")).headers["Allow"] == "GET, HEAD"
    assert (await ask(hall.gateway.port, "GET", "/desk/customer")).headers["Allow"] == "DELETE, POST"
    preflight = {"Origin": "http://127.0.0.1", "Access-Control-Request-Method": "POST"}
    answer = await ask(hall.gateway.port, "OPTIONS", "/desk/customer", preflight)
    assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (405, False)


@pytest.mark.parametrize("path", ["/desk", "/desk/desk.js", "/desk/facts", "/desk/agentgateway.js", "/desk/customer"])
async def test_where_demo_agents_may_not_sign_in_it_is_a_path_that_nobody_knows(path: str) -> None:
    async with running_gateway({"DEMO_AGENTS": "OFF"}, jobs=False) as gateway:
        unknown = await ask(gateway.port, "GET", "/nothing/here")
        answer = await ask(gateway.port, "GET", path)
        assert (answer.status, answer.body) == (404, unknown.body)
    async with running_gateway(jobs=False) as gateway:
        assert (await ask(gateway.port, "GET", path, {"X-Forwarded-For": "192.0.2.7"})).status == 404


async def test_it_is_not_there_before_a_contact_centre_of_others() -> None:
    upstream = {"BACKEND": "upstream", "UPSTREAM_URL": f"http://127.0.0.1:{free_port()}"}
    async with running_gateway(upstream, jobs=False) as gateway:
        assert (await ask(gateway.port, "GET", "/desk")).status == 404


async def test_under_another_name_or_for_another_origin_nothing_is_told(hall: CentreGateway) -> None:
    desk = await hall.agent(101)
    for headers in ({"Host": "desk.example"}, {"Origin": "http://desk.example"}, {"Origin": "null"}):
        assert (await ask(hall.gateway.port, "GET", "/desk", headers)).status == 403
        answer = await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {**headers, "guid": desk.guid})
        assert answer.status == 403
    assert hall.centre.world.calls == {}


async def test_the_customer_calls_the_agent_who_asks_and_hangs_up(hall: CentreGateway) -> None:
    desk = await hall.agent(101)
    body = json.dumps({"caller": "13911110000", "data": "order 4711"}).encode()
    answer = await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {"guid": desk.guid}, body)
    call_id = answer.json["result"]["call"]
    assert (answer.status, answer.retcode, answer.set_guid) == (200, "0", "")
    assert [call.id for call in hall.centre.world.calls.values()] == [call_id]
    events = [event["eventType"] for event in await desk.drain_events()]
    assert events[-1] == "AgentEvent_Ringing"
    again = await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {"guid": desk.guid})
    assert (again.status, again.retcode) == (200, "100-009")
    gone = await ask(hall.gateway.port, "DELETE", CUSTOMER.format(101), {"guid": desk.guid})
    assert gone.json["result"] == {"call": call_id}
    assert hall.centre.world.calls == {}
    none = await ask(hall.gateway.port, "DELETE", CUSTOMER.format(101), {"guid": desk.guid})
    assert none.retcode == "100-009"


async def test_the_customer_hangs_up_wherever_its_call_has_gone(hall: CentreGateway) -> None:
    desk, helper = await hall.agent(101, auto_answer=True), await hall.agent(102, auto_answer=True)
    first = (await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {"guid": desk.guid})).json["result"]["call"]
    second = (await desk.call("POST", "voicecall/{id}/innerhelp", {"dstaddress": "102"})).json["result"]
    assert (await desk.call("POST", "voicecall/{id}/confjoin", {"callid": first})).retcode == "0"
    assert (await desk.call("DELETE", "voicecall/{id}/release")).retcode == "0"
    await helper.drain_events()
    gone = await ask(hall.gateway.port, "DELETE", CUSTOMER.format(101), {"guid": desk.guid})
    assert gone.json["result"] == {"call": second}
    events = [event["eventType"] for event in await helper.drain_events()]
    assert events[:2] == ["AgentEvent_Customer_Release", "AgentEvent_Call_Release"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_it_needs_the_guid_of_that_agent(hall: CentreGateway, method: str) -> None:
    desk, other = await hall.agent(101), await hall.agent(102)
    await ask(hall.gateway.port, "POST", CUSTOMER.format(102), {"guid": other.guid})
    before = list(hall.centre.world.calls)
    for agent_id, guid in ((101, ""), (101, other.guid), (102, desk.guid), (103, desk.guid)):
        answer = await ask(hall.gateway.port, method, CUSTOMER.format(agent_id), {"guid": guid} if guid else {})
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Guid realm="agents"')
        assert answer.retcode in {"000-003", "100-006"}
    assert list(hall.centre.world.calls) == before


async def test_a_customer_of_somebody_else_cannot_be_hung_up(hall: CentreGateway) -> None:
    desk = await hall.agent(101)
    call_id = await hall.centre.customers.place_for(101, "13911110000")
    answer = await ask(hall.gateway.port, "DELETE", CUSTOMER.format(101), {"guid": desk.guid})
    assert answer.retcode == "100-009"
    assert call_id in hall.centre.world.calls


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b'{"caller":"x"}', b'{"agent":102}', b'{"skill":1}', b'{"called":"60001"}', b'{"talk":5}'],
    ids=str,
)
async def test_nothing_else_can_be_asked_for(hall: CentreGateway, body: bytes) -> None:
    desk = await hall.agent(101)
    answer = await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {"guid": desk.guid}, body)
    assert (answer.status, answer.retcode) == (400, "000-006")
    assert hall.centre.world.calls == {}


@pytest.mark.parametrize("path", ["/sim", "/desk/sim", "/desk/customer/101", "/sim/calls", "/desk/../sim/calls"])
async def test_nothing_of_the_simulator_is_there(hall: CentreGateway, path: str) -> None:
    desk = await hall.agent(101)
    for method in ("GET", "POST"):
        assert (await ask(hall.gateway.port, method, path, {"guid": desk.guid})).status == 404


async def test_other_agents_than_those_for_trying_out_have_no_customer(
    hall: CentreGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await hall.agent(101)
    registry = hall.centre.services.registry
    agent = registry.get(101)
    assert agent is not None
    real = type(agent)(101, agent.account)
    monkeypatch.setattr(registry, "get", lambda agent_id: real)
    answer = await ask(hall.gateway.port, "POST", CUSTOMER.format(101), {"guid": desk.guid})
    assert (answer.status, answer.retcode) == (403, "000-003")
