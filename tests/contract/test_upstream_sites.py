"""A legacy site in AUTHMODE 1 with two gateway nodes in front of it: rotation for its desktops, nothing else changes.

Real processes and a real Redis, the same for all tests here; each has agents of its own.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.servers import Servers
from tests.support.two_sites import TwoSites, two_sites
from tests.support.waiting import GENEROUS_S


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoSites]:
    """Started once, by an event loop of their own, since every test has another."""
    servers = Servers(tmp_path_factory.mktemp("servers"))
    with asyncio.Runner() as runner:
        made = two_sites(tmp_path_factory.mktemp("sites"), servers.start("valkey"))
        try:
            yield runner.run(made.__aenter__())
            runner.run(made.__aexit__(None, None, None))
        finally:
            servers.end()


async def event_types(desk: Desk, *until_types: str) -> list[str]:
    """Polls until the last of these has come; all types on the way."""
    found: list[str] = []
    async with asyncio.timeout(GENEROUS_S):
        while until_types and until_types[-1] not in found:
            answer = await desk.poll()
            assert answer.retcode == "0", answer.body
            if "event" in answer.json:
                found.append(answer.json["event"]["eventType"])
    return found


async def test_wrong_credentials_and_second_sign_ins_are_judged_behind(sites: TwoSites) -> None:
    desk = sites.first.desk(101)
    assert (await desk.sign_in(password="wrong")).retcode == "100-004"
    assert (await desk.sign_in()).retcode == "0"
    assert (await sites.second.desk(101).sign_in()).retcode == "100-002"
    assert (await sites.second.desk(101).sign_in(password="wrong")).retcode == "100-004"


async def test_states_and_events_work_on_every_node(sites: TwoSites) -> None:
    desk = await sites.desk(102)
    other = sites.elsewhere(desk)
    assert (await other.call("POST", "onlineagent/{id}/saybusy?reason=205")).retcode == "0"
    assert (await desk.status()).json["result"]["agentState"] == 3
    types = await event_types(other, "AgentState_SetNotReady_Success")
    assert types == ["AgentOther_InService", "AgentState_Ready", "AgentState_SetNotReady_Success"]


async def test_guids_rotate_in_front_while_the_one_behind_stays(sites: TwoSites) -> None:
    desk = await sites.desk(103)
    kept, guids = sites.kept(103), {desk.guid}
    async with asyncio.timeout(GENEROUS_S):
        while len(guids) < 3:
            assert (await desk.poll()).retcode == "0"
            assert (await sites.elsewhere(desk).status()).retcode == "0"
            guids.add(desk.guid)
    assert sites.kept(103) == kept


async def test_a_forced_sign_in_behind_is_told_to_the_desk_in_front(sites: TwoSites) -> None:
    desk = await sites.desk(105)
    assert (await sites.behind.desk(105).sign_in(force=True)).retcode == "0"
    async with asyncio.timeout(GENEROUS_S):
        while (answer := await desk.poll()).retcode == "0":
            pass
    assert (answer.retcode, answer.json["message"]) == ("100-006", "the agent signed in elsewhere by force")


async def test_a_forced_sign_in_in_front_ends_the_session_on_the_other_node(sites: TwoSites) -> None:
    former = await sites.desk(106, node=0)
    later = await sites.desk(106, node=1, force=True)
    assert (await former.status()).retcode == "100-006"
    assert (await later.status()).retcode == "0"


async def test_an_agent_who_signed_out_may_sign_in_again_at_once(sites: TwoSites) -> None:
    for _ in range(3):
        desk = await sites.desk(107)
        assert (await sites.elsewhere(desk).call("DELETE", "onlineagent/{id}/logout")).retcode == "0"


async def test_the_store_shows_no_guid_of_the_site_behind(sites: TwoSites) -> None:
    direct = sites.behind.desk(108)
    await direct.sign_in()
    shown = direct.guid.partition(".")[2]
    await sites.desk(108, force=True)
    assert shown == "Behind"
    assert "Behind" not in str(sites.kept(108))


class Transcript:
    """What a desk sent and got, without what differs between any two runs."""

    def __init__(self, *desks: Desk) -> None:
        self._desks = desks
        self.lines: list[str] = []

    def _note(self, desk: Desk, what: str, body: bytes) -> None:
        text = body.decode()
        for number, one in enumerate(self._desks):
            text = re.sub(rf"\b{one.agent_id}\b", f"<{number}>", text)
        text = re.sub(r'"?\b1[78]\d{11}\b"?', "<time>", text)
        text = re.sub(r'"\d{10}-\d+"', "<call>", text)
        self.lines.append(f"{self._desks.index(desk)} {what}: {text}")

    async def call(self, desk: Desk, method: str, path: str, body: Any = None) -> None:
        answer = await desk.call(method, path, body)
        self._note(desk, f"{method} {path}", answer.body)

    async def events(self, desk: Desk, last: str) -> None:
        """All events up to this type."""
        async with asyncio.timeout(GENEROUS_S):
            while True:
                answer = await desk.poll()
                if "event" in answer.json:
                    self._note(desk, "event", answer.body)
                    if answer.json["event"]["eventType"] == last:
                        return


async def full_flow(caller: Desk, called: Desk) -> list[str]:
    """Two agents sign in, change states, talk with hold, and sign out; with refusals on the way."""
    seen = Transcript(caller, called)
    password = {"password": caller.password, "phonenum": "6001"}
    for desk in (caller, called):
        desk.guid = ""
        await seen.call(desk, "PUT", "onlineagent/{id}", {**password, "password": "wrong"})
        await seen.call(desk, "PUT", "onlineagent/{id}", {**password, "autoanswer": "false", "status": "4"})
        await seen.call(desk, "PUT", "onlineagent/{id}", password)
        await seen.call(desk, "POST", "onlineagent/{id}/resetskill/true")
        await seen.events(desk, "AgentState_Ready")
    await seen.call(caller, "POST", "onlineagent/{id}/saybusy?reason=1")
    await seen.call(caller, "POST", "onlineagent/{id}/saybusy?reason=205")
    await seen.events(caller, "AgentState_SetNotReady_Success")
    await seen.call(caller, "POST", "onlineagent/{id}/sayfree")
    await seen.events(caller, "AgentState_CancelNotReady_Success")
    await seen.call(caller, "PUT", "voicecall/{id}/callinner", {"called": str(called.agent_id)})
    await seen.events(called, "AgentEvent_Ringing")
    await seen.call(called, "PUT", "voicecall/{id}/answer")
    await seen.events(called, "AgentEvent_Talking")
    await seen.events(caller, "AgentEvent_Talking")
    await seen.call(caller, "POST", "voicecall/{id}/hold")
    await seen.events(caller, "AgentEvent_Hold")
    await seen.call(caller, "POST", "voicecall/{id}/hold")
    await seen.call(caller, "DELETE", "onlineagent/{id}/logout")
    await seen.call(caller, "GET", "onlineagent/{id}/agentstatus")
    await seen.call(called, "DELETE", "voicecall/{id}/release")
    for desk in (caller, called):
        await seen.call(desk, "DELETE", "onlineagent/{id}/forcelogout")
        await seen.call(desk, "GET", "onlineagent/{id}/agentstatus")
    return seen.lines


async def test_a_full_flow_gives_the_same_transcript_as_directly(sites: TwoSites) -> None:
    directly = await full_flow(sites.behind.desk(111), sites.behind.desk(112))
    through = await full_flow(sites.first.desk(113), sites.second.desk(114))
    assert through == directly


async def test_both_nodes_write_no_error_and_no_guid(sites: TwoSites) -> None:
    desk = await sites.desk(109)
    assert (await desk.status()).retcode == "0"
    logs = "".join(node.log.read_text() for node in (*sites.nodes, sites.behind))
    assert "ERROR" not in logs
    assert desk.guid.partition(".")[0] not in logs
