"""A world to play in: customers by the `/sim` pages of the admin listener."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.admin import Operator, Said, administered, token_file
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.gateway import running_gateway

CALLER = "13800000000"


@dataclass
class Site:
    """A gateway, its operator."""

    centre: CentreGateway
    operator: Operator

    async def post(self, path: str, **body: object) -> Said:
        return await self.operator.post(path, body=json.dumps(body).encode() if body else b"")

    async def call(self, **body: object) -> str:
        said = await self.post("/sim/calls", **{"caller": CALLER, **body})
        assert said.status == 200, said.body
        made: str = said.json["call"]
        return made

    async def stages(self) -> list[str]:
        return [line["stage"] for line in (await self.operator.get("/sim/calls")).json]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with centre_gateway(overrides) as centre, administered(centre.gateway) as operator:
        yield Site(centre, operator)


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["eventType"] for event in events]


async def test_a_call_reaches_an_agent_with_its_caller_and_its_data(site: Site) -> None:
    desk = await site.centre.agent(101)
    call = await site.call(skill=1, data="gold")
    [incoming] = [
        event["content"] for event in await desk.drain_events() if event["eventType"] == "AgentEvent_Incoming_CallInfo"
    ]
    assert (incoming["callId"], incoming["caller"], incoming["skillId"]) == (call, CALLER, 1)
    assert [(line["call"], line["data"]) for line in (await site.operator.get("/sim/calls")).json] == [(call, "gold")]


async def test_an_access_code_leads_to_its_queue(site: Site) -> None:
    await site.call(called="60002")
    [line] = (await site.operator.get("/sim/calls")).json
    assert (line["skill"], line["called"], line["stage"]) == (2, "60002", "waiting")


async def test_a_voice_menu_passes_the_call_on_when_the_customer_dials(site: Site) -> None:
    call = await site.call(called="70002")
    before = await site.stages()
    assert (await site.post(f"/sim/calls/{call}/digits", digits="1")).status == 200
    [line] = (await site.operator.get("/sim/calls")).json
    assert (before, line["stage"], line["skill"]) == (["menu"], "waiting", 1)


async def test_nobody_dials_outside_of_a_voice_menu(site: Site) -> None:
    call = await site.call(skill=1)
    said = await site.post(f"/sim/calls/{call}/digits", digits="1")
    assert (said.status, said.json) == (404, {"error": f"call {call} is in no voice menu"})


async def test_a_customer_calls_one_agent_and_waits_for_it(site: Site) -> None:
    desk = await site.centre.agent(101, status=3)
    call = await site.call(agent=101)
    private = (await desk.call("GET", "calldata/{id}/privatecallinfo")).json["result"]
    public = (await desk.call("GET", "calldata/{id}/waitcallinfo/1")).json["result"]
    assert ([waiting["callid"] for waiting in private], public) == ([call], [])
    assert (await desk.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"
    assert kinds(await desk.drain_events())[-1] == "AgentEvent_Ringing"


async def test_an_agent_takes_a_call_out_of_its_own_queue(site: Site) -> None:
    desk = await site.centre.agent(101, status=3)
    call = await site.call(agent=101)
    public = await desk.call("POST", f"voicecall/{{id}}/requestcall/{call}/0?skillId=1")
    private = await desk.call("POST", f"voicecall/{{id}}/requestcall/{call}/1")
    assert (public.retcode, private.retcode) == ("100-009", "0")
    assert "AgentEvent_Talking" in kinds(await desk.drain_events())


async def test_nobody_calls_an_agent_whom_there_is_not(site: Site) -> None:
    assert (await site.post("/sim/calls", caller=CALLER, agent=999)).json == {"error": "no agent 999"}


async def test_somebody_uses_the_phone_of_an_agent_by_hand(site: Site) -> None:
    desk = await site.centre.agent(101, phonelinkage=True)
    assert (await site.post("/sim/agents/101/phone", act="dial", number=CALLER)).status == 200
    assert kinds(await desk.drain_events())[0] == "AgentEvent_linkagePhoneCallOut"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"act": "dial"}, 400, "number: is missing, dial needs one"),
        ({"act": "throw"}, 400, "act: must be one of dial, hold, unhold, transfer, engage, lose, find"),
        ({"act": "dial", "number": CALLER}, 404, "agent 101: this phone is not linked: sign in with phonelinkage"),
        ({"act": "find"}, 404, "agent 101: the phone can be used already"),
    ],
)
async def test_what_cannot_be_done_with_a_phone_is_told(
    site: Site, body: dict[str, str], status: int, error: str
) -> None:
    await site.centre.agent(101)
    said = await site.post("/sim/agents/101/phone", **body)
    assert (said.status, said.json) == (status, {"error": error})


async def test_a_customer_asks_for_a_picture(site: Site) -> None:
    desk = await site.centre.agent(101, auto_answer=True, agenttype=11)
    call = await site.call(skill=1)
    assert (await site.post(f"/sim/calls/{call}/video")).status == 200
    assert kinds(await desk.drain_events())[-1] == "AgentEvent_MediaSwith"


async def test_a_customer_hangs_up(site: Site) -> None:
    desk = await site.centre.agent(101)
    call = await site.call(skill=1)
    await desk.call("PUT", "voicecall/{id}/answer")
    await desk.drain_events()
    assert (await site.post(f"/sim/calls/{call}/hangup")).json == {"done": True}
    assert kinds(await desk.drain_events())[:2] == ["AgentEvent_Customer_Release", "AgentEvent_Call_Release"]


async def test_a_customer_who_is_called_answers(site: Site) -> None:
    desk = await site.centre.agent(101)
    call = (await desk.call("PUT", "voicecall/{id}/callout", {"caller": "60000", "called": "13911112222"})).json[
        "result"
    ]
    await site.post(f"/sim/calls/{call}/answer")
    assert "AgentEvent_Talking" in kinds(await desk.drain_events())


async def test_a_customer_who_is_called_refuses(site: Site) -> None:
    desk = await site.centre.agent(101)
    call = (await desk.call("PUT", "voicecall/{id}/callout", {"caller": "60000", "called": "13911112222"})).json[
        "result"
    ]
    await site.post(f"/sim/calls/{call}/refuse", number="13911112222")
    assert "AgentEvent_Call_Out_Fail" in kinds(await desk.drain_events())


async def test_talk_and_patience_of_one_call_are_as_given(site: Site) -> None:
    await site.call(skill=1, patience=3)
    await site.centre.time.pass_s(2)
    still = await site.stages()
    await site.centre.time.pass_s(2)
    assert (still, await site.stages()) == (["waiting"], [])


async def test_an_agent_is_offered_an_outbound_call(site: Site) -> None:
    desk = await site.centre.agent(101)
    said = await site.post("/sim/agents/101/offer", numbers=[CALLER])
    [offer] = [event["content"] for event in await desk.drain_events() if "Preview" in event["eventType"]]
    assert offer["controlid"] == str(said.json["control"])


@pytest.mark.parametrize("name", ["anna.b@example.com", "Änne Müller", "王芳", "x" * 64])
async def test_the_caller_of_a_chat_may_be_a_user_name(site: Site, name: str) -> None:
    desk = await site.centre.agent(111)
    chat = (await site.post("/sim/chats", skill=4, caller=name, text="hello")).json["chat"]
    await desk.call("PUT", f"textchat/{{id}}/answer/{chat}")
    callers = [
        event["content"]["caller"] for event in await desk.drain_events() if event["eventType"] == "AgentChat_Ring"
    ]
    assert callers == [name]


async def test_a_chat_goes_to_and_fro(site: Site) -> None:
    desk = await site.centre.agent(111)
    chat = (await site.post("/sim/chats", skill=4, caller=CALLER, text="hello")).json["chat"]
    await desk.call("PUT", f"textchat/{{id}}/answer/{chat}")
    await site.post(f"/sim/chats/{chat}/messages", text="are you there?")
    assert [line["text"] for line in (await site.operator.get(f"/sim/chats/{chat}")).json] == [
        "hello",
        "are you there?",
    ]
    await site.post(f"/sim/chats/{chat}/leave")
    assert (await site.operator.get("/sim/chats")).json == []


async def test_what_agents_write_to_customers_in_no_chat_is_shown(site: Site) -> None:
    desk = await site.centre.agent(111)
    body = {"skillId": "4", "chatId": "1", "chatReceiver": CALLER, "content": "it has come"}
    assert (await desk.call("POST", "textchat/{id}/sendmessagewithoutcall", body)).retcode == "0"
    sent = {"agent": 111, "skill": 4, "message": "1", "receivers": CALLER, "text": "it has come", "for_s": 0}
    assert (await site.operator.get("/sim/messages")).json == [sent]


async def test_agents_are_shown_with_where_their_calls_go(site: Site) -> None:
    desk = await site.centre.agent(101)
    body = {"forwardingType": "forwardBusy", "forwardDN": CALLER}
    assert (await desk.call("POST", "onlineagent/{id}/setforwarding", body)).retcode == "0"
    [agent] = (await site.operator.get("/sim/agents")).json
    assert agent["forwards"] == {"forwardBusy": CALLER}


async def test_queues_agents_and_the_summary_tell_the_same(site: Site) -> None:
    await site.centre.agent(101)
    await site.call(skill=1)
    await site.call(skill=3)
    queues = {line["skill"]: line for line in (await site.operator.get("/sim/queues")).json}
    [agent] = (await site.operator.get("/sim/agents")).json
    assert (queues[3]["waiting"], queues[3]["access"], queues[1]["waiting"]) == (1, ["60003"], 0)
    assert (agent["agent"], agent["state"], len(agent["calls"])) == (101, "talking", 1)
    assert (await site.operator.get("/sim")).json == {
        "calls": {"ringing": 1, "waiting": 1},
        "agents": {"talking": 1},
        "chats": 0,
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"caller": CALLER}, "skill: give a skill queue, or in called an access code, or an agent"),
        (
            {"caller": CALLER, "skill": 1, "agent": 101},
            "agent: give either an agent, or a skill queue or an access code",
        ),
        ({"caller": CALLER, "skill": 99}, "skill: no skill queue 99 for calls; allowed are 1, 2, 3, 5"),
        ({"caller": CALLER, "skill": 4}, "skill: no skill queue 4 for calls; allowed are 1, 2, 3, 5"),
        (
            {"caller": CALLER, "called": "1"},
            "called: no queue and no voice menu has this access code; allowed are 60001",
        ),
        ({"skill": 1}, "caller: is missing, it must be 1 to 24 of the characters 0-9 * #, in quotes"),
        ({"skill": 1, "caller": "me"}, "caller: must be 1 to 24 of the characters 0-9 * #, in quotes"),
        ({"skill": "x", "caller": CALLER}, "skill: must be the id of a skill queue, 1 or more"),
        ({"skill": 1, "caller": CALLER, "talk": -1}, "talk: must be a number of seconds from 0 to 86400"),
        ({"skill": 1, "caller": CALLER, "name": "x"}, "name: no such field; allowed are skill, called, agent, caller"),
        ({"agent": "x", "caller": CALLER}, "agent: must be a whole number from 1 to 999999"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value.split(" ")[0],
)
async def test_what_is_wrong_with_a_call_is_told_by_field(site: Site, body: dict[str, object], error: str) -> None:
    said = await site.post("/sim/calls", **body)
    assert said.status == 400
    assert said.json["error"].startswith(error)


async def test_a_body_that_is_no_object_is_told(site: Site) -> None:
    said = await site.operator.post("/sim/calls", body=b"[")
    assert (said.status, said.json) == (400, {"error": "body: must be a JSON object"})


@pytest.mark.parametrize("name", ["", " ", "anna ", "a\nb", "a\u200fb", "x" * 65])
async def test_a_caller_of_a_chat_without_a_proper_name_is_told(site: Site, name: str) -> None:
    said = await site.post("/sim/chats", skill=4, caller=name)
    assert (said.status, said.json) == (
        400,
        {"error": "caller: must be a number or name of 1 to 64 characters, in quotes"},
    )


async def test_a_chat_needs_a_queue_for_text(site: Site) -> None:
    said = await site.post("/sim/chats", skill=1, caller=CALLER)
    assert (said.status, said.json) == (400, {"error": "skill: no skill queue 1 for text; allowed are 4, 6"})


@pytest.mark.parametrize("path", ["/sim/calls/1-1/hangup", "/sim/calls/1-1/answer", "/sim/chats/1-1/leave"])
async def test_what_does_not_exist_is_404(site: Site, path: str) -> None:
    assert (await site.post(path)).status == 404


async def test_an_agent_who_is_not_signed_in_is_offered_nothing(site: Site) -> None:
    said = await site.post("/sim/agents/101/offer", numbers=[CALLER])
    assert (said.status, said.json) == (404, {"error": "agent 101 is not signed in"})


async def test_nobody_plays_without_the_token(site: Site) -> None:
    assert (await Operator(site.operator.port, "another-token-of-somebody").get("/sim")).status == 401


async def test_nobody_plays_through_a_proxy(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.operator.token}", "X-Forwarded-For": "192.0.2.1"}
    assert (await site.operator.get("/sim", headers)).status == 403


async def test_with_a_contact_centre_behind_there_is_nothing_to_play_in(tmp_path: Path) -> None:
    overrides = {
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_PORT": "1",
        "BACKEND": "upstream",
        "UPSTREAM_URL": "http://127.0.0.1:9",
    }
    async with running_gateway(overrides, jobs=False) as gateway, administered(gateway) as operator:
        assert (await operator.get("/sim")).status == 404
