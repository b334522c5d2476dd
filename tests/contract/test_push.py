"""Push mode on the wire (docs/protocol.md, Push)."""

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.contact_centre.event_catalogue import check
from gateway.sessions.guid import new_secret_line
from tests.support.desk import PREFIX, Desk, ask_once
from tests.support.gateway import CONFIG, Gateway, gateway_process, running_gateway
from tests.support.receiver import Authority, Receiver, receiving, saying
from tests.support.waiting import until

LIST = "EVENT_PUST_WHILTELIST_CALLBACKURI"
TOKEN = "service-token-1"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
async def gateway(receiver: Receiver) -> AsyncIterator[Gateway]:
    async with running_gateway({LIST: f"https://crm.example.com/cb;{receiver.url()}"}) as made:
        yield made


async def pushed(gateway: Gateway, receiver: Receiver, agent_id: int = 101) -> Desk:
    """A desk in push mode whose two events of the sign-in have arrived."""
    desk = gateway.desk(agent_id)
    answer = await desk.sign_in(callBackUri=receiver.url(), serviceToken=TOKEN)
    assert answer.retcode == "0"
    await receiver.receives(2)
    return desk


async def test_events_come_to_the_callback_with_the_headers_of_the_vendor(gateway: Gateway, receiver: Receiver) -> None:
    desk = await pushed(gateway, receiver)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    [_, _, last] = await receiver.receives(3)
    assert receiver.event_types == ["AgentOther_InService", "AgentState_Ready", "AgentState_SetNotReady_Success"]
    assert (last.json["workNo"], last.headers["Content-Type"]) == ("101", "application/json; charset=UTF-8")
    assert (last.headers["Guid"], last.headers["service_token"]) == (desk.guid, TOKEN)


async def test_an_agent_whom_an_inspector_forces_out_is_told_with_a_last_push(
    gateway: Gateway, receiver: Receiver
) -> None:
    await pushed(gateway, receiver)
    inspector = gateway.desk(119)
    await inspector.sign_in()
    assert (await inspector.call("POST", "qualitycontrol/{id}/forcelogout/101")).retcode == "0"
    [*_, last] = await receiver.receives(3)
    [event] = last.json["eventList"]
    assert (last.json["workNo"], event["eventType"]) == ("101", "AgentOther_ShutdownService")
    check(event["eventType"], event["content"])


async def test_pushurl_gets_one_poll_answer_each(gateway: Gateway, receiver: Receiver) -> None:
    receiver.otherwise = saying(200)
    await gateway.desk(101).sign_in(pushUrl=receiver.url("/events?token=k"))
    [first, second] = await receiver.receives(2)
    assert first.body.startswith(b'{"message":"","retcode":"0","event":{"eventType":"AgentOther_InService",')
    assert (second.json["event"]["eventType"], second.path) == ("AgentState_Ready", "/events?token=k")


async def test_pushurl_gets_events_of_three_members(gateway: Gateway, receiver: Receiver) -> None:
    """Strict receivers refuse any other with a retcode of their own."""
    receiver.otherwise = saying(200)
    await gateway.desk(101).sign_in(pushUrl=receiver.url())
    for pushed_event in await receiver.receives(2):
        assert list(pushed_event.json["event"]) == ["eventType", "workNo", "content"]


