"""The Python SDK at a real gateway: sign-in, calls, rotation, push, lost answers, dying nodes (docs/sdk.md)."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.client import Agent, AgentGatewayError, Gateway, PushReceiver, blocking
from gateway.client.event_types import (
    AgentEventCallRelease,
    AgentEventRinging,
    AgentEventTalking,
    AgentStateSetNotReadySuccess,
)
from gateway.client.refusals import AlreadySignedIn, NotSignedIn, ReleaseNoCall, WrongCredentials
from gateway.events.push_message import shown_key
from gateway.sessions.guid import new_secret_line, read_secret_file
from gateway.tokens import users
from gateway.tokens.messages import User
from gateway.tokens.used_tokens import MemoryTokenStore
from tests.conftest import Shared
from tests.support.centre import CentreGateway, centre_gateway
from tests.support.gateway import PASSWORD, ROOT, running_gateway, start_process
from tests.support.gateway import Gateway as Running
from tests.support.manual_time import ManualTime
from tests.support.one_centre import before, centre_here
from tests.support.proxy import proxy_to
from tests.support.servers import free_port
from tests.support.site import site
from tests.support.tokens import NOW, VALIDATE, serving
from tests.support.tokens import Site as TokenSite
from tests.support.waiting import until, until_async

WITHIN_S = 30
SCRIPT = """
import signal
from gateway.client import blocking
signal.signal(signal.SIGINT, signal.default_int_handler)  # In the background of a shell it is ignored.
with blocking.sign_in("http://127.0.0.1:{port}", 101, password="{password}", phone="6001") as agent:
    print(agent.next_event().type)
    for event in agent.events():
        pass
