"""What the contact centre does before an operation is performed, and with its answer."""

import asyncio

import pytest

from gateway.backend import Admitted, LiveSession, Message, OperationRequest
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.invocation import File
from gateway.wire.errors import Refused, Unavailable
from tests.support.hall import ROWS, Hall
from tests.support.operation_request import AskedOperation

AGENT, COLLEAGUE = 101, 102


@pytest.fixture
async def hall() -> Hall:
    made = Hall()
    for agent_id in (AGENT, COLLEAGUE):
        await made.enter(agent_id)
    return made


def request(name: str, session_id: str, body: bytes = b"", **values: str) -> OperationRequest:
    row = ROWS[name]
    return AskedOperation(row, AGENT, session_id, Message(row.method, "/", body, "application/json"), values)


async def test_an_operation_is_answered_when_what_it_told_is_in_the_sink(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()
    monkeypatch.setattr(hall.desktops, "under_way", ("an event",), raising=False)
    monkeypatch.setattr(hall.desktops, "settled", written.wait)
    performed = asyncio.create_task(hall.centre.perform(request("sayBusy", hall.sessions[AGENT])))
    done, _ = await asyncio.wait([performed], timeout=0.05)
    assert (done, hall.world.desks[AGENT].state.state) == (set(), State.BUSY)
    written.set()
    assert (await performed).retcode == "0"


async def test_who_was_admitted_elsewhere_is_not_let_in(hall: Hall) -> None:
    with pytest.raises(TypeError):
        await hall.centre.enter(Admitted(AGENT, proof="of another centre"), "s", 1)


async def test_a_session_that_is_not_known_yet_is_to_try_again_and_is_not_signed_out(hall: Hall) -> None:
    with pytest.raises(Unavailable):
        await hall.centre.perform(request("getAgentStatus", "f" * 32))


@pytest.mark.parametrize(
    ("name", "values", "body", "code"),
    [
        ("rest", {"time": "never", "restcause": "1"}, b"", "000-002"),
        ("callInner", {}, b'{"called":', "000-006"),
        ("callInner", {}, b"[]", "000-006"),
        ("downloadRecordFile", {"recordId": "1"}, b"", "104-001"),
        ("uploadMediaFile", {"callId": "1", "msgType": "22", "chatId": "1"}, b"no form", "000-006"),
    ],
)
async def test_what_is_not_as_its_row_says_is_refused_before_anything_happens(
    hall: Hall, name: str, values: dict[str, str], body: bytes, code: str
) -> None:
    before = await hall.state(AGENT)
    with pytest.raises(Refused) as refused:
        await hall.centre.perform(request(name, hall.sessions[AGENT], body, **values))
    assert (refused.value.retcode, await hall.state(AGENT)) == (code, before)


async def test_wrong_values_are_told_before_it_is_said_that_the_session_is_unknown(hall: Hall) -> None:
    with pytest.raises(Refused):
        await hall.centre.perform(request("rest", "f" * 32, time="never", restcause="1"))


async def test_an_answer_has_a_result_where_its_row_says_so(hall: Hall) -> None:
    plain = await hall.centre.perform(request("sayBusy", hall.sessions[AGENT]))
    asked = await hall.centre.perform(request("getAgentStatus", hall.sessions[AGENT]))
    assert isinstance(asked.body, bytes)
    assert b'"result":{"agentState":3' in asked.body
    assert (plain.retcode, asked.retcode) == ("0", "0")


async def test_a_file_is_answered_as_one_to_save(hall: Hall) -> None:
    await hall.do(AGENT, "chatInternalCall", {"destno": str(COLLEAGUE)})
    (call_id,) = hall.world.activities.chats
    await hall.do(COLLEAGUE, "chatAnswer", {"callid": call_id})
    about = {"callId": call_id, "isNeedConfirm": "false", "chatId": "1", "msgType": "22", "remark": "x"}
    sent = await hall.do(AGENT, "uploadMediaFile", about, file=File("ä.png", b"\x89PNG"))
    assert await hall.do(COLLEAGUE, "downloadMediaFile", {"filePath": sent["filePath"]}) == File("ä.png", b"\x89PNG")


async def test_who_is_asked_about_that_is_not_here_may_leave(hall: Hall) -> None:
    leave = await hall.centre.ask_to_leave(LiveSession(103, "f" * 32, 1))
    assert (leave.told, leave.answer) == (False, None)


async def test_an_agent_who_may_leave_is_held_back_for_that_session_alone(hall: Hall) -> None:
    await hall.centre.ask_to_leave(LiveSession(AGENT, "f" * 32, 1))
    assert not hall.world.desks[AGENT].leaving
    await hall.centre.ask_to_leave(LiveSession(AGENT, hall.sessions[AGENT], 1))
    assert hall.world.desks[AGENT].leaving
    hall.centre.stay(AGENT, "f" * 32)
    assert hall.world.desks[AGENT].leaving
    hall.centre.stay(AGENT, hall.sessions[AGENT])
    assert not hall.world.desks[AGENT].leaving