async def test_what_a_receiver_refuses_is_logged_in_its_words_and_pushed_again(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway.events")
    limits = {"EVENT_PUSH_FAIL_INTERVALTIME": "100"}
    async with running_gateway({LIST: receiver.url(), **limits}) as gateway:
        receiver.otherwise = saying(200, b'{"message":"unknown member x for k-1234","retcode":"1"}')
        await gateway.desk(101).sign_in(pushUrl=receiver.url("/events?token=k-1234"))
        await receiver.receives(2)
        receiver.otherwise = saying(200)
        await receiver.receives(4)
    assert receiver.event_types[:2] == ["AgentOther_InService"] * 2
    assert receiver.event_types[-1] == "AgentState_Ready"
    assert caplog.messages == [
        f"pushing to agent 101: http://127.0.0.1:{receiver.port} does not acknowledge: "
        "retcode 1: unknown member x for ***"
    ]


async def test_why_a_push_fails_is_logged_whatever_the_cause(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway.events")
    limits = {"EVENT_PUSH_FAIL_INTERVALTIME": "100"}
    async with running_gateway({LIST: receiver.url(), **limits}) as gateway:
        receiver.otherwise = saying(200, X="x" * 70_000)
        await gateway.desk(101).sign_in(pushUrl=receiver.url())
        await receiver.receives(2)
    assert len(caplog.messages) == 1
    assert "does not acknowledge: the head of the answer is too long" in caplog.messages[0]


async def test_sign_in_by_account_may_choose_push_too(gateway: Gateway, receiver: Receiver) -> None:
    receiver.otherwise = saying(200)
    desk = gateway.desk(101)
    body = {"account": "demo101", "password": desk.password, "pushUrl": receiver.url()}
    assert (await desk.call("PUT", "onlineagent/loginbyaccount", body)).retcode == "0"
    await receiver.receives(2)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"callBackUri": "https://evil.example/cb", "serviceToken": "t"}, "callBackUri"),
        ({"callBackUri": "https://crm.example.com/cb/../x", "serviceToken": "t"}, "callBackUri"),
        ({"pushUrl": "http://169.254.169.254/latest"}, "pushUrl"),
    ],
)
async def test_an_address_off_the_white_list_is_refused_and_nobody_is_signed_in(
    gateway: Gateway, body: dict[str, Any], name: str
) -> None:
    desk = gateway.desk(101)
    answer = await desk.sign_in(**body)
    assert (answer.retcode, answer.json["message"].split(":")[0]) == ("100-001", name)
    assert (await desk.status()).retcode == "100-006"


async def test_with_one_member_alone_the_agent_polls(gateway: Gateway, receiver: Receiver) -> None:
    desk = gateway.desk(101)
    await desk.sign_in(callBackUri=receiver.url())
    assert (await desk.poll()).json["event"]["eventType"] == "AgentOther_InService"


async def test_polls_of_a_push_session_are_told_that_this_is_the_wrong_way(
    gateway: Gateway, receiver: Receiver
) -> None:
    desk = await pushed(gateway, receiver)
    began_s = time.monotonic()
    assert (await desk.poll()).retcode == "000-001"
    assert time.monotonic() - began_s > 0.45  # So that nobody polls on without pause.


async def heartbeat(desk: Desk, token: str) -> str:
    """A handshake that brings a token; its retcode."""
    path = f"{PREFIX}/onlineagent/{desk.agent_id}/handshake"
    return (await ask_once(desk.port, "POST", path, {"guid": desk.guid, "service_token": token})).retcode


async def test_the_handshake_renews_the_service_token(gateway: Gateway, receiver: Receiver) -> None:
    desk = await pushed(gateway, receiver)
    assert await heartbeat(desk, "service-token-2") == "0"
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert (await receiver.receives(3))[2].headers["service_token"] == "service-token-2"


@pytest.mark.parametrize("token", ["t" * 51, "with space", "quote'"])
async def test_a_token_with_special_characters_or_over_50_is_refused_and_the_old_one_stays(
    gateway: Gateway, receiver: Receiver, token: str
) -> None:
    desk = await pushed(gateway, receiver)
    assert await heartbeat(desk, token) == "100-001"
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert (await receiver.receives(3))[2].headers["service_token"] == TOKEN


async def test_a_new_guid_is_pushed_with_once_it_was_handed_out(receiver: Receiver) -> None:
    now = [1_800_000_000_000]
    async with running_gateway({LIST: receiver.url()}, clock=lambda: now[0]) as gateway:
        desk = await pushed(gateway, receiver)
        now[0] += 60_000
        await desk.call("POST", "onlineagent/{id}/handshake")
        await desk.call("POST", "onlineagent/{id}/saybusy")
        last = (await receiver.receives(3))[2]
    assert last.headers["Guid"] == desk.guid != receiver.got[0].headers["Guid"]


