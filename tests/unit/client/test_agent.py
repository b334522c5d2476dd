"""Sign-in, operations and sign-out of the SDK, at a server that says what the test wants."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.client import Agent, BadAnswer, Ended, Gateway, NoAnswer, PushReceiver, Refused
from gateway.client.refusals import (
    AlreadySignedIn,
    NoRight,
    NotSignedIn,
    Unavailable,
    WrongCredentials,
    WrongSignOutState,
    WrongState,
)
from tests.support.receiver import Authority
from tests.support.scripted import (
    SIGNED_IN,
    Scripted,
    cutting,
    done,
    event,
    refusing,
    saying,
    scripted,
    signing_in,
)
from tests.support.servers import free_port

POLL, LOGIN, STATUS = "agentevent/101", "onlineagent/101", "onlineagent/101/agentstatus"
PASSWORD = "Secret-Word9"


def gateway(*urls: str, patience_s: float = 5) -> Gateway:
    """Quick pauses: how long they are is tested by itself."""
    return Gateway(urls, patience_s=patience_s, first_pause_s=0.01, longest_pause_s=0.02)


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as made:
        yield made


async def sign_in(server: Scripted, **more: float) -> Agent:
    return await Agent.sign_in(gateway(server.url, **more), 101, password=PASSWORD, phone="6001")


async def test_a_sign_in_sends_what_it_was_given_and_no_guid(server: Scripted) -> None:
    async with await Agent.sign_in(
        gateway(server.url), 101, password=PASSWORD, phone="6001", autoanswer=False, check_in_webm=True
    ):
        [login] = server.asked(LOGIN)
    wanted = {"password": PASSWORD, "phonenum": "6001", "autoanswer": False, "checkInWebm": True}
    assert (login.method, login.json, login.headers.get("guid")) == ("PUT", wanted, None)


@pytest.mark.parametrize(
    ("force", "light", "path"),
    [
        (True, False, "onlineagent/101/forcelogin"),
        (False, True, "onlineagent/101/loginex"),
        (True, True, "onlineagent/101/forceloginex"),
    ],
)
async def test_other_sign_ins_go_their_own_way(server: Scripted, force: bool, light: bool, path: str) -> None:
    server.will(path, signing_in)
    async with await Agent.sign_in(gateway(server.url), 101, password=PASSWORD, force=force, light=light):
        assert [heard.method for heard in server.asked(path)] == ["PUT"]


async def test_an_account_learns_its_agent_id_from_the_answer(server: Scripted) -> None:
    server.will("onlineagent/loginbyaccount", signing_in)
    async with await Agent.sign_in(gateway(server.url), "anna", token="tok", phone="6001") as agent:
        [login] = server.asked("onlineagent/loginbyaccount")
        await server.hears(POLL, 1)
        assert agent.agent_id == 101
    assert login.json == {"account": "anna", "password": "tok", "phonenum": "6001"}


async def test_an_account_cannot_be_forced(server: Scripted) -> None:
    with pytest.raises(ValueError, match="agent id"):
        await Agent.sign_in(gateway(server.url), "anna", password=PASSWORD, force=True)


async def test_events_of_a_light_sign_in_cannot_be_pushed(server: Scripted) -> None:
    with pytest.raises(ValueError, match="media server"):
        await Agent.sign_in(gateway(server.url), 101, light=True, push=PushReceiver("http://127.0.0.1:1/events"))


async def test_a_refusal_is_an_error_of_its_retcode(server: Scripted) -> None:
    server.will(LOGIN, refusing("100-004", "wrong agent or password"))
    with pytest.raises(WrongCredentials, match="100-004 wrong agent or password"):
        await sign_in(server)


async def test_a_retcode_that_nobody_knows_is_a_refusal_too(server: Scripted) -> None:
    server.will(LOGIN, refusing("999-999"))
    with pytest.raises(Refused) as caught:
        await sign_in(server)
    assert (type(caught.value), caught.value.retcode) == (Refused, "999-999")


async def test_a_sign_in_waits_for_a_gateway_that_is_away(server: Scripted) -> None:
    away = saying({"message": "try again", "retcode": "100-007"}, 503, Retry_After="0")
    server.will(LOGIN, away, cutting, refusing("100-021"), saying("<html>", 502))
    async with await sign_in(server):
        assert len(server.asked(LOGIN)) == 5


async def test_a_sign_in_whose_answer_was_lost_goes_on_over_its_own_session(server: Scripted) -> None:
    server.will(LOGIN, cutting, refusing("100-002"), refusing("100-002"))
    async with await sign_in(server):
        assert len(server.asked(LOGIN)) == 4


async def test_a_session_of_somebody_else_is_told_at_once(server: Scripted) -> None:
    server.will(LOGIN, refusing("100-002"))
    with pytest.raises(AlreadySignedIn):
        await sign_in(server)
    assert len(server.asked(LOGIN)) == 1


async def test_patience_has_an_end() -> None:
    with pytest.raises(NoAnswer) as caught:
        await Agent.sign_in(gateway(f"http://127.0.0.1:{free_port()}", patience_s=0.05), 101, password=PASSWORD)
    assert not caught.value.heard


async def test_a_sign_in_goes_to_the_next_node_when_one_is_gone(
    server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    gone = f"http://user:Secret-Word9@127.0.0.1:{free_port()}"
    caplog.set_level(logging.DEBUG)
    async with await Agent.sign_in(gateway(gone, server.url), 101, password=PASSWORD) as agent:
        await agent.onlineagent.get_agent_status()
    assert len(server.asked(LOGIN)) == 1
    assert f"; goes on at 127.0.0.1 port {server.port}" in caplog.text
    assert PASSWORD not in caplog.text


async def test_what_is_no_gateway_is_told(server: Scripted) -> None:
    server.will(LOGIN, saying("hello"))
    with pytest.raises(BadAnswer, match="status 200 and no retcode"):
        await sign_in(server)


async def test_an_operation_that_may_have_been_carried_out_is_never_sent_twice(server: Scripted) -> None:
    """Not even by the HTTP library on a kept connection: PUT begins calls in this interface."""
    async with await sign_in(server) as agent:
        await agent.onlineagent.say_free()
        server.will("voicecall/101/callout", cutting)
        with pytest.raises(NoAnswer) as caught:
            await agent.voicecall.callout("13800000000")
        assert (caught.value.heard, len(server.asked("voicecall/101/callout"))) == (True, 1)
        server.will("voicecall/101/callout", saying({"message": "", "retcode": "100-007"}, 503))
        with pytest.raises(Unavailable):
            await agent.voicecall.callout("13800000000")
        assert len(server.asked("voicecall/101/callout")) == 2


async def test_a_question_is_asked_again(server: Scripted) -> None:
    answer = saying({"message": "", "retcode": "0", "result": {"agentState": 4, "isWorking": False}})
    async with await sign_in(server) as agent:
        server.will(STATUS, cutting, saying({"message": "", "retcode": "100-007"}, 503), answer)
        assert (await agent.onlineagent.get_agent_status())["agentState"] == 4


async def test_a_guid_is_adopted_from_any_answer_also_a_refusal(server: Scripted) -> None:
    server.always["onlineagent/101/sayfree"] = saying(
        {"message": "", "retcode": "100-009"}, Set_GUID="JSESSIONID=g1.AgentGateway0"
    )
    async with await sign_in(server) as agent:
        with pytest.raises(WrongState):
            await agent.onlineagent.say_free()
        await agent.onlineagent.say_busy()
        assert server.asked("onlineagent/101/saybusy")[0].headers["guid"] == "g1.AgentGateway0"


async def test_a_refusal_of_a_guid_that_was_replaced_meanwhile_is_asked_again(server: Scripted) -> None:
    async with await sign_in(server) as agent:

        async def too_late(request: object) -> object:
            await agent.onlineagent.hand_shake()
            return await refusing("000-003")(request)  # type: ignore[arg-type]

        server.will("onlineagent/101/handshake", saying({"message": "", "retcode": "0"}, Set_GUID="JSESSIONID=g1"))
        server.will("onlineagent/101/sayfree", too_late)  # type: ignore[arg-type]
        await agent.onlineagent.say_free()
        assert [heard.headers["guid"] for heard in server.asked("onlineagent/101/sayfree")] == [
            "g0.AgentGateway0",
            "g1",
        ]


async def test_an_older_guid_that_comes_late_is_not_adopted(server: Scripted) -> None:
    async with await sign_in(server) as agent:

        async def overtaken(request: object) -> object:
            await agent.onlineagent.hand_shake()
            return await saying({"message": "", "retcode": "0"}, Set_GUID="JSESSIONID=g1")(request)  # type: ignore[arg-type]

        server.will("onlineagent/101/handshake", saying({"message": "", "retcode": "0"}, Set_GUID="JSESSIONID=g2"))
        server.will("onlineagent/101/sayfree", overtaken)  # type: ignore[arg-type]
        await agent.onlineagent.say_free()
        await agent.onlineagent.say_busy()
        assert server.asked("onlineagent/101/saybusy")[0].headers["guid"] == "g2"


async def test_the_cookie_of_a_balancer_comes_back(server: Scripted) -> None:
    server.will(LOGIN, saying(SIGNED_IN, Set_GUID="JSESSIONID=g0", Set_Cookie="node=b; Path=/"))
    async with await sign_in(server) as agent:
        await agent.onlineagent.say_free()
        [poll, *_] = await server.hears(POLL, 1)
    assert poll.headers["Cookie"] == server.asked("onlineagent/101/sayfree")[0].headers["Cookie"] == "node=b"


async def test_events_end_with_the_own_sign_out(server: Scripted) -> None:
    agent = await sign_in(server)
    server.will(POLL, event("AgentState_Ready"))
    first = await agent.next_event(10)
    await agent.sign_out()
    assert (first.type, [kind async for kind in agent.events()]) == ("AgentState_Ready", [])
    with pytest.raises(Ended):
        await agent.next_event(1)


async def test_a_refused_sign_out_leaves_everything_going_on(server: Scripted) -> None:
    async with await sign_in(server) as agent:
        server.will("onlineagent/101/logout", refusing("100-010"))
        with pytest.raises(WrongSignOutState):
            await agent.sign_out()
        server.will(POLL, event("AgentState_Ready"))
        assert (await agent.next_event(10)).type == "AgentState_Ready"


async def test_a_sign_out_whose_answer_was_lost_is_sure_in_the_end(server: Scripted) -> None:
    agent = await sign_in(server)
    server.will("onlineagent/101/logout", cutting, refusing("100-006"))
    await agent.sign_out()
    assert len(server.asked("onlineagent/101/logout")) == 2


@pytest.mark.parametrize(
    ("asked", "path"),
    [({"force": True}, "forcelogout"), ({"reason": 7}, "forcelogoutwithreason/7")],
)
async def test_forced_sign_outs(server: Scripted, asked: dict[str, int], path: str) -> None:
    agent = await sign_in(server)
    await agent.sign_out(force=bool(asked.get("force")), reason=asked.get("reason"))
    assert [heard.method for heard in server.asked(f"onlineagent/101/{path}")] == ["DELETE"]


async def test_the_end_of_the_session_is_told_after_the_events_before_it(server: Scripted) -> None:
    server.will(POLL, event("AgentOther_ShutdownService"), refusing("100-006", "signed out by an inspector"))
    async with await sign_in(server) as agent:
        assert (await agent.next_event(10)).type == "AgentOther_ShutdownService"
        with pytest.raises(NotSignedIn, match="by an inspector"):
            await agent.next_event(10)


async def test_a_wrong_guid_ends_the_session_only_when_it_is_refused_again_and_again(server: Scripted) -> None:
    server.will(POLL, *[refusing("000-003")] * 3, event("AgentState_Ready"))
    async with await sign_in(server) as agent:
        assert (await agent.next_event(10)).type == "AgentState_Ready"
        server.always[POLL] = refusing("000-003")
        with pytest.raises(NoRight):
            await agent.next_event(10)


async def test_no_log_and_no_text_holds_a_secret(server: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.will(POLL, cutting, done, saying({"message": "", "retcode": "0"}, Set_GUID="JSESSIONID=g1.AgentGateway0"))
    agent = await Agent.sign_in(gateway(server.url, patience_s=0.1), 101, password=PASSWORD, phone="6001")
    await server.hears(POLL, 4)
    server.always["onlineagent/101/modifyaccountpwd"] = cutting
    with pytest.raises(NoAnswer) as caught:
        await agent.onlineagent.modify_account_pwd(PASSWORD, "Next-Word9")
    await agent.sign_out()
    told = caplog.text + repr(agent) + str(caught.value) + repr(caught.value)
    assert "agent 101: a new GUID" in told
    assert [secret for secret in (PASSWORD, "Next-Word9", "g0.", "g1.") if secret in told] == []


async def test_two_requests_that_fail_at_once_leave_a_node_once(server: Scripted) -> None:
    async with scripted() as second:
        agent = await Agent.sign_in(gateway(server.url, second.url), 101, password=PASSWORD)
        await server.hears(POLL, 1)
        server.always[STATUS] = saying({"message": "", "retcode": "100-007"}, 503)
        await asyncio.gather(*(agent.onlineagent.get_agent_status() for _ in range(2)))
        await agent.sign_out()
        assert (len(server.asked(STATUS)), len(second.asked(STATUS))) == (2, 2)


async def test_a_certificate_is_checked_against_the_authorities_that_are_given(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "trusted")
    async with scripted(authority.context()) as secure:
        with pytest.raises(NoAnswer, match="certificate is not trusted") as caught:
            await Agent.sign_in(gateway(secure.url, patience_s=0), 101, password=PASSWORD)
        assert not caught.value.heard
        trusting = ssl.create_default_context(cafile=str(authority.folder / "ca.pem"))
        async with await Agent.sign_in(Gateway(secure.url, tls=trusting), 101, password=PASSWORD) as agent:
            assert agent.agent_id == 101


@pytest.mark.parametrize("urls", ["", (), "gateway.example:8043", ("https://one.example", "two.example")])
async def test_an_address_without_scheme_is_told_at_once(urls: str | tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="http://"):
        await Agent.sign_in(urls, 101, password=PASSWORD)
