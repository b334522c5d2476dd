"""The long poll on the wire (docs/protocol.md, Polling; docs/design/events.md)."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.backend import EndReason
from gateway.contact_centre.event_catalogue import check
from gateway.events.poll import SAME_TIME_MS
from gateway.sessions.model import Record
from gateway.sessions.store import Change, Look, Looking
from gateway.wire.errors import StoreUnavailable
from tests.support.desk import PREFIX, Desk, Line, ask_once
from tests.support.gateway import Gateway, running_gateway
from tests.support.waiting import lost_time, until

HOLD = {"AGENT_POLL_WAIT_TIMES": "10", "AGENT_POLL_WAIT_INTERVAL": "100"}


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway(HOLD) as made:
        yield made


async def _quiet(gateway: Gateway, agent_id: int = 101) -> Desk:
    desk = gateway.desk(agent_id)
    await desk.sign_in(force=True)
    line = await Line.open(gateway.port)
    for _ in range(2):
        assert "event" in (await desk.poll(line=line)).json
    await line.ask("GET", "/gateway/live")
    await desk.poll(line=line)
    await line.close()
    return desk


async def _parked(gateway: Gateway) -> None:
    """Returns once a poll waits here; calls over the wire give it the time."""
    for _ in range(200):
        await ask_once(gateway.port, "GET", "/gateway/live")
        if len(gateway.app.parking):
            return
    raise AssertionError("no poll is parked")


async def test_a_poll_without_event_is_held_for_times_x_interval(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    async with lost_time() as lost:
        began = time.monotonic()
        answer = await desk.poll()
        took = time.monotonic() - began
    assert answer.body == b'{"message":"","retcode":"0"}'
    assert took >= 0.95
    assert took - lost.s < 1.5


async def test_polls_over_changing_connections_bring_every_event_once(gateway: Gateway) -> None:
    """As clients and proxies with a pool of connections poll, before the kernel has acknowledged the answer before."""
    desk = await _quiet(gateway)
    for operation in ("saybusy", "sayfree") * 3:
        await desk.call("POST", f"onlineagent/{{id}}/{operation}")
    lines = [await Line.open(gateway.port) for _ in range(3)]
    kinds = [(await desk.poll(line=lines[turn % 3])).json["event"]["eventType"] for turn in range(6)]
    assert kinds == ["AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"] * 3
    for line in lines:
        await line.close()


async def test_an_event_ends_the_hold_at_once(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    poll = asyncio.create_task(desk.poll())
    await _parked(gateway)
    async with lost_time() as lost:
        began = time.monotonic()
        await desk.call("POST", "onlineagent/{id}/saybusy")
        assert (await poll).json["event"]["eventType"] == "AgentState_SetNotReady_Success"
        assert time.monotonic() - began - lost.s < 0.5


async def test_the_newer_of_two_polls_wins_and_the_older_answers_empty(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    older = asyncio.create_task(desk.poll())
    await _parked(gateway)
    newer = asyncio.create_task(desk.poll())
    assert (await older).body == b'{"message":"","retcode":"0"}'
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert "event" in (await newer).json


async def test_an_event_comes_once_when_the_next_poll_is_on_another_connection(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    first, second = await desk.poll(), await desk.poll()
    assert ("event" in first.json, "event" in second.json) == (True, False)


async def test_an_event_whose_poll_was_reset_comes_with_the_next_one(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    line = await Line.open(gateway.port)
    await line.send("GET", f"{PREFIX}/agentevent/101", {"guid": desk.guid}, b"")
    await _parked(gateway)
    line.abort()
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert (await desk.poll()).json["event"]["eventType"] == "AgentState_SetNotReady_Success"


async def test_events_come_in_order_one_an_answer(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    for operation in ("saybusy", "sayfree", "work"):
        await desk.call("POST", f"onlineagent/{{id}}/{operation}")
    assert [event["eventType"] for event in await desk.drain_events()] == [
        "AgentState_SetNotReady_Success",
        "AgentState_CancelNotReady_Success",
        "AgentState_SetWork_Success",
    ]


async def test_a_parked_poll_answers_when_its_generation_comes_of_age() -> None:
    settings = {"GUIDINTERVAL": "1000", "GUIDTIMEOUT": "20000"}
    async with running_gateway(settings) as gateway:
        desk = gateway.desk(101)
        async with lost_time() as lost:
            began = time.monotonic()
            await desk.sign_in()
            while not (answer := await desk.poll()).set_guid:
                pass
            took = time.monotonic() - began
        assert answer.body == b'{"message":"","retcode":"0"}'
        assert took >= 1
        assert took - lost.s < 5  # The hold is 10 s.


@pytest.mark.parametrize(("signed_in", "code"), [(True, "000-003"), (False, "100-006")])
async def test_a_refused_poll_is_held_back_half_a_second(gateway: Gateway, signed_in: bool, code: str) -> None:
    desk = gateway.desk(112)
    if signed_in:
        await desk.sign_in()
    async with lost_time() as lost:
        began = time.monotonic()
        answer = await desk.poll(guid="00000000-0000-0000-0000-000000000000.AgentGateway0")
        took = time.monotonic() - began
    assert answer.retcode == code
    assert took >= 0.45
    assert took - lost.s < 1


async def test_a_held_poll_of_a_displaced_session_ends_empty_and_the_next_request_is_told_why() -> None:
    """A program that keeps one session an agent would take a refusal for one of its new session."""
    async with running_gateway() as gateway:  # Its polls are held for 10 s.
        desk, other = gateway.desk(101), gateway.desk(101)
        await desk.sign_in()
        for _ in range(2):
            await desk.poll()
        poll = asyncio.create_task(desk.poll())
        await _parked(gateway)
        async with lost_time() as lost:
            began = time.monotonic()
            await other.sign_in(force=True)
            ended = await poll
            assert time.monotonic() - began - lost.s < 5
        assert (ended.status, ended.body, ended.set_guid) == (200, b'{"message":"","retcode":"0"}', "")
        told = [await desk.poll(), await desk.status()]
        assert [(answer.retcode, answer.json["message"]) for answer in told] == [
            ("100-006", "the agent signed in elsewhere by force")
        ] * 2
        assert (await other.status()).retcode == "0"


async def test_a_held_poll_that_a_poll_of_the_new_session_ends_hands_out_nothing() -> None:
    """The GUID that it would have handed out is one of the session before."""
    settings = {**HOLD, "GUIDINTERVAL": "60000", "GUIDTIMEOUT": "120000"}
    now = [1_800_000_000_000]
    async with running_gateway(settings, clock=lambda: now[0], jobs=False) as gateway:
        desk = await _quiet(gateway)
        desk.adopts = False
        now[0] += 60_000
        assert (await desk.poll()).set_guid
        now[0] += 30_000  # It ignores the new GUID: from now on its polls are held, and hand it out at their end.
        poll = asyncio.create_task(desk.poll())
        await _parked(gateway)
        await gateway.app.stores.sessions.apply(101, lambda record: Change(None, replace(record, session=None)))
        gateway.app.parking.enter(101)  # The new poll is here before the held one could look why it was woken.
        ended = await poll
    assert (ended.body, ended.set_guid) == (b'{"message":"","retcode":"0"}', "")


async def test_a_poll_that_waits_for_the_store_while_its_session_is_displaced_ends_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = asyncio.Event()

    async def away(_known: Record, _looking: Looking) -> Look:
        tried.set()
        raise StoreUnavailable

    async with running_gateway() as gateway:  # Its polls are held for 10 s.
        desk, store = gateway.desk(101), gateway.app.stores.sessions
        await desk.sign_in()
        for _ in range(2):
            await desk.poll()
        look = store.look
        monkeypatch.setattr(store, "look", away)
        poll = asyncio.create_task(desk.poll())
        await tried.wait()
        came_ms = store.now_ms()
        await until(lambda: store.now_ms() - came_ms > SAME_TIME_MS)  # What ends before may have ended before it came.
        await gateway.desk(101).sign_in(force=True)
        monkeypatch.setattr(store, "look", look)
        assert (await poll).body == b'{"message":"","retcode":"0"}'
        assert (await desk.poll()).retcode == "100-006"


async def test_the_poll_that_waits_while_the_session_is_idle_for_too_long_is_told_so(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    poll = asyncio.create_task(desk.poll())
    await _parked(gateway)
    session = (await gateway.app.stores.sessions.read(101)).session
    assert session is not None
    await gateway.app.sessions.end(101, session.id, EndReason.IDLE)
    answer = await poll
    assert (answer.retcode, answer.json["message"]) == ("100-006", EndReason.IDLE.value)


async def test_the_server_wide_event_mode_is_refused(gateway: Gateway) -> None:
    assert (await gateway.desk(101).call("GET", "agentevent/allagentevent")).retcode == "000-001"


async def test_the_poll_that_waits_while_an_inspector_forces_the_agent_out_brings_the_last_event(
    gateway: Gateway,
) -> None:
    desk, inspector = await _quiet(gateway), await _quiet(gateway, 119)
    poll = asyncio.create_task(desk.poll())
    await _parked(gateway)
    assert (await inspector.call("POST", "qualitycontrol/{id}/forcelogout/101")).retcode == "0"
    event = (await poll).json["event"]
    assert (event["eventType"], event["workNo"]) == ("AgentOther_ShutdownService", "101")
    check(event["eventType"], event["content"])
    assert (await desk.poll()).json["message"] == "signed out by an inspector or the operator"


async def test_the_poll_that_waits_during_the_own_sign_out_brings_no_event(gateway: Gateway) -> None:
    desk = await _quiet(gateway)
    poll = asyncio.create_task(desk.poll())
    await _parked(gateway)
    assert (await desk.call("DELETE", "onlineagent/{id}/logout")).retcode == "0"
    assert (await poll).json["message"] == "the agent signed out"
