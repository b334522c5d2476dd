"""agentgateway.js in node: at a real gateway, and at a server that says what the test wants (docs/sdk.md)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from tests.support.centre import CentreGateway, centre_gateway
from tests.support.gateway import PASSWORD
from tests.support.node import Script, needs_node, script
from tests.support.proxy import proxy_to
from tests.support.scripted import Scripted, cutting, event, holding, refusing, saying, scripted
from tests.support.servers import free_port
from tests.support.waiting import until_async

pytestmark = needs_node
DESK = "tests/javascript/desk.mjs"
POLL, LOGIN = "agentevent/101", "onlineagent/101"
INTERVAL_S = 60


@pytest.fixture
async def hall() -> AsyncIterator[CentreGateway]:
    async with centre_gateway({"TIMEOUT_FLAG": "OFF"}) as made:
        yield made


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as made:
        yield made


def desk(
    *ports: int, agent: str = "101", asked: list[tuple[str, str, object]] | None = None, **settings: object
) -> AbstractAsyncContextManager[Script]:
    urls = ",".join(f"http://127.0.0.1:{port}" for port in ports)
    return script(DESK, urls, agent, PASSWORD, json.dumps(settings), json.dumps(asked or []))


async def test_an_agent_takes_a_call_and_signs_out(hall: CentreGateway) -> None:
    skills = ("onlineagent", "resetSkill", {"autoflag": True})
    async with desk(hall.gateway.port, asked=[skills], options={"autoanswer": False}) as page:
        await page.told(did="resetSkill")
        call_id = await hall.centre.customers.place(1, "13800000000")
        assert (await page.told(event="AgentEvent_Ringing"))["content"]["callid"] == call_id
        await page.told(event="AgentEvent_Call_Release", content=call_id)
        await page.say("voicecall", "release", {})
        assert (await page.told(did="release", error="Refused"))["retcode"] == "200-017"
        await page.say("onlineagent", "getAgentStatus", {})
        assert (await page.told(did="getAgentStatus"))["result"]["isWorking"] is False
        await page.say("agent", "signOut", {})
        assert (await page.rest())[-1] == {"over": True}


async def test_it_follows_the_guid(hall: CentreGateway) -> None:
    async with desk(hall.gateway.port) as page:
        await page.told(signedIn=101)
        for number in range(1, 4):
            await hall.time.pass_s(INTERVAL_S)

            async def made(wanted: int = number) -> bool:
                session = (await hall.gateway.app.sessions.store.read(101)).session
                return session is not None and session.number == wanted

            await until_async(made)
            await page.say("onlineagent", "getAgentStatus", {})
            await page.told(did="getAgentStatus", result={"agentState": 4, "isWorking": False})


async def test_who_is_forced_out_is_told_why(hall: CentreGateway) -> None:
    async with desk(hall.gateway.port, agent="demo101") as former:
        await former.told(signedIn=101)
        async with desk(hall.gateway.port) as refused:
            assert (await refused.rest())[-1]["retcode"] == "100-002"
        async with desk(hall.gateway.port, force=True) as page:
            await page.told(signedIn=101)
            [*_, last] = await former.rest()
            assert (last["retcode"], "by force" in last["message"]) == ("100-006", True)


async def test_every_event_comes_once_while_answers_get_lost(hall: CentreGateway) -> None:
    async with proxy_to(hall.gateway.port) as proxy, desk(proxy.port) as page:
        await page.told(event="AgentState_Ready")
        helper = hall.gateway.desk(119)
        await helper.sign_in()
        for number in range(4):
            proxy.lossy = number % 2 == 0
            note = {"agentIds": [101], "content": f"note {number}"}
            assert (await helper.call("POST", "onlineagent/{id}/sendnoteletex", note)).retcode == "0"
            if proxy.lossy:
                await page.told(error="NoAnswer")
        proxy.lossy = False
        notes = [(await page.told(event="AgentOther_Note"))["content"]["context"] for _ in range(4)]
        assert notes == [f"note {number}" for number in range(4)]
        await page.say("agent", "signOut", {})
        assert [line for line in await page.rest() if "event" in line] == []


async def test_a_sign_in_whose_answer_was_lost_goes_on_over_its_own_session(server: Scripted) -> None:
    server.will(LOGIN, cutting, refusing("100-002"), saying({}, 503), saying("<html>", 502))
    async with desk(server.port) as page:
        await page.told(signedIn=101)
    assert len(server.asked(LOGIN)) == 5


async def test_it_goes_to_the_next_node(server: Scripted) -> None:
    async with desk(free_port(), server.port) as page:
        await page.told(signedIn=101)


async def test_the_next_poll_confirms_and_what_comes_again_is_left_out(server: Scripted) -> None:
    again = event("A", receipt="r1")
    server.will(POLL, again, cutting, again, event("B", receipt="r2"), event("C"), cutting, event("C"), event("D"))
    async with desk(server.port) as page:
        assert [(await page.told(content=None))["event"] for _ in range(4)] == ["A", "B", "C", "D"]
    receipts = [poll.headers["Event-Receipt"] for poll in server.asked(POLL)]
    assert receipts[:5] == ["wanted", "r1", "r1", "r1", "r2"]


async def test_failures_and_empty_answers_make_no_storm(server: Scripted) -> None:
    server.will(POLL, *[saying({"retcode": "100-007", "message": ""}, 503)] * 5)
    began_s = time.monotonic()
    async with desk(server.port, firstPauseMs=100, longestPauseMs=400) as page:
        await page.told(signedIn=101)
        await server.hears(POLL, 8)
    assert time.monotonic() - began_s > 0.05 + 0.1 + 3 * 0.2 + 2 * 0.4


async def test_an_operation_is_not_sent_twice_and_a_question_is(server: Scripted) -> None:
    callout, status = "voicecall/101/callout", "onlineagent/101/agentstatus"
    away = saying({"retcode": "100-007", "message": ""}, 503)
    server.will(callout, away)
    server.will(status, away, cutting)
    async with desk(server.port) as page:
        await page.told(signedIn=101)
        await page.say("voicecall", "callout", {"called": "13800000000"})
        await page.told(did="callout", error="Refused", retcode="100-007")
        await page.say("onlineagent", "getAgentStatus", {})
        await page.told(did="getAgentStatus", result=None)
    assert (len(server.asked(callout)), len(server.asked(status)) >= 3) == (1, True)


async def test_values_go_where_the_row_has_them(server: Scripted) -> None:
    async with desk(server.port) as page:
        await page.told(signedIn=101)
        for words in (
            ("onlineagent", "rest", {"time": 60, "restcause": 1, "prolong": True}),
            ("onlineagent", "sendNoteletEx", {"agentIds": [102, 103], "content": "1 + 1"}),
            ("qualitycontrol", "beginMonitor", {"workNos": "102"}),
        ):
            await page.say(*words)
            await page.told(did=words[1], result=None)
    assert [heard.path for heard in server.asked("onlineagent/101/rest/60/1")] == [
        "onlineagent/101/rest/60/1?prolong=true"
    ]
    [note] = server.asked("onlineagent/101/sendnoteletex")
    assert note.json == {"agentIds": [102, 103], "content": "1 + 1"}


async def test_an_older_guid_that_comes_late_is_not_adopted(server: Scripted) -> None:
    gate = asyncio.Event()
    answers = {guid: saying({"message": "", "retcode": "0"}, Set_GUID=f"JSESSIONID={guid}") for guid in ("g1", "g2")}
    server.will("onlineagent/101/sayfree", holding(gate.wait(), answers["g1"]))
    server.will("onlineagent/101/handshake", answers["g2"])
    async with desk(server.port) as page:
        await page.told(signedIn=101)
        await page.say("onlineagent", "sayFree", {})
        await server.hears("onlineagent/101/sayfree", 1)
        await page.say("onlineagent", "handShake", {})
        await page.told(did="handShake")
        gate.set()
        await page.told(did="sayFree")
        await page.say("onlineagent", "sayBusy", {})
        await page.told(did="sayBusy")
    assert server.asked("onlineagent/101/saybusy")[0].headers["guid"] == "g2"


async def test_the_end_of_the_session_is_told(server: Scripted) -> None:
    server.will(POLL, *[refusing("000-003")] * 3, event("A"))
    server.always[POLL] = refusing("100-006", "signed out by an inspector")
    async with desk(server.port) as page:
        await page.told(event="A")
        assert (await page.rest())[-1]["message"] == "100-006 signed out by an inspector"
