"""Multimedia sessions: web chats whose events are those of calls."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.contact_centre.floor.plan import Plan
from tests.support.floor import AGENTS, Floor, open_floor

ANA, BEN, VOICE_ONLY = 115, 116, 107
WEB, CUSTOMER = 9, "13800000000"
PLAN = Plan(access={"60009": WEB})


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    """Two agents of a queue for multimedia web chat."""
    text = re.sub(r"skills = \[3, 4, 5(, 6)?\]", f"skills = [{WEB}]", AGENTS.read_text())
    agents = tmp_path / "agents.toml"
    agents.write_text(f'{text}\n[[skills]]\nid = {WEB}\nname = "Web"\nmediatype = 51\n')
    async with open_floor(PLAN, ANA, BEN, VOICE_ONLY, agents_file=agents) as made:
        yield made


async def _offered(floor: Floor, *, by_hand: bool = True) -> tuple[str, int]:
    """A web chat, and the agent whom it was given to."""
    for agent in (ANA, BEN):
        await floor.do(agent, "setAgentAutoAnswer", isautoanswer=str(not by_hand))
    call_id = await floor.centre.chat_customers.start(WEB, CUSTOMER, text="hello")
    [agent] = [agent for agent in (ANA, BEN) if floor.world.activities.chats_of(floor.sessions[agent])]
    return call_id, agent


async def _taken(floor: Floor) -> tuple[str, int]:
    call_id, agent = await _offered(floor, by_hand=False)
    await floor.hush()
    return call_id, agent


def _talking(call_id: str) -> dict[str, str]:
    who = {"caller": CUSTOMER, "called": "60009", "callid": call_id}
    return {**who, "feature": "0", "type": "main", "mediaAbility": "5"}


async def test_a_web_chat_arrives_and_rings_like_a_call(floor: Floor) -> None:
    call_id, agent = await _offered(floor)
    (incoming, info), (ringing, offer) = await floor.told(agent)
    assert (incoming, info["callId"], info["skillName"], info["mediaType"]) == (
        "AgentEvent_Incoming_CallInfo",
        call_id,
        "Web",
        51,
    )
    assert (ringing, offer["callid"], offer["mediaType"], offer["mediaAbility"]) == (
        "AgentEvent_Ringing",
        call_id,
        "51",
        "5",
    )


async def test_the_answer_of_calls_takes_a_web_chat_by_its_id(floor: Floor) -> None:
    call_id, agent = await _offered(floor)
    await floor.hush()
    assert await floor.do(agent, "answer", callid=call_id) == "0"
    talking, message = await floor.told(agent)
    assert talking == ("AgentEvent_Talking", _talking(call_id))
    assert message[0] == "AgentEvent_MessageData"


async def test_with_automatic_answer_a_web_chat_is_connected_at_once(floor: Floor) -> None:
    _, agent = await _offered(floor, by_hand=False)
    assert await floor.types(agent) == [
        "AgentEvent_Incoming_CallInfo",
        "AgentEvent_Auto_Answer",
        "AgentEvent_Talking",
        "AgentEvent_MessageData",
    ]


async def test_a_message_of_the_customer_names_its_members(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    await floor.centre.chat_customers.say(call_id, "one more thing")
    content = {
        "callid": call_id,
        "caller": CUSTOMER,
        "called": str(agent),
        "feature": 0,
        "type": "main",
        "message": "one more thing",
        "mediaAbility": "5",
    }
    assert await floor.told(agent) == [("AgentEvent_MessageData", {**content, "jsonKey": list(content)})]


async def test_what_the_agent_sends_the_customer_reads(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    assert await floor.do(agent, "sendMessage", {"callid": call_id, "data": "with pleasure"}) == "0"
    assert floor.centre.chat_customers.said(call_id)[-1].text == "with pleasure"


@pytest.mark.parametrize(
    ("sender", "data", "code"), [(ANA, "", "106-002"), (BEN, "x", "200-025"), (VOICE_ONLY, "x", "106-001")]
)
async def test_a_message_that_is_refused(floor: Floor, sender: int, data: str, code: str) -> None:
    call_id, agent = await _taken(floor)
    if agent == BEN and sender != VOICE_ONLY:
        sender = ANA + BEN - sender
    assert await floor.do(sender, "sendMessage", {"callid": call_id, "data": data}) == code
    assert len(floor.centre.chat_customers.said(call_id)) == 1


async def test_dropcall_ends_a_web_chat(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    assert await floor.do(agent, "dropCall", callid=call_id) == "0"
    assert await floor.told(agent) == [
        ("AgentEvent_Call_Release", call_id),
        ("AgentEvent_Customer_Release", {"callid": call_id, "number": CUSTOMER}),
    ]


async def test_a_customer_who_leaves_is_told_like_one_who_hangs_up(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    await floor.centre.chat_customers.leave(call_id)
    assert await floor.told(agent) == [
        ("AgentEvent_Customer_Release", {"callid": call_id, "number": CUSTOMER}),
        ("AgentEvent_Call_Release", call_id),
    ]


async def test_mode_1_of_reject_gives_the_web_chat_to_another_agent(floor: Floor) -> None:
    call_id, agent = await _offered(floor)
    await floor.hush()
    assert await floor.do(agent, "reject", {"callid": call_id, "mode": 1}) == "0"
    assert await floor.told(agent) == [("AgentEvent_No_Answer", call_id)]
    assert await floor.types(ANA + BEN - agent) == ["AgentEvent_Incoming_CallInfo", "AgentEvent_Ringing"]


async def test_mode_2_of_reject_sends_the_customer_away(floor: Floor) -> None:
    call_id, agent = await _offered(floor)
    assert await floor.do(agent, "reject", {"callid": call_id, "mode": 2}) == "0"
    assert floor.world.activities.chats == {}


@pytest.mark.parametrize(
    ("device", "address"), [(1, str(WEB)), (4, "60009"), (2, "")], ids=["queue", "access code", "agent"]
)
async def test_a_web_chat_is_transferred_with_its_data(floor: Floor, device: int, address: str) -> None:
    call_id, agent = await _taken(floor)
    other = ANA + BEN - agent
    body = {"callid": call_id, "devicetype": device, "mode": 0, "address": address or str(other), "calldata": "vip"}
    assert await floor.do(agent, "mediaTransfer", body) == "0"
    assert await floor.told(agent) == [("AgentEvent_Call_Release", call_id)]
    assert "AgentEvent_Talking" in await floor.types(other)
    assert floor.world.activities.chats[call_id].call.data == "vip"


async def test_a_success_transfer_tells_how_it_went(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    other = ANA + BEN - agent
    await floor.do(agent, "mediaTransfer", {"callid": call_id, "devicetype": 2, "mode": 2, "address": str(other)})
    assert await floor.told(agent) == [
        ("AgentEvent_SuccTransResult", {"result": 0, "callId": call_id}),
        ("AgentEvent_Call_Release", call_id),
    ]


@pytest.mark.parametrize(("device", "address", "code"), [(1, "1", "106-004"), (4, "1", "200-001"), (2, "1", "200-001")])
async def test_a_transfer_that_is_refused_keeps_the_chat_and_its_data(
    floor: Floor, device: int, address: str, code: str
) -> None:
    call_id, agent = await _taken(floor)
    body = {"callid": call_id, "devicetype": device, "mode": 0, "address": address, "calldata": "vip"}
    assert await floor.do(agent, "mediaTransfer", body) == code
    assert await floor.told(agent) == []
    assert floor.world.activities.chats[call_id].call.data == ""


async def test_the_data_of_a_web_chat_is_read_and_set_by_its_id(floor: Floor) -> None:
    call_id, agent = await _taken(floor)
    assert await floor.do(agent, "setCallAppDataEx", {"callid": call_id, "calldata": "vip"}) == "0"
    assert await floor.do(agent, "queryCallAppData", callId=call_id) == "0"
    assert floor.result == "vip"
    assert await floor.do(ANA + BEN - agent, "queryCallAppData", callId=call_id) == "400-001"


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("setCallNums", {"mediaType": "51", "callnums": "1"}),
        ("setCallNumsByMediaType", {"totalCallNum": 1, "agentMediaCallNums": []}),
        ("setCallNumsByMediaType", {"totalCallNum": 5, "agentMediaCallNums": [{"mediaType": 51, "callNum": 1}]}),
    ],
)
async def test_sessions_can_be_limited(floor: Floor, operation: str, body: object) -> None:
    for agent in (ANA, BEN):
        assert await floor.do(agent, operation, body) == "0"
    for _ in range(3):
        await floor.centre.chat_customers.start(WEB, CUSTOMER)
    assert len(floor.world.queues[WEB]) == 1


async def test_a_limit_ends_with_its_session(floor: Floor) -> None:
    await floor.do(ANA, "setCallNums", {"mediaType": 51, "callnums": 1})
    await floor.sign_out(ANA)
    await floor.sign_in(ANA)
    await floor.sign_out(BEN)
    for _ in range(2):
        await floor.centre.chat_customers.start(WEB, CUSTOMER)
    assert floor.world.queues == {}


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("setCallNums", {"mediaType": 53, "callnums": 1}, "106-008"),
        ("setCallNumsByMediaType", {"totalCallNum": 2, "agentMediaCallNums": [{"mediaType": 56}]}, "106-008"),
        (
            "setCallNumsByMediaType",
            {"totalCallNum": 2, "agentMediaCallNums": [{"mediaType": 51, "callNum": 3}]},
            "106-003",
        ),
    ],
)
async def test_a_limit_that_is_refused(floor: Floor, operation: str, body: object, code: str) -> None:
    assert await floor.do(ANA, operation, body) == code
    assert floor.world.activities.chat_limits == {}
