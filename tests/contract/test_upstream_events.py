"""Events of a contact centre behind the gateway, and sessions that end there or here."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.backend import EndReason
from gateway.sessions.guid import new_secret_line
from gateway.upstream.event_fetchers import EMPTY_PAUSE_S, FIRST_PAUSE_S
from tests.support.behind import Centre, answer, saying, written
from tests.support.desk import Desk
from tests.support.front import behind_and_before, gateway_before
from tests.support.gateway import Gateway, gateway_process, running_gateway
from tests.support.servers import Servers
from tests.support.waiting import GENEROUS_S, until

AGENT = 101
POLL = f"GET agentevent/{AGENT}"
ROUNDING = 0.8
"""Polls are seen a little after they were asked."""
OVER = "signed out by the contact centre behind this gateway"


@dataclass
class Scene:
    """A strict centre, the gateway before it, and a desk that is signed in."""

    centre: Centre
    gateway: Gateway
    desk: Desk

    @property
    def polls(self) -> int:
        return self.centre.lines(polls=True).count(POLL)

    async def next_event(self) -> dict[str, object]:
        """Of the next poll that brings one."""
        async with asyncio.timeout(GENEROUS_S):
            while "event" not in (said := (await self.desk.poll()).json):
                assert said["retcode"] == "0", said
        found: dict[str, object] = said["event"]
        return found


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with behind_and_before() as (centre, gateway):
        desk = gateway.desk(AGENT)
        assert (await desk.sign_in()).retcode == "0"
        yield Scene(centre, gateway, desk)


async def test_events_arrive_in_their_order_with_their_own_time(scene: Scene) -> None:
    for number in range(20):
        scene.centre.tell(AGENT, "AgentEvent_Talking", eventGenTime=number, content={"n": number})
    found = [await scene.next_event() for _ in range(20)]
    assert found == [
        {"eventType": "AgentEvent_Talking", "workNo": "101", "eventGenTime": number, "content": {"n": number}}
        for number in range(20)
    ]


async def test_an_event_without_time_gets_that_of_its_arrival(scene: Scene) -> None:
    before = scene.gateway.app.stores.sessions.now_ms()
    scene.centre.tell(AGENT, "AgentOther_Note", content=None)
    event = await scene.next_event()
    at = event.pop("eventGenTime")
    assert isinstance(at, int)
    assert before <= at <= scene.gateway.app.stores.sessions.now_ms()
    assert event == {"eventType": "AgentOther_Note", "workNo": "101", "content": None}


async def test_an_event_is_the_same_when_it_is_sent_again(scene: Scene) -> None:
    once = json.dumps({"retcode": "0", "event": {"eventType": "A", "eventGenTime": 5}}).encode()
    scene.centre.says[POLL] = saying(lambda: written(once))
    assert (await scene.next_event())["eventType"] == "A"
    polls = scene.polls
    await until(lambda: scene.polls > polls + 3)
    scene.centre.says.clear()
    assert await scene.desk.drain_events() == []


async def seconds_for_polls(scene: Scene, count: int) -> float:
    """From the next poll to the last of so many."""
    first = scene.polls + 1
    await until(lambda: scene.polls >= first)
    began_s = time.monotonic()
    await until(lambda: scene.polls >= first + count - 1)
    return time.monotonic() - began_s


async def test_a_centre_that_answers_at_once_is_not_asked_without_pause(scene: Scene) -> None:
    scene.centre.hold_s = 0
    await until(lambda: scene.centre.polls_now == 0)
    assert await seconds_for_polls(scene, 4) >= 3 * EMPTY_PAUSE_S * ROUNDING


async def test_there_is_one_poll_at_a_time(scene: Scene) -> None:
    for number in range(30):
        scene.centre.tell(AGENT, "A", eventGenTime=number)
        await scene.next_event()
    assert scene.centre.most_polls == 1


async def test_after_a_fault_there_events_come_again_and_it_is_not_asked_without_pause(scene: Scene) -> None:
    scene.centre.says[POLL] = saying(lambda: written(b"", 500))
    scene.centre.tell(AGENT, "A", eventGenTime=1)
    assert await seconds_for_polls(scene, 4) >= 3 * FIRST_PAUSE_S / 2 * ROUNDING
    scene.centre.says.clear()
    assert (await scene.next_event())["eventType"] == "A"


@pytest.mark.parametrize("retcode", ["100-007", "000-004", "105-002", "000-001"])
async def test_an_error_there_signs_nobody_out(scene: Scene, retcode: str) -> None:
    scene.centre.says[POLL] = saying(lambda: answer(retcode, "not now"))
    polls = scene.polls
    await until(lambda: scene.polls >= polls + 3)
    assert (await scene.desk.status()).retcode == "0"


async def test_a_session_ended_there_wakes_the_desk_s_poll(scene: Scene) -> None:
    parked = asyncio.create_task(scene.desk.poll())
    await asyncio.sleep(0)
    del scene.centre.sessions[AGENT]
    said = await parked
    while said.retcode == "0":
        said = await scene.desk.poll()
    assert (said.retcode, said.json["message"]) == ("100-006", OVER)


@pytest.mark.parametrize("force", [True, False])
async def test_a_held_poll_of_a_session_that_another_sign_in_displaces_ends_empty(force: bool) -> None:
    """Without force where the centre has forgotten the session before."""
    async with behind_and_before() as (centre, gateway):
        desk, other = gateway.desk(AGENT), gateway.desk(AGENT)
        await desk.sign_in()
        poll = asyncio.create_task(desk.poll())
        await until(lambda: len(gateway.app.parking) > 0)
        del centre.sessions[AGENT]
        assert (await other.sign_in(force=force)).retcode == "0"
        ended, told = await poll, await desk.poll()
    assert (ended.body, ended.set_guid) == (b'{"message":"","retcode":"0"}', "")
    reason = EndReason.TAKEN_OVER if force else EndReason.REPLACED
    assert (told.retcode, told.json["message"]) == ("100-006", reason.value)


async def test_a_held_poll_ends_empty_where_the_session_was_displaced_at_the_centre(scene: Scene) -> None:
    poll = asyncio.create_task(scene.desk.poll())
    await until(lambda: len(scene.gateway.app.parking) > 0)
    scene.centre.says[POLL] = saying(lambda: answer("100-006", EndReason.TAKEN_OVER.value))
    ended, told = await poll, await scene.desk.poll()
    assert (ended.body, told.retcode) == (b'{"message":"","retcode":"0"}', "100-006")
    assert told.json["message"] == EndReason.TAKEN_OVER.value


@pytest.mark.parametrize("reason", [EndReason.TAKEN_OVER, EndReason.FORCED, EndReason.IDLE])
async def test_a_reason_in_words_of_ours_is_told_to_the_desk(scene: Scene, reason: EndReason) -> None:
    scene.centre.says[POLL] = saying(lambda: answer("100-006", reason.value))
    while (said := await scene.desk.poll()).retcode == "0":
        pass
    assert said.json["message"] == reason.value


async def test_a_refusal_that_passes_signs_nobody_out(scene: Scene) -> None:
    polls = scene.polls
    scene.centre.says[POLL] = saying(lambda: answer("000-003", "no right"))
    await until(lambda: scene.polls > polls)
    scene.centre.says.clear()
    scene.centre.tell(AGENT, "A", eventGenTime=1)
    assert (await scene.next_event())["eventType"] == "A"


async def test_a_session_that_is_idle_here_is_signed_out_there() -> None:
    async with behind_and_before({"MAXTIME": "1000", "AGENT_POLL_WAIT_FLAG": "OFF"}) as (centre, gateway):
        await gateway.desk(AGENT).sign_in()
        await until(lambda: AGENT not in centre.sessions)
    assert f"DELETE onlineagent/{AGENT}/forcelogout" in centre.lines()


async def test_an_end_is_told_until_the_centre_has_heard_it(scene: Scene) -> None:
    line = f"DELETE onlineagent/{AGENT}/forcelogout"
    scene.centre.says[line] = saying(lambda: answer("100-007", "error"))
    session = (await scene.gateway.app.stores.sessions.read(AGENT)).session
    assert session is not None
    await scene.gateway.app.sessions.end(AGENT, session.id, EndReason.FORCED)
    for _ in range(2):
        await scene.gateway.app.sweeper.tell_backend()
    assert scene.centre.lines().count(line) >= 2
    scene.centre.says.clear()
    await scene.gateway.app.sweeper.tell_backend()
    assert AGENT not in scene.centre.sessions
    assert await scene.gateway.app.stores.sessions.owed(10) == []


async def test_nothing_stays_behind_when_agents_are_gone() -> None:
    async with behind_and_before() as (centre, gateway):
        desks = [gateway.desk(agent) for agent in range(201, 231)]
        await asyncio.gather(*(desk.sign_in() for desk in desks))
        await until(lambda: centre.polls_now == len(desks))
        assert _fetching() == len(desks)
        await asyncio.gather(*(desk.call("DELETE", "onlineagent/{id}/logout") for desk in desks))
        await until(lambda: centre.polls_now == 0)
        await until(lambda: not _fetching())


def _fetching() -> int:
    """How many sessions are fetched for now."""
    return sum("EventFetcher._run" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_a_centre_that_comes_back_with_its_sessions_is_as_before(scene: Scene) -> None:
    await scene.centre.stop()
    assert (await scene.desk.status()).status == 503
    await scene.centre.start()
    scene.centre.tell(AGENT, "A", eventGenTime=1)
    assert (await scene.next_event())["eventType"] == "A"
    assert (await scene.desk.status()).retcode == "0"


async def test_a_centre_that_comes_back_without_them_has_signed_the_agent_out(scene: Scene) -> None:
    await scene.centre.stop()
    assert (await scene.desk.poll()).retcode == "0"
    scene.centre.sessions.clear()
    await scene.centre.start()
    while (said := await scene.desk.poll()).retcode == "0":
        pass
    assert (said.retcode, said.json["message"]) == ("100-006", OVER)


async def test_the_rotation_of_another_gateway_behind_is_followed_without_a_refusal() -> None:
    rotates = {"GUIDINTERVAL": "1000", "GUIDTIMEOUT": "20000", "AGENT_POLL_WAIT_TIMES": "5"}
    async with running_gateway(rotates) as behind, gateway_before(f"http://127.0.0.1:{behind.port}", rotates) as before:
        desk = before.desk(AGENT)
        await desk.sign_in()
        kept = {await _kept(before)}
        async with asyncio.timeout(GENEROUS_S):
            while len(kept) < 3:
                assert {(await desk.poll()).retcode, (await desk.status()).retcode} == {"0"}
                kept.add(await _kept(before))


async def _kept(gateway: Gateway) -> str:
    """What is carried behind, sealed."""
    session = (await gateway.app.stores.sessions.read(AGENT)).session
    assert session is not None
    assert session.upstream is not None
    return session.upstream.key


async def test_a_node_that_is_killed_leaves_its_sessions_to_another(servers: Servers, tmp_path: Path) -> None:
    redis, secret = servers.start("valkey"), tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    shared = {"REDIS_URL": redis.url, "GUID_SECRET_FILE": str(secret)}
    async with behind_and_before(shared) as (centre, survivor):
        settings = {**shared, "BACKEND": "upstream", "UPSTREAM_URL": centre.url}
        async with gateway_process(tmp_path, settings) as dying:
            desk = dying.desk(AGENT)
            await desk.sign_in()
            await until(lambda: centre.polls_now == 1)
            await dying.end(signal.SIGKILL)
        centre.tell(AGENT, "A", eventGenTime=1)
        desk.port = survivor.port
        assert (await Scene(centre, survivor, desk).next_event())["eventType"] == "A"


async def test_no_event_is_lost_while_the_store_is_away(servers: Servers, tmp_path: Path) -> None:
    redis = servers.start("valkey")
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    settings = {"REDIS_URL": redis.url, "GUID_SECRET_FILE": str(secret), "STORE_TIMEOUT": "800"}
    async with behind_and_before(settings) as (centre, gateway):
        desk = gateway.desk(AGENT)
        assert (await desk.sign_in()).retcode == "0"
        await until(lambda: centre.polls_now == 1)
        redis.freeze()
        centre.tell(AGENT, "A", eventGenTime=1)
        await until(lambda: not centre.events[AGENT])
        centre.tell(AGENT, "B", eventGenTime=2)
        await until(lambda: gateway.app.stores.reasons() != [""])
        redis.thaw()
        scene = Scene(centre, gateway, desk)
        assert [(await scene.next_event())["eventType"] for _ in range(2)] == ["A", "B"]
