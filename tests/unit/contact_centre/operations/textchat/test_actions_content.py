"""What was written and sent in text chats, and the history of chats (docs/contact_centre.md, Text chats)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.invocation import File
from tests.support.floor import NOW, Floor, open_floor

ANA, BEN, CHEN, VOICE_ONLY, WRITER, INSPECTOR = 101, 102, 103, 107, 111, 119
WEB_CHAT, VOICE, CUSTOMER = 4, 1, "13800000000"
PLAN = Plan(vdn_id=7, access={"60004": WEB_CHAT}, forbidden_words=("rude",))
PICTURE = File("my picture.PNG", b"\x89PNG\x00\xff")
MESSAGE = {"skillId": WEB_CHAT, "chatId": 7, "chatReceiver": CUSTOMER, "content": "it has come", "jauIP": "192.0.2.1"}


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(PLAN, ANA, BEN, CHEN, VOICE_ONLY, WRITER, INSPECTOR) as made:
        yield made


async def _talk(floor: Floor) -> str:
    """ANA and BEN chat; the id of the chat."""
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    (call_id,) = floor.world.activities.chats
    await floor.do(BEN, "chatAnswer", callid=call_id)
    await floor.hush()
    return call_id


async def _serve(floor: Floor, text: str = "good morning") -> str:
    """WRITER serves a customer of the web chat; the id of the chat."""
    call_id = await floor.centre.chat_customers.start(WEB_CHAT, CUSTOMER, text=text)
    assert await floor.do(WRITER, "chatAnswer", callid=call_id) == "0"
    await floor.hush()
    return call_id


async def _send(floor: Floor, call_id: str, file: File = PICTURE, **values: object) -> str:
    """ANA sends a file; its path."""
    assert await floor.send(ANA, "uploadMediaFile", file, callId=call_id, **values) == "0"
    path: str = floor.result["filePath"]
    return path


async def _lines(floor: Floor, agent_id: int, call_id: str, **values: object) -> list[dict[str, str]]:
    assert await floor.do(agent_id, "queryCallContent", callId=call_id, **values) == "0"
    found: list[dict[str, str]] = floor.result["weccCallContentList"]
    return found


async def _bills(floor: Floor, agent_id: int, **asked: object) -> list[dict[str, str]]:
    assert await floor.do(agent_id, "queryCallSession", asked) == "0"
    found: list[dict[str, str]] = floor.result["weccCallBillList"]
    return found


@pytest.mark.parametrize("kind", ["1", "22"])
async def test_a_file_is_told_to_the_other_and_is_there_for_it(floor: Floor, kind: str) -> None:
    call_id = await _talk(floor)
    path = await _send(floor, call_id, msgType=kind, chatId=5, isNeedConfirm="false", remark="test")
    assert floor.result == {"filePath": path, "fileName": "my picture.PNG", "chatId": "5"}
    said = {"sender": str(ANA), "callId": call_id, "chatContent": path, "isInnerCall": True, "chatContentType": kind}
    assert await floor.told(BEN) == [("AgentChat_DataRecved", said)]
    assert await floor.do(BEN, "downloadMediaFile", filePath=path) == "0"
    assert floor.result == PICTURE


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.PNG", "png"), ("a", "dat"), ("a.", "dat"), ("ä.ö", "dat"), ("a.b?c", "dat"), ("a.tar.gz", "gz")],
)
async def test_a_path_can_stand_in_a_url_as_it_is(floor: Floor, name: str, suffix: str) -> None:
    path = await _send(floor, await _talk(floor), File(name, b"x"))
    assert set(path) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/.")
    assert path.rpartition(".")[2] == suffix


async def test_who_is_in_no_such_chat_sends_nothing_there(floor: Floor) -> None:
    call_id = await _talk(floor)
    assert await floor.send(CHEN, "uploadMediaFile", PICTURE, callId=call_id) == "200-025"
    assert await floor.told(BEN) == []


async def test_an_empty_file_is_refused(floor: Floor) -> None:
    assert await floor.send(ANA, "uploadMediaFile", File("a", b""), callId=await _talk(floor)) == "106-002"


async def test_a_file_is_for_who_was_in_the_chat_and_for_inspectors(floor: Floor) -> None:
    call_id = await _talk(floor)
    path = await _send(floor, call_id)
    await floor.do(BEN, "chatDrop", callid=call_id)
    asked = [await floor.do(agent, "downloadMediaFile", filePath=path) for agent in (ANA, BEN, CHEN, INSPECTOR)]
    assert asked == ["0", "0", "000-002", "0"]


async def test_an_unknown_file_is_named(floor: Floor) -> None:
    assert await floor.do(ANA, "downloadMediaFile", filePath="1-1/1.png") == "000-002"
    assert floor.message.startswith("filePath: ")


async def test_a_customer_gets_a_file_too(floor: Floor) -> None:
    call_id = await _serve(floor)
    assert await floor.send(WRITER, "uploadMediaFile", PICTURE, callId=call_id) == "0"
    assert floor.centre.chat_customers.said(call_id)[-1].text == floor.result["filePath"]


async def test_the_content_of_a_chat_tells_who_wrote_what_to_whom(floor: Floor) -> None:
    call_id = await _serve(floor)
    await floor.do(WRITER, "chatMessage", {"callId": call_id, "content": "how can I help?", "chatId": 3})
    first, second = await _lines(floor, WRITER, call_id)
    assert first == {
        "id": "1",
        "callId": call_id,
        "subMediaType": "2",
        "sender": CUSTOMER,
        "reciver": "60004",
        "contentType": "1",
        "content": "good morning",
        "direction": "0",
        "createTime": str(NOW),
        "confirmFlag": "0",
        "status": "1",
        "result": "",
    }
    assert [second[name] for name in ("id", "sender", "reciver", "direction")] == ["2", str(WRITER), CUSTOMER, "1"]


async def test_what_nobody_has_got_yet_has_another_status(floor: Floor) -> None:
    await floor.do(ANA, "chatInternalCall", destno=BEN)
    (call_id,) = floor.world.activities.chats
    await floor.do(ANA, "chatMessage", {"callId": call_id, "content": "are you there?"})
    assert [line["status"] for line in await _lines(floor, ANA, call_id)] == ["0"]
    await floor.do(BEN, "chatAnswer", callid=call_id)
    assert [line["status"] for line in await _lines(floor, ANA, call_id)] == ["1"]


async def test_a_file_stands_in_the_content_by_its_path(floor: Floor) -> None:
    call_id = await _talk(floor)
    path = await _send(floor, call_id, msgType="")
    assert [(line["content"], line["contentType"]) for line in await _lines(floor, BEN, call_id)] == [(path, "22")]


async def test_content_comes_in_pages(floor: Floor) -> None:
    call_id = await _talk(floor)
    for number in range(5):
        await floor.do(ANA, "chatMessage", {"callId": call_id, "content": str(number)})
    assert [line["content"] for line in await _lines(floor, BEN, call_id, pageNo=2, pageSize=2)] == ["2", "3"]
    told = {name: floor.result[name] for name in ("totalPageNo", "totalCount", "pageNo", "pageSize")}
    assert told == {"totalPageNo": "3", "totalCount": "5", "pageNo": "2", "pageSize": "2"}
    assert await _lines(floor, BEN, call_id, pageNo=9, pageSize=2) == []


@pytest.mark.parametrize(("agent_id", "seen"), [(ANA, 1), (BEN, 1), (CHEN, 0), (INSPECTOR, 1)])
async def test_content_is_read_by_who_was_in_the_chat_and_by_inspectors(floor: Floor, agent_id: int, seen: int) -> None:
    call_id = await _talk(floor)
    await floor.do(ANA, "chatMessage", {"callId": call_id, "content": "good morning"})
    await floor.do(ANA, "chatDrop", callid=call_id)
    assert len(await _lines(floor, agent_id, call_id)) == seen


async def test_an_unknown_chat_has_no_content(floor: Floor) -> None:
    assert await _lines(floor, ANA, "1-1") == []
    assert (floor.result["totalPageNo"], floor.result["totalCount"]) == ("0", "0")


@pytest.mark.parametrize("body", [{}, {"callId": "the chat"}, {"chatId": 1}], ids=["all", "the chat", "the message"])
async def test_what_was_received_is_confirmed(floor: Floor, body: dict[str, Any]) -> None:
    call_id = await _talk(floor)
    for sender, chat_id in ((ANA, 1), (ANA, 2), (BEN, 1)):
        await floor.do(sender, "chatMessage", {"callId": call_id, "content": "read this", "chatId": chat_id})
    asked = {name: call_id if value == "the chat" else value for name, value in body.items()}
    assert await floor.do(BEN, "confirmMessage", asked) == "0"
    confirmed = [line["confirmFlag"] for line in await _lines(floor, ANA, call_id)]
    assert confirmed == ["1", "0" if "chatId" in body else "1", "0"]


async def test_nothing_is_confirmed_in_a_chat_of_others(floor: Floor) -> None:
    assert await floor.do(CHEN, "confirmMessage", {"callId": await _talk(floor)}) == "200-025"


async def test_the_history_tells_of_chats_that_are_over_newest_first(floor: Floor) -> None:
    first = await _serve(floor)
    await floor.do(WRITER, "chatMessage", {"callId": first, "content": "how can I help?"})
    await floor.pass_time(30)
    await floor.do(WRITER, "chatDrop", callid=first)
    second = await _serve(floor, "")
    newer, older = await _bills(floor, WRITER, mediaType="1", subMediaType="2")
    assert older == {
        "id": first.partition("-")[2],
        "ccId": "1",
        "vdnId": "7",
        "callId": first,
        "innerCall": "0",
        "mediaType": "1",
        "subMediaType": "2",
        "accessType": "",
        "caller": CUSTOMER,
        "called": "60004",
        "accessCode": "60004",
        "skillId": "4",
        "realCaller": CUSTOMER,
        "callerName": "",
        "beginTime": str(NOW),
        "connectTime": str(NOW),
        "endTime": str(NOW + 30_000),
        "releaseCause": "",
        "platformReleaseCause": "",
        "logDate": "2027-01-15",
        "callidNum": first.partition("-")[2],
        "remark": "",
        "receiveMsgNum": "1",
        "sendMsgNum": "1",
    }
    assert (newer["callId"], newer["endTime"]) == (second, "")


async def test_the_history_is_the_agent_s_own_whoever_began(floor: Floor) -> None:
    await _talk(floor)
    assert [len(await _bills(floor, agent)) for agent in (ANA, BEN, CHEN)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"startTime": NOW // 1000, "endTime": str(NOW // 1000)}, 1),
        ({"startTime": str(NOW), "endTime": NOW}, 1),
        ({"startTime": NOW // 1000 + 1}, 0),
        ({"endTime": NOW // 1000 - 1}, 0),
        ({"caller": str(ANA), "called": str(BEN), "realCaller": "", "callType": "0"}, 1),
        ({"caller": str(BEN)}, 0),
        ({"called": str(ANA)}, 0),
        ({"mediaType": "5"}, 0),
        ({"subMediaType": "1"}, 0),
    ],
)
async def test_the_history_is_asked_by_time_parties_and_media(floor: Floor, asked: dict[str, Any], found: int) -> None:
    await _talk(floor)
    assert len(await _bills(floor, ANA, **asked)) == found


async def test_a_message_without_a_call_is_sent(floor: Floor) -> None:
    assert await floor.do(ANA, "sendMessageWithoutCall", MESSAGE) == "0"
    [sent] = floor.world.activities.sent
    assert (sent.agent_id, sent.skill_id, sent.chat_id, sent.receivers, sent.text) == (
        ANA,
        4,
        "7",
        CUSTOMER,
        "it has come",
    )


@pytest.mark.parametrize(
    ("agent_id", "more", "code"),
    [
        (ANA, {"content": ""}, "106-002"),
        (ANA, {"content": "how rude"}, "700-016"),
        (ANA, {"content": "x" * 6145}, "000-002"),
        (ANA, {"chatReceiver": ""}, "000-002"),
        (ANA, {"chatReceiver": "1" * 4001}, "000-002"),
        (ANA, {"jauIP": "x" * 101}, "000-002"),
        (ANA, {"skillId": VOICE}, "106-008"),
        (ANA, {"skillId": 99}, "106-008"),
        (VOICE_ONLY, {}, "106-001"),
    ],
)
async def test_a_message_without_a_call_that_cannot_be_sent(
    floor: Floor, agent_id: int, more: dict[str, object], code: str
) -> None:
    assert await floor.do(agent_id, "sendMessageWithoutCall", {**MESSAGE, **more}) == code
    assert not floor.world.activities.sent
