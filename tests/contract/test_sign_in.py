"""Sign-in and sign-out on the wire (docs/protocol.md, Sign-in; docs/protocol.md, Sessions)."""

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.agents.passwords import hasher
from gateway.backend import Admitted, Backend, Entered
from tests.support.desk import PREFIX
from tests.support.gateway import PASSWORD, Gateway, running_gateway
from tests.support.waiting import until

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.AgentGateway0")


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}) as made:
        yield made


async def test_the_answer_hands_out_the_guid_in_both_headers_in_this_very_spelling(gateway: Gateway) -> None:
    answer = await gateway.desk(101).sign_in()
    [set_guid] = [line for line in answer.lines if line.startswith("Set-GUID: ")]
    [guid] = [line for line in answer.lines if line.startswith("Guid: ")]
    assert GUID.fullmatch(guid.removeprefix("Guid: "))
    assert set_guid == "Set-GUID: JSESSIONID=" + guid.removeprefix("Guid: ")


async def test_the_result_names_the_agent_its_media_and_its_sign_in_time(gateway: Gateway) -> None:
    answer = await gateway.desk(101).sign_in()
    assert re.fullmatch(
        rb'\{"message":"success","retcode":"0","result":\{"vdnid":1,"workno":"101","mediatype":"TTF",'
        rb'"loginTime":"\d{13}","isForceChange":"false","serverName":"AgentGateway","timeRemaining":""\}\}',
        answer.body,
    )


async def test_a_phone_outside_of_the_ranges_of_the_centre_is_refused(tmp_path: Path) -> None:
    centre = tmp_path / "contact_center.toml"
    centre.write_text('[vdn]\nphones = ["6000-6099"]\n', "utf-8")
    async with running_gateway({"CONTACT_CENTER_FILE": str(centre)}) as gateway:
        desk = gateway.desk(101)
        refused = await desk.sign_in(phonenum="7001")
        assert (await desk.sign_in(phonenum="6001")).retcode == "0"
        bound = await desk.call("POST", "onlineagent/{id}/bindphone", {"phonenum": "7001"})
    assert (refused.retcode, bound.retcode) == ("100-014", "100-014")


async def test_agent_answers_carry_no_version_are_not_stored_and_are_exactly_json(gateway: Gateway) -> None:
    headers = (await gateway.desk(101).sign_in()).headers
    assert (headers["Content-Type"], headers["Cache-Control"], headers["Server"]) == (
        "application/json;charset=UTF-8",
        "no-store",
        "AgentGateway",
    )


@pytest.mark.parametrize(
    ("status", "events", "state"),
    [
        ("3", ["AgentOther_InService", "AgentState_Ready", "AgentState_SetNotReady_Success"], 3),
        (4, ["AgentOther_InService", "AgentState_Ready"], 4),
        ("5", ["AgentOther_InService", "AgentState_Ready", "AgentState_Work"], 5),
    ],
)
async def test_status_chooses_the_first_state_and_the_events(
    gateway: Gateway, status: object, events: list[str], state: int
) -> None:
    desk = gateway.desk(102)
    await desk.sign_in(status=status, autoanswer="true", agenttype="4", releasephone="false")
    assert [event["eventType"] for event in await desk.drain_events()] == events
    assert (await desk.status()).json["result"] == {"agentState": state, "isWorking": False}


async def test_a_second_login_is_refused_while_the_session_is_used(gateway: Gateway) -> None:
    first = gateway.desk(103)
    await first.sign_in()
    await first.status()
    assert (await gateway.desk(103).sign_in()).retcode == "100-002"
    assert (await first.status()).retcode == "0"


async def test_forcelogin_takes_over_and_the_former_holder_learns_why(gateway: Gateway) -> None:
    first, second = gateway.desk(103), gateway.desk(103)
    await first.sign_in()
    assert (await second.sign_in(force=True)).retcode == "0"
    ousted = await first.status()
    assert (ousted.retcode, ousted.json["message"]) == ("100-006", "the agent signed in elsewhere by force")
    assert (await second.status()).retcode == "0"


async def test_an_agent_that_may_not_be_forced_keeps_its_session(gateway: Gateway) -> None:
    first = gateway.desk(120)
    await first.sign_in()
    assert (await gateway.desk(120).sign_in(force=True)).retcode == "100-015"
    assert (await first.status()).retcode == "0"


@pytest.mark.parametrize("path", ["loginex", "forceloginex"])
async def test_loginex_needs_no_phone(gateway: Gateway, path: str) -> None:
    desk = gateway.desk(104)
    answer = await desk.call("PUT", f"onlineagent/{{id}}/{path}", {"password": desk.password})
    assert answer.retcode == "0"
    assert (await desk.status()).retcode == "0"


async def test_sign_in_by_account_finds_the_agent_id_in_the_result(gateway: Gateway) -> None:
    desk = gateway.desk(105)
    body = {"account": "demo105", "password": desk.password, "autoanswer": True, "status": "4"}
    answer = await desk.call("PUT", "onlineagent/loginbyaccount", body)
    assert answer.json["result"]["workno"] == "105"
    assert (await desk.status()).retcode == "0"


async def test_unknown_agent_and_wrong_password_answer_alike(gateway: Gateway) -> None:
    unknown, wrong = gateway.desk(4711), gateway.desk(106)
    wrong.password = "Wrong-Desk9"
    one, other = await unknown.sign_in(), await wrong.sign_in()
    assert one.retcode == "100-004"
    assert one.body == other.body


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("{id}", {}),
        ("{id}/forcelogin", {}),
        ("{id}/loginex", {}),
        ("{id}/forceloginex", {}),
        ("loginbyaccount", {"account": "demo106"}),
    ],
)
async def test_an_empty_password_is_a_wrong_guess_and_counts_as_one(
    gateway: Gateway, path: str, more: dict[str, str]
) -> None:
    desk = gateway.desk(106)
    body = {"password": "", "phonenum": "6001", **more}
    answers = [await desk.call("PUT", f"onlineagent/{path}", body, guid="") for _ in range(6)]
    assert [answer.retcode for answer in answers] == ["100-004"] * 5 + ["110-016"]