async def test_without_heartbeats_the_session_ends_whatever_else_is_called(receiver: Receiver) -> None:
    now = [1_800_000_000_000]
    async with running_gateway({LIST: receiver.url()}, clock=lambda: now[0], jobs=False) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in(callBackUri=receiver.url(), serviceToken=TOKEN)
        for _ in range(3):
            now[0] += 60_000
            await desk.status()
            await gateway.app.sweeper.end_silent()
        ousted = await desk.status()
    assert (ousted.retcode, ousted.json["message"]) == (
        "100-006",
        "signed out: no request of the agent within the time limit",
    )


async def test_an_agent_whose_events_cannot_be_delivered_is_signed_out_and_told(receiver: Receiver) -> None:
    receiver.otherwise = saying(500)
    limits = {"EVENT_PUSH_FAIL_INTERVALTIME": "100", "EVENT_PUSH_FAIL_TOTALTIME": "1000"}
    async with running_gateway({LIST: receiver.url(), **limits}) as gateway:
        desk = gateway.desk(101)
        await desk.sign_in(callBackUri=receiver.url(), serviceToken=TOKEN)
        await receiver.receives(1)
        await until(lambda: not gateway.app.push.sessions)
        ousted = await desk.call("POST", "onlineagent/{id}/handshake")
    assert (ousted.retcode, ousted.json["message"]) == ("100-006", "signed out: events could not be delivered")


async def test_a_url_that_is_taken_off_the_list_gets_nothing_more(tmp_path: Path, receiver: Receiver) -> None:
    config = tmp_path / "basic.properties"
    config.write_text(f"{LIST} = {receiver.url()}\nAGENTS_FILE = {CONFIG.parent / 'agents.toml'}\n")
    async with running_gateway(config=config) as gateway:
        desk = await pushed(gateway, receiver)
        config.write_text(f"{LIST} = https://other.example\nAGENTS_FILE = {CONFIG.parent / 'agents.toml'}\n")
        await gateway.app.live.reload("the test", force=True)
        await desk.call("POST", "onlineagent/{id}/saybusy")
        assert (await desk.call("POST", "onlineagent/{id}/handshake")).retcode == "0"
    assert len(receiver.got) == 2


async def test_events_are_pushed_over_tls_to_certificates_of_the_folder(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with receiving(authority.context()) as receiver:
        settings = {LIST: receiver.url(), "eventpush.ssl.cert.file": str(tmp_path)}
        async with running_gateway(settings) as gateway:
            await pushed(gateway, receiver)
    assert receiver.event_types == ["AgentOther_InService", "AgentState_Ready"]


async def test_nothing_of_the_callback_that_is_secret_is_logged(
    gateway: Gateway, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver.answers.append(saying(500))
    desk = gateway.desk(101)
    await desk.sign_in(callBackUri=receiver.url("/events?key=hidden"), serviceToken=TOKEN)
    await receiver.receives(1)
    await until(lambda: any("push-fails" in line for line in caplog.messages))
    assert not [secret for secret in ("hidden", TOKEN, desk.guid) if secret in caplog.text]


async def test_receivers_verify_the_signature_with_what_the_command_shows(tmp_path: Path, receiver: Receiver) -> None:
    secret = tmp_path / "guid.secret"
    secret.touch(0o600)
    secret.write_text(f"{new_secret_line('k1')}\n{new_secret_line('k0')}\n")
    settings = {LIST: receiver.url(), "GUID_SECRET_FILE": str(secret)}
    async with gateway_process(tmp_path, settings) as gateway:
        await gateway.desk(101).sign_in(callBackUri=receiver.url(), serviceToken=TOKEN)
        [first, *_] = await receiver.receives(1)
    arguments = ["secret", "push", f"--config={CONFIG}", f"--set=GUID_SECRET_FILE={secret}"]
    shown = CliRunner().invoke(main, arguments).output.split()
    signatures = first.headers["webhook-signature"].split()
    signed = f"{first.headers['webhook-id']}.{first.headers['webhook-timestamp']}.".encode() + first.body
    expected = [hmac.digest(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256) for key in shown]
    assert [base64.b64decode(one.removeprefix("v1,")) for one in signatures] == expected
    assert len(expected) == 2


def test_without_a_secret_file_the_command_says_what_to_set() -> None:
    said = CliRunner().invoke(main, ["secret", "push", f"--config={CONFIG}"])
    assert said.exit_code == 2
    assert "set GUID_SECRET_FILE" in said.output
