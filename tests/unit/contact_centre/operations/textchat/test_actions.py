"""Text chats of older clients: with agents, with customers, handed on."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.plan import Plan, Queue
from tests.support.floor import NOW, Floor, Told, open_floor

ANA, BEN, CHEN, VOICE_ONLY = 101, 102, 103, 107
WRITERS = (111, 112)
WEB_CHAT, CUSTOMER = 4, "13800000000"
PLAN = Plan(forbidden_words=("rude",), queues={WEB_CHAT: Queue(WEB_CHAT, max_wait_s=300)})


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(PLAN, ANA, BEN, CHEN, VOICE_ONLY) as made:
        yield made


@pytest.fixture
async def queue() -> AsyncIterator[Floor]:
    """Two agents who take chats out of the queue."""
    async with open_floor(PLAN, *WRITERS) as made:
        yield made


def _chat(kind: str, call_id: str, caller: object, called: object, *, inner: bool = True, data: str = "") -> Told:
    who = {"callId": call_id, "caller": str(caller), "called": str(called)}
    return (f"AgentChat_{kind}", {**who, "isInnerCall": inner, "attachData": data})


def _said(call_id: str, sender: object, text: str, *, inner: bool = True) -> Told:
    content = {"sender": str(sender), "callId": call_id, "chatContent": text, "isInnerCall": inner}
    return ("AgentChat_DataRecved", content)


def _open(floor: Floor) -> str:
    """The id of the one chat that there is."""
    (call_id,) = floor.world.activities.chats
    return call_id


async def _talk(floor: Floor) -> str:
    """ANA and BEN chat."""
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    call_id = _open(floor)
    await floor.do(BEN, "chatAnswer", callid=call_id)
    await floor.hush()
    return call_id


async def test_a_chat_rings_at_the_other_agent(floor: Floor) -> None:
    assert await floor.do(ANA, "chatInternalCall", destno=BEN) == "0"
    call_id = _open(floor)
    assert await floor.told(ANA) == [_chat("CallOutCreated", call_id, ANA, BEN)]
    assert await floor.told(BEN) == [_chat("Ring", call_id, ANA, BEN)]


async def test_the_answer_names_the_agent_who_is_called(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    assert floor.result == str(BEN)


async def test_answering_writing_and_ending_answer_the_id_of_the_chat(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    call_id = _open(floor)
    said = {"callId": call_id, "content": "good morning"}
    for name, body, values in (("chatAnswer", None, {"callid": call_id}), ("chatMessage", said, {})):
        await floor.do(BEN, name, body, **values)
        assert floor.result == call_id
    await floor.do(BEN, "chatDrop", callid=call_id)
    assert floor.result == call_id


@pytest.mark.parametrize("members", [{"address": "103"}, {"addesstype": 1, "destaddr": 103, "attachdata": "vip"}])
async def test_a_transfer_is_asked_for_in_newer_and_older_members(floor: Floor, members: dict[str, object]) -> None:
    call_id = await _talk(floor)
    assert await floor.do(ANA, "chatTransfer", {"callid": call_id, **members}) == "0"
    [ring] = await floor.told(CHEN)
    assert ring == _chat("Ring", call_id, ANA, BEN, data=str(members.get("attachdata", "")))


async def test_the_id_of_a_chat_is_unix_seconds_and_a_counter(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    seconds, _, counter = _open(floor).partition("-")
    assert (int(seconds), counter.isdigit()) == (NOW // 1000, True)


async def test_an_answered_chat_is_connected_for_both(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    call_id = _open(floor)
    await floor.hush()
    assert await floor.do(BEN, "chatAnswer", callid=call_id) == "0"
    connected = [_chat("Connected", call_id, ANA, BEN)]
    assert [await floor.told(agent) for agent in (ANA, BEN)] == [connected, connected]


async def test_a_chat_occupies_nobody(floor: Floor) -> None:
    await _talk(floor)
    assert [(await floor.state(agent)).state for agent in (ANA, BEN)] == [State.IDLE, State.IDLE]


async def test_what_one_writes_the_other_reads(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.do(ANA, "chatMessage", {"callid": call_id, "content": "good morning"}) == "0"
    assert await floor.told(BEN) == [_said(call_id, ANA, "good morning")]
    assert await floor.told(ANA) == []


async def test_what_is_written_before_the_answer_comes_after_it(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    call_id = _open(floor)
    await floor.do(ANA, "chatMessage", {"callid": call_id, "content": "are you there?"})
    await floor.hush()
    await floor.do(BEN, "chatAnswer", callid=call_id)
    assert await floor.told(BEN) == [_chat("Connected", call_id, ANA, BEN), _said(call_id, ANA, "are you there?")]


async def test_whoever_drops_a_chat_ends_it_for_both(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.do(BEN, "chatDrop", callid=call_id) == "0"
    ended = [_chat("Disconnected", call_id, ANA, BEN)]
    assert [await floor.told(agent) for agent in (ANA, BEN)] == [ended, ended]
    assert floor.world.activities.chats == {}


async def test_a_rejected_chat_fails_for_who_asked(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    call_id = _open(floor)
    await floor.hush()
    assert await floor.do(BEN, "chatReject", callid=call_id) == "0"
    assert await floor.told(BEN) == [_chat("Disconnected", call_id, ANA, BEN)]
    assert await floor.told(ANA) == [_chat("CalloutFailed", call_id, ANA, BEN)]


async def test_a_chat_that_is_not_answered_in_time_fails(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    await floor.hush()
    await floor.pass_time(20)
    assert await floor.types(ANA) == ["AgentChat_CalloutFailed"]


@pytest.mark.parametrize("other", [104, VOICE_ONLY], ids=["not signed in", "signed in without text"])
async def test_a_chat_to_an_agent_who_cannot_be_reached_fails_at_once(floor: Floor, other: int) -> None:
    assert await floor.do(ANA, "chatInternalCall", destno=other) == "0"
    assert await floor.types(ANA) == ["AgentChat_CallOutCreated", "AgentChat_CalloutFailed"]
    assert floor.world.activities.chats == {}


@pytest.mark.parametrize(
    ("asking", "other", "code"),
    [(ANA, ANA, "200-001"), (ANA, 9999, "200-001"), (VOICE_ONLY, BEN, "100-009")],
)
async def test_a_chat_that_cannot_be_asked_for(floor: Floor, asking: int, other: int, code: str) -> None:
    assert await floor.do(asking, "chatInternalCall", destno=other) == code
    assert [await floor.told(agent) for agent in floor.sessions] == [[], [], [], []]


async def test_an_agent_may_be_in_60_chats_and_no_more(floor: Floor) -> None:
    codes = [await floor.do(ANA, "chatInternalCall", destno=BEN) for _ in range(61)]
    assert codes == ["0"] * 60 + ["106-003"]
    await floor.hush()
    await floor.do(CHEN, "chatInternalCall", destno=BEN)
    assert await floor.types(CHEN) == ["AgentChat_CallOutCreated", "AgentChat_CalloutFailed"]


@pytest.mark.parametrize(
    ("operation", "body", "values", "code"),
    [
        ("chatAnswer", None, {"callid": "1-1"}, "200-002"),
        ("chatReject", None, {"callid": "1-1"}, "200-002"),
        ("chatDrop", None, {"callid": "1-1"}, "200-025"),
        ("chatMessage", {"callid": "1-1", "content": "x"}, {}, "200-025"),
        ("chatTransfer", {"callid": "1-1", "address": "102"}, {}, "200-012"),
    ],
)
async def test_without_a_chat(floor: Floor, operation: str, body: object, values: dict[str, str], code: str) -> None:
    assert await floor.do(ANA, operation, body, **values) == code


@pytest.mark.parametrize(("text", "code"), [("", "106-002"), ("you are RUDE", "700-016")])
async def test_what_may_not_be_written_reaches_nobody(floor: Floor, text: str, code: str) -> None:
    call_id = await _talk(floor)
    assert await floor.do(ANA, "chatMessage", {"callid": call_id, "content": text}) == code
    assert await floor.told(BEN) == []


async def test_strangers_to_a_chat_cannot_use_it(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.do(CHEN, "chatMessage", {"callid": call_id, "content": "hi"}) == "200-025"
    assert await floor.do(CHEN, "chatDrop", callid=call_id) == "200-025"
    assert await floor.do(CHEN, "chatTransfer", {"callid": call_id, "address": "101"}) == "200-012"
    assert await floor.told(ANA) == []


async def test_a_chat_is_handed_to_another_agent_at_once(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.do(BEN, "chatTransfer", {"callid": call_id, "address": str(CHEN)}) == "0"
    assert await floor.told(BEN) == [_chat("Disconnected", call_id, ANA, BEN)]
    assert await floor.told(CHEN) == [_chat("Ring", call_id, ANA, BEN)]
    await floor.do(CHEN, "chatAnswer", callid=call_id)
    await floor.hush()
    await floor.do(ANA, "chatMessage", {"callid": call_id, "content": "hello"})
    assert await floor.told(CHEN) == [_said(call_id, ANA, "hello")]


async def test_with_mode_2_the_agent_stays_until_the_other_has_the_chat(floor: Floor) -> None:
    call_id = await _talk(floor)
    await floor.do(BEN, "chatTransfer", {"callid": call_id, "address": str(CHEN), "mode": 2})
    assert await floor.told(BEN) == []
    await floor.do(CHEN, "chatAnswer", callid=call_id)
    assert await floor.told(BEN) == [
        ("AgentEvent_SuccTransResult", {"result": 0, "callId": call_id}),
        _chat("Disconnected", call_id, ANA, BEN),
    ]


async def test_with_mode_2_the_agent_keeps_a_chat_that_the_other_rejects(floor: Floor) -> None:
    call_id = await _talk(floor)
    await floor.do(BEN, "chatTransfer", {"callid": call_id, "address": str(CHEN), "mode": 2})
    await floor.do(CHEN, "chatReject", callid=call_id)
    assert await floor.told(BEN) == [("AgentEvent_SuccTransResult", {"result": 1, "callId": call_id})]
    await floor.do(ANA, "chatMessage", {"callid": call_id, "content": "still there?"})
    assert await floor.types(BEN) == ["AgentChat_DataRecved"]


@pytest.mark.parametrize(("mode", "told"), [(0, "AgentEvent_Connect_Fail"), (2, "AgentEvent_SuccTransResult")])
async def test_a_chat_for_an_agent_who_cannot_be_reached_stays(floor: Floor, mode: int, told: str) -> None:
    call_id = await _talk(floor)
    assert await floor.do(BEN, "chatTransfer", {"callid": call_id, "address": "104", "mode": mode}) == "0"
    assert await floor.types(BEN) == [told]
    assert floor.world.activities.chats[call_id].leg_of(floor.sessions[BEN]) is not None


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"address": "102"}, "200-001"),
        ({"address": "9999"}, "200-001"),
        ({"address": "77", "devicetype": 1}, "200-001"),
        ({"address": "x", "devicetype": 1}, "200-001"),
        ({"address": "1", "devicetype": 1}, "106-004"),
        ({"address": "4", "devicetype": 1}, "106-004"),
    ],
    ids=["itself", "no agent", "no queue", "no number", "a queue for calls", "a chat without customer"],
)
async def test_a_transfer_that_is_refused(floor: Floor, target: dict[str, object], code: str) -> None:
    call_id = await _talk(floor)
    assert await floor.do(BEN, "chatTransfer", {"callid": call_id, **target}) == code
    assert [await floor.told(agent) for agent in floor.sessions] == [[], [], [], []]


async def test_a_second_transfer_waits_for_the_first(floor: Floor) -> None:
    call_id = await _talk(floor)
    body = {"callid": call_id, "address": str(CHEN), "mode": 2}
    assert [await floor.do(BEN, "chatTransfer", body) for _ in range(2)] == ["0", "200-012"]


@pytest.mark.parametrize("gone", [ANA, BEN])
async def test_a_chat_ends_with_a_session(floor: Floor, gone: int) -> None:
    await _talk(floor)
    await floor.sign_out(gone)
    assert await floor.types(BEN if gone == ANA else ANA) == ["AgentChat_Disconnected"]
    assert floor.world.activities.chats == {}


async def test_a_customer_s_chat_rings_at_an_agent_of_the_queue(queue: Floor) -> None:
    call_id = await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER, text="hello", data="order 7")
    ring = _chat("Ring", call_id, CUSTOMER, "60000", inner=False, data="order 7")
    [told] = [told for agent in WRITERS if (told := await queue.told(agent))]
    assert told == [ring]


async def _taken(queue: Floor) -> tuple[str, int, int]:
    """A chat with a customer, the agent who took it, and the other one."""
    call_id = await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    [agent] = [agent for agent in WRITERS if await queue.do(agent, "chatAnswer", callid=call_id) == "0"]
    await queue.hush()
    return call_id, agent, WRITERS[0] + WRITERS[1] - agent


async def test_a_customer_and_an_agent_write_to_each_other(queue: Floor) -> None:
    call_id, agent, _ = await _taken(queue)
    await queue.centre.chat_customers.say(call_id, "good morning")
    assert await queue.told(agent) == [_said(call_id, CUSTOMER, "good morning", inner=False)]
    await queue.do(agent, "chatMessage", {"callid": call_id, "content": "how can I help?"})
    assert [said.text for said in queue.centre.chat_customers.said(call_id)] == ["good morning", "how can I help?"]


async def test_a_customer_who_leaves_ends_the_chat(queue: Floor) -> None:
    call_id, agent, _ = await _taken(queue)
    await queue.centre.chat_customers.leave(call_id)
    assert await queue.types(agent) == ["AgentChat_Disconnected"]


async def test_a_rejected_chat_is_offered_to_the_other_agent(queue: Floor) -> None:
    call_id = await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    [first] = [agent for agent in WRITERS if await queue.told(agent)]
    second = sum(WRITERS) - first
    await queue.do(first, "chatReject", callid=call_id)
    assert await queue.types(first) == ["AgentChat_Disconnected"]
    assert await queue.types(second) == ["AgentChat_Ring"]


async def test_chats_go_to_who_has_fewest(queue: Floor) -> None:
    for _ in range(4):
        await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    assert [len(await queue.told(agent)) for agent in WRITERS] == [2, 2]


async def test_an_agent_who_is_not_idle_gets_no_chat(queue: Floor) -> None:
    for agent in WRITERS:
        await queue.do(agent, "sayBusy")
    await queue.hush()
    call_id = await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    assert [await queue.told(agent) for agent in WRITERS] == [[], []]
    await queue.do(WRITERS[0], "sayFree")
    assert await queue.types(WRITERS[0]) == ["AgentState_CancelNotReady_Success", "AgentChat_Ring"]
    assert call_id in queue.world.activities.chats


async def test_a_chat_that_nobody_takes_ends_after_the_queue_s_time(queue: Floor) -> None:
    for agent in WRITERS:
        await queue.do(agent, "sayBusy")
    await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    await queue.pass_time(300)
    assert (queue.world.activities.chats, queue.world.queues) == ({}, {})


async def test_a_chat_that_nobody_takes_is_no_call_for_agents_of_the_queue(queue: Floor) -> None:
    call_id = await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    for agent in WRITERS * 2:
        await queue.do(agent, "chatReject", callid=call_id)
    assert queue.world.activities.chats[call_id].call.waiting is not None
    assert [(await queue.state(agent)).state for agent in WRITERS] == [State.IDLE, State.IDLE]


async def test_a_call_behind_a_chat_that_nobody_takes_is_given_out(queue: Floor) -> None:
    for agent in WRITERS:
        await queue.do(agent, "setCallNums", {"mediaType": 1, "callnums": 1})
    for _ in range(3):
        await queue.centre.chat_customers.start(WEB_CHAT, CUSTOMER)
    call_id = await queue.centre.customers.place(WEB_CHAT, CUSTOMER)
    assert len(queue.world.calls[call_id].legs) == 2


async def test_a_customer_s_chat_goes_back_to_its_queue(queue: Floor) -> None:
    call_id, agent, other = await _taken(queue)
    body = {"callid": call_id, "address": str(WEB_CHAT), "devicetype": 1}
    assert await queue.do(agent, "chatTransfer", body) == "0"
    assert await queue.types(agent) == ["AgentChat_Disconnected"]
    assert await queue.types(other) == ["AgentChat_Ring"]


async def test_with_mode_2_the_agent_stays_until_one_of_the_queue_has_the_chat(queue: Floor) -> None:
    call_id, agent, other = await _taken(queue)
    await queue.do(agent, "chatTransfer", {"callid": call_id, "address": "4", "devicetype": 1, "mode": 2})
    assert (await queue.types(agent), await queue.types(other)) == ([], ["AgentChat_Ring"])
    await queue.do(other, "chatAnswer", callid=call_id)
    assert await queue.types(agent) == ["AgentEvent_SuccTransResult", "AgentChat_Disconnected"]


async def test_nobody_of_the_queue_takes_the_chat_in_time(queue: Floor) -> None:
    call_id, agent, other = await _taken(queue)
    await queue.do(other, "sayBusy")
    await queue.hush()
    await queue.do(agent, "chatTransfer", {"callid": call_id, "address": "4", "devicetype": 1, "mode": 2})
    await queue.pass_time(300)
    assert await queue.told(agent) == [("AgentEvent_SuccTransResult", {"result": 1, "callId": call_id})]
    assert call_id in queue.world.activities.chats


async def test_an_inspector_ends_a_chat_by_force(queue: Floor) -> None:
    call_id, agent, _ = await _taken(queue)
    await queue.sign_in(119)
    assert await queue.do(119, "forceDropCall", callid=call_id) == "0"
    assert await queue.types(agent) == ["AgentChat_Disconnected"]


async def test_agents_in_a_chat_can_be_listed(queue: Floor) -> None:
    _, agent, _ = await _taken(queue)
    await queue.sign_in(119)
    assert await queue.do(119, "getAllAgentsInTextChat") == "0"
    assert [entry["workno"] for entry in queue.result] == [str(agent)]