"""
KIND = "valkey"
INTERVAL_S = 60


def at(*ports: int, heartbeat_s: float = 30) -> Gateway:
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    return Gateway(urls, first_pause_s=0.05, longest_pause_s=0.2, heartbeat_s=heartbeat_s)


async def sign_in(port: int, agent: int | str = 101, *, force: bool = False, autoanswer: bool = False) -> Agent:
    return await Agent.sign_in(at(port), agent, password=PASSWORD, phone="6001", force=force, autoanswer=autoanswer)


async def types(agent: Agent, count: int) -> list[str]:
    return [(await agent.next_event(WITHIN_S)).type for _ in range(count)]


async def generations(gateway: Running, agent_id: int = 101) -> int:
    session = (await gateway.app.sessions.store.read(agent_id)).session
    assert session is not None
    return session.number


@pytest.fixture
async def hall() -> AsyncIterator[CentreGateway]:
    async with centre_gateway({"TIMEOUT_FLAG": "OFF"}) as made:
        yield made


async def test_an_agent_takes_a_call(hall: CentreGateway) -> None:
    async with await sign_in(hall.gateway.port) as agent:
        await agent.onlineagent.reset_skill(True)
        assert [skill["name"] for skill in await agent.onlineagent.query_agent_skills()][:1] == ["Service"]
        assert await types(agent, 2) == ["AgentOther_InService", "AgentState_Ready"]
        call_id = await hall.centre.customers.place(1, "13800000000")
        seen = []
        async for event in agent.events():
            seen.append(event)
            match event:
                case AgentEventRinging():
                    await agent.voicecall.answer(callid=event.content["callid"])
                case AgentEventTalking():
                    await agent.voicecall.release()
                case AgentEventCallRelease():
                    break
        assert {event.call_id for event in seen if event.call_id} == {call_id}
        with pytest.raises(ReleaseNoCall):
            await agent.voicecall.release()


async def test_a_sign_in_by_account_with_the_wrong_password_and_by_force(hall: CentreGateway) -> None:
    with pytest.raises(WrongCredentials):
        await Agent.sign_in(at(hall.gateway.port), "demo101", password="wrong", phone="6001")
    former = await sign_in(hall.gateway.port, "demo101")
    with pytest.raises(AlreadySignedIn):
        await sign_in(hall.gateway.port)
    async with await sign_in(hall.gateway.port, force=True):
        with pytest.raises(NotSignedIn, match="elsewhere by force"):
            async for _ in former.events():
                pass
        await former.close()


async def test_a_sign_in_by_token(tmp_path: Path) -> None:
    tokens = TokenSite(tmp_path)
    user = User("acme", "101", "demo101")
    users.add_user(tokens.users, user)
    async with serving(tokens, MemoryTokenStore()) as bench:
        url = f"http://127.0.0.1:{bench.port}{VALIDATE}"
        given = {"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": url, "AGENT_AUTH_TENANT": "acme"}
        async with running_gateway(given) as gateway:
            token = tokens.token(user, now_ms=NOW)
            async with await Agent.sign_in(at(gateway.port), 101, token=token, phone="6001") as agent:
                assert agent.info["workno"] == "101"


async def test_an_agent_follows_its_guid_for_as_long_as_it_likes(hall: CentreGateway) -> None:
    async with await sign_in(hall.gateway.port) as agent:
        for number in range(1, 6):
            await hall.time.pass_s(INTERVAL_S)

            async def made(wanted: int = number) -> bool:
                return await generations(hall.gateway) == wanted

            await until_async(made)
            await agent.onlineagent.get_agent_status()


async def test_events_are_pushed_signed_and_heartbeats_follow_the_guid(tmp_path: Path) -> None:
    port, time = free_port(), ManualTime()
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    keys = [shown_key(key) for key in read_secret_file(secret).signing_keys()]
    url = f"http://127.0.0.1:{port}/events"
    settings = {"EVENT_PUST_WHILTELIST_CALLBACKURI": url, "TIMEOUT_FLAG": "OFF", "GUID_SECRET_FILE": str(secret)}
    receiver = PushReceiver(url, keys, clock=lambda: time.now_ms / 1000)
    async with (
        running_gateway(settings, clock=time.clock, scheduler=time) as gateway,
        await receiver.start("127.0.0.1", port) as push,
    ):
        there = at(gateway.port, heartbeat_s=0.05)
        async with await Agent.sign_in(there, 101, password=PASSWORD, phone="6001", push=push) as agent:
            assert await types(agent, 2) == ["AgentOther_InService", "AgentState_Ready"]
            await time.pass_s(INTERVAL_S)

            async def renewed() -> bool:
                return await generations(gateway) == 1

            await until_async(renewed)
            await agent.onlineagent.say_busy(reason=205)
            event = await agent.next_event(WITHIN_S)
            assert isinstance(event, AgentStateSetNotReadySuccess)
            assert event.content["reason"] == "205"


async def test_every_event_comes_once_while_answers_get_lost(
    hall: CentreGateway, caplog: pytest.LogCaptureFixture
) -> None:
    async with proxy_to(hall.gateway.port) as proxy, await sign_in(proxy.port) as agent:
        await agent.onlineagent.reset_skill(True)
        assert await types(agent, 2) == ["AgentOther_InService", "AgentState_Ready"]
        helper = hall.gateway.desk(119)
        await helper.sign_in()
        caplog.set_level("INFO", "gateway.client")
        wanted = []
        for number in range(6):
            proxy.lossy = number % 2 == 0
            text = f"note {number}"
            assert (
                await helper.call("POST", "onlineagent/{id}/sendnoteletex", {"agentIds": [101], "content": text})
            ).retcode == "0"
            wanted.append(text)
            if proxy.lossy:
                await until(lambda: "agent 101: interrupted" in caplog.text)
            else:
                await until(lambda: "agent 101: resumed" in caplog.text)
            caplog.clear()
        proxy.lossy = False
        got = [(await agent.next_event(WITHIN_S)).content["context"] for _ in wanted]
        assert got == wanted


async def test_an_agent_goes_on_at_the_other_node_when_one_dies(tmp_path: Path, shared_server: Shared) -> None:
    store = {"REDIS_URL": shared_server(KIND).url, "STORE_TAG": tmp_path.name}
    async with centre_here() as centre, site(tmp_path, {**store, **before(centre)}) as nodes:
        first = await nodes.start("NodeA")
        second = await nodes.start("NodeB")
        async with await Agent.sign_in(at(first.port, second.port), 101, password=PASSWORD, phone="6001") as agent:
            assert await types(agent, 2) == ["AgentOther_InService", "AgentState_Ready"]
            helper = second.desk(119)
            await helper.sign_in()
            wanted = [f"note {number}" for number in range(30)]
            for text in wanted:
                note = {"agentIds": [101], "content": text}
                assert (await helper.call("POST", "onlineagent/{id}/sendnoteletex", note)).retcode == "0"
                if text == "note 15":
                    await first.end(signal.SIGKILL)
            assert [(await agent.next_event(WITHIN_S)).content["context"] for _ in wanted] == wanted
            await agent.onlineagent.say_busy()
            assert await types(agent, 1) == ["AgentState_SetNotReady_Success"]


async def test_a_restart_that_forgets_the_sessions_is_told(tmp_path: Path) -> None:
    port = free_port()
    first = await start_process(tmp_path, port=port)
    agent = await sign_in(port)
    assert await types(agent, 2) == ["AgentOther_InService", "AgentState_Ready"]
    await first.end()
    second = await start_process(tmp_path, port=port)
    with pytest.raises(NotSignedIn):
        await agent.next_event(WITHIN_S)
    await agent.close()
    await second.end()


async def test_scripts_do_without_asyncio(hall: CentreGateway) -> None:
    def script() -> list[str]:
        with blocking.sign_in(at(hall.gateway.port), 101, password=PASSWORD, phone="6001") as agent:
            seen = [agent.next_event(WITHIN_S).type for _ in range(2)]
            agent.onlineagent.say_busy(reason=205)
            assert agent.onlineagent.get_agent_status()["agentState"] == 3
            for event in agent.events():
                seen.append(event.type)
                agent.sign_out()
            try:
                agent.voicecall.release()
            except AgentGatewayError as problem:
                seen.append(type(problem).__name__)
            return seen

    assert await asyncio.to_thread(script) == [
        "AgentOther_InService",
        "AgentState_Ready",
        "AgentState_SetNotReady_Success",
        "NotSignedIn",
    ]


async def test_ctrl_c_signs_a_script_out(hall: CentreGateway, tmp_path: Path) -> None:
    program = tmp_path / "script.py"
    program.write_text(SCRIPT.format(port=hall.gateway.port, password=PASSWORD), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", str(program)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"AgentOther_InService\n"
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(WITHIN_S):
        _, errors = await process.communicate()
    assert errors.splitlines()[-1] == b"KeyboardInterrupt"
    assert (await hall.gateway.app.sessions.store.read(101)).session is None


async def test_nothing_waits_for_ever(hall: CentreGateway) -> None:
    async with await sign_in(hall.gateway.port) as agent:
        await types(agent, 2)
        with pytest.raises(TimeoutError):
            await agent.next_event(0.05)
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "agent 101"])