async def test_an_agent_whose_password_is_empty_signs_in_with_it(tmp_path: Path) -> None:
    agents = tmp_path / "agents.toml"
    agents.write_text(
        f'[[agents]]\nid = 601\naccount = "anna"\npassword_hash = "{hasher().hash("")}"\nskills = []\n', "utf-8"
    )
    async with running_gateway({"AGENTS_FILE": str(agents), "CONTACT_CENTER_FILE": ""}) as gateway:
        desk = gateway.desk(601)
        desk.password = ""
        assert (await desk.sign_in()).retcode == "0"


@pytest.mark.parametrize("form", ["modifyaccountpwd?oldpassword=&newpassword=Fresh-Desk9", "modifyaccountpwdex"])
async def test_an_empty_old_password_is_a_wrong_one(gateway: Gateway, form: str) -> None:
    desk = gateway.desk(106)
    await desk.sign_in()
    body = {"oldPassword": "", "newPassword": "Fresh-Desk9"} if form.endswith("ex") else None
    assert (await desk.call("POST", f"onlineagent/{{id}}/{form}", body)).retcode == "110-003"


async def test_five_wrong_passwords_lock_the_agent_for_this_address(gateway: Gateway) -> None:
    desk = gateway.desk(107)
    right, desk.password = desk.password, "Wrong-Desk9"
    assert [(await desk.sign_in()).retcode for _ in range(6)] == ["100-004"] * 5 + ["110-016"]
    desk.password = right
    assert (await desk.sign_in()).retcode == "110-016"


async def test_of_simultaneous_sign_ins_exactly_one_succeeds(gateway: Gateway) -> None:
    answers = await asyncio.gather(*(gateway.desk(108).sign_in() for _ in range(20)))
    codes = [answer.retcode for answer in answers]
    assert codes.count("0") == 1
    assert set(codes) <= {"0", "100-002", "100-021"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("logout", b'{"message":"success","retcode":"0","result":{}}'),
        ("forcelogout", b'{"message":"success","retcode":"0"}'),
        ("forcelogoutwithreason/17", b'{"message":"success","retcode":"0"}'),
    ],
)
async def test_after_signing_out_the_guid_is_worth_nothing(gateway: Gateway, path: str, body: bytes) -> None:
    desk = gateway.desk(109)
    await desk.sign_in()
    assert (await desk.call("DELETE", f"onlineagent/{{id}}/{path}", {"some": "body"})).body == body
    gone = await desk.status()
    assert (gone.retcode, gone.json["message"]) == ("100-006", "the agent signed out")


async def test_a_sign_out_cause_out_of_range_is_refused_and_signs_nobody_out(gateway: Gateway) -> None:
    desk = gateway.desk(110)
    await desk.sign_in()
    answer = await desk.call("DELETE", "onlineagent/{id}/forcelogoutwithreason/256")
    assert answer.retcode == "100-005"
    assert "reason" in answer.json["message"]
    assert (await desk.status()).retcode == "0"


async def test_a_session_whose_sign_in_answer_was_lost_does_not_block_the_agent() -> None:
    now = 1_800_000_000_000

    def clock() -> int:
        return now

    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}, clock=clock, jobs=False) as gateway:
        lost, again = gateway.desk(111), gateway.desk(111)
        await lost.sign_in()
        now += 15_000
        assert (await again.sign_in()).retcode == "100-002"
        now += 1
        assert (await again.sign_in()).retcode == "0"
        assert (await lost.status()).retcode == "100-006"


class Held:
    """Holds sign-ins where the contact centre is to let the agent in."""

    def __init__(self, backend: Backend) -> None:
        self.came = asyncio.Event()
        self.go = asyncio.Event()
        self._enter = backend.enter

    async def enter(self, admitted: Admitted, session_id: str, login_time_ms: int) -> Entered:
        self.came.set()
        await self.go.wait()
        return await self._enter(admitted, session_id, login_time_ms)


def _sends_a_sign_in(port: int, agent_id: int) -> socket.socket:
    """A connection whose end is a reset."""
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    body = json.dumps({"password": PASSWORD, "phonenum": "6001"}).encode()
    head = f"PUT {PREFIX}/onlineagent/{agent_id} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(body)}\r\n\r\n"
    link.sendall(head.encode() + body)
    return link


async def test_a_sign_in_whose_client_broke_off_before_its_answer_is_in_nobodys_way(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(gateway.app.backend)
    monkeypatch.setattr(gateway.app.backend, "enter", held.enter)
    link = _sends_a_sign_in(gateway.port, 112)
    await held.came.wait()
    link.close()
    held.go.set()
    await until(lambda: gateway.listeners.open_connections == 0)
    again = gateway.desk(112)
    assert (await again.sign_in()).retcode == "0"
    assert (await again.status()).retcode == "0"


async def test_a_sign_in_whose_client_broke_off_with_its_answer_is_in_the_way(gateway: Gateway) -> None:
    link = _sends_a_sign_in(gateway.port, 113)
    assert b'"retcode":"0"' in await asyncio.to_thread(link.recv, 4096)
    link.close()
    await until(lambda: gateway.listeners.open_connections == 0)
    assert (await gateway.desk(113).sign_in()).retcode == "100-002"
