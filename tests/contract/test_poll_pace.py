"""Nobody makes a storm by polling again at once, and nobody else waits for it (docs/protocol.md, Polling)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

import pytest

from gateway.events.parking import REST_S
from gateway.wire.envelope import Event
from gateway.wire.errors import Unavailable
from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
from tests.support.gateway import Gateway, running_gateway
from tests.support.waiting import Lost, lost_time, until, until_async

EMPTY = b'{"message":"","retcode":"0"}'
NEARLY_RESTED_S = 0.45
AT_ONCE_S = 0.3
STORM_S = 1.5
T = TypeVar("T")


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway() as made:  # Its polls are held for 10 s.
        yield made


@pytest.fixture
async def lost() -> AsyncIterator[Lost]:
    async with lost_time() as counted:
        yield counted


async def quiet(gateway: Gateway) -> Desk:
    """A desk whose events have all arrived."""
    desk = gateway.desk(101)
    await desk.sign_in()
    for _ in range(2):
        assert "event" in (await desk.poll()).json

    async def none_left() -> bool:
        return await gateway.app.stores.queue.depth(101) == 0

    await until_async(none_left)
    return desk


async def parked(gateway: Gateway) -> None:
    await until(lambda: len(gateway.app.parking) > 0)


class Sent:
    """A poll under way."""

    def __init__(self, line: Line, lost: Lost) -> None:
        self._lost = lost
        self._began_s, self._lost_before_s = time.monotonic(), lost.s
        self._ended_s = self._lost_after_s = 0.0
        self.answer = asyncio.create_task(self._read(line))

    async def _read(self, line: Line) -> Answer:
        answer = await read_answer(line.reader)
        self._ended_s, self._lost_after_s = time.monotonic(), self._lost.s
        return answer

    async def took_s(self) -> float:
        """How long it took to be answered, without the time that the machine was busy elsewhere."""
        await self.answer
        return self._ended_s - self._began_s - (self._lost_after_s - self._lost_before_s)

    async def rested(self) -> bool:
        """Whether it was answered after a rest, and not after its hold."""
        return await self.took_s() < 2 and self._ended_s - self._began_s >= NEARLY_RESTED_S


Send = Callable[[Desk], Awaitable[Sent]]


@pytest.fixture
async def send(lost: Lost) -> AsyncIterator[Send]:
    """Sends a poll on a connection of its own, which the end of the test cuts."""
    sent: list[tuple[Sent, Line]] = []

    async def poll(desk: Desk) -> Sent:
        line = await Line.open(desk.port)
        await line.send("GET", f"{PREFIX}/agentevent/{desk.agent_id}", {"guid": desk.guid}, b"")
        sent.append((Sent(line, lost), line))
        return sent[-1][0]

    yield poll
    for each, line in sent:
        each.answer.cancel()
        line.abort()


async def polls_without_pause(desk: Desk, counted: list[Answer], until_s: float) -> None:
    line = await Line.open(desk.port)
    while time.monotonic() < until_s:
        counted.append(await desk.poll(line=line))
    await line.close()


async def test_two_windows_that_poll_each_other_out_ask_a_few_times_a_second(gateway: Gateway) -> None:
    desk, answers, until_s = await quiet(gateway), list[Answer](), time.monotonic() + STORM_S
    windows = [asyncio.create_task(polls_without_pause(desk, answers, until_s)) for _ in range(2)]
    await asyncio.wait(windows, timeout=STORM_S)
    assert {answer.body for answer in answers} == {EMPTY}
    assert len(answers) <= 2 * 2 * (STORM_S + 1)
    await desk.call("DELETE", "onlineagent/{id}/logout")
    await asyncio.gather(*windows)


async def test_a_poll_that_another_one_ends_is_answered_at_once(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    first = await send(desk)
    await parked(gateway)
    await send(desk)
    assert await first.took_s() < AT_ONCE_S


async def third_in_a_row(gateway: Gateway, desk: Desk, send: Send) -> Sent:
    """A poll that ended one which had ended one."""
    first = await send(desk)
    await parked(gateway)
    second = await send(desk)
    await first.answer
    third = await send(desk)
    await second.answer
    return third


async def test_so_is_the_one_that_had_ended_it(gateway: Gateway, lost: Lost, send: Send) -> None:
    """As of a client that lost its connection twice."""
    desk = await quiet(gateway)
    first = await send(desk)
    await parked(gateway)
    second = await send(desk)
    await first.answer
    await send(desk)
    assert await second.took_s() < AT_ONCE_S


async def test_the_next_one_in_that_row_rests_before_it_is_answered_empty(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    third = await third_in_a_row(gateway, desk, send)
    await send(desk)
    assert await third.rested()
    assert (await third.answer).body == EMPTY


async def test_an_event_reaches_the_newest_window_without_delay_and_no_other(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    third = await third_in_a_row(gateway, desk, send)
    last = await send(desk)
    await desk.status()  # What was sent before is here.
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert "event" in (await last.answer).json
    assert await last.took_s() < NEARLY_RESTED_S
    assert (await third.answer).body == EMPTY


async def test_a_row_of_polls_ends_with_one_that_brings_an_event(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    third = await third_in_a_row(gateway, desk, send)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert "event" in (await third.answer).json
    first = await send(desk)
    await parked(gateway)
    await send(desk)
    assert await first.took_s() < AT_ONCE_S


async def test_a_row_of_polls_ends_at_once_with_its_session(gateway: Gateway, send: Send) -> None:
    desk, other = await quiet(gateway), gateway.desk(101)
    third = await third_in_a_row(gateway, desk, send)
    await other.sign_in(force=True)
    assert await third.took_s() < AT_ONCE_S


async def rests(poll: Awaitable[T], lost: Lost) -> T:
    began_s, lost_before_s = time.monotonic(), lost.s
    answer = await poll
    took_s = time.monotonic() - began_s
    assert took_s >= NEARLY_RESTED_S
    assert took_s - (lost.s - lost_before_s) < 2
    return answer


async def test_a_poll_that_cannot_be_judged_rests_before_it_is_told(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, lost: Lost
) -> None:
    async def too_many(*_: object, **__: object) -> None:
        raise Unavailable

    desk = await quiet(gateway)
    monkeypatch.setattr(gateway.app.sessions, "presume", lambda *_: None)
    monkeypatch.setattr(gateway.app.sessions, "call", too_many)
    assert (await rests(desk.poll(), lost)).status == 503


async def test_a_client_that_closes_its_sending_side_rests_before_its_empty_poll(
    gateway: Gateway, lost: Lost, send: Send
) -> None:
    desk = await quiet(gateway)
    line = await Line.open(gateway.port)
    await line.send("GET", f"{PREFIX}/agentevent/101", {"guid": desk.guid}, b"")
    line.writer.write_eof()
    assert (await rests(read_answer(line.reader), lost)).body == EMPTY
    await line.close()


async def test_a_hand_out_again_that_another_window_ends_rests_too(send: Send) -> None:
    now = [1_800_000_000_000]
    async with running_gateway({"TIMEOUT_FLAG": "OFF"}, clock=lambda: now[0], jobs=False) as gateway:
        desk = await quiet(gateway)
        desk.adopts = False
        now[0] += 60_000
        assert (await desk.poll()).set_guid
        first = await send(desk)
        await parked(gateway)
        second = await send(desk)
        assert await first.rested()
        assert [bool((await sent.answer).set_guid) for sent in (first, second)] == [True, True]


async def drained(gateway: Gateway) -> "asyncio.Task[None]":
    """A drain that has begun."""
    draining = asyncio.create_task(gateway.listeners.drain(5_000))
    await until(lambda: gateway.listeners.draining.is_set)
    return draining


async def test_in_a_drain_a_poll_that_came_just_now_rests(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    sent = await send(desk)
    await parked(gateway)
    drain = await drained(gateway)
    assert await sent.rested()
    assert ((await sent.answer).body, (await sent.answer).headers["Connection"]) == (EMPTY, "close")
    await drain


async def test_in_a_drain_a_poll_that_came_long_ago_is_answered_at_once(
    gateway: Gateway, lost: Lost, send: Send
) -> None:
    desk = await quiet(gateway)
    sent = await send(desk)
    await parked(gateway)
    await asyncio.sleep(REST_S)
    before_s = lost.s
    drain, began_s = await drained(gateway), time.monotonic()
    assert (await sent.answer).body == EMPTY
    assert time.monotonic() - began_s - (lost.s - before_s) < AT_ONCE_S
    await drain


async def test_an_event_ends_the_rest_of_a_drain(gateway: Gateway, send: Send) -> None:
    desk = await quiet(gateway)
    session = (await gateway.app.stores.sessions.read(101)).session
    assert session is not None
    sent = await send(desk)
    await parked(gateway)
    drain = await drained(gateway)
    await gateway.app.stores.queue.append(101, session.id, [Event("0123456789abcdef", b'{"eventType":"A"}')])
    assert (await sent.answer).json["event"] == {"eventType": "A"}
    assert await sent.took_s() < NEARLY_RESTED_S
    await drain


@pytest.mark.parametrize("guid", ["", "00000000-0000-0000-0000-000000000000.AgentGateway0"], ids=["own", "wrong"])
async def test_a_rest_takes_no_more_than_half_of_the_drain(guid: str, send: Send) -> None:
    async with running_gateway({"DRAIN_TIME": "200"}) as gateway:
        desk = await quiet(gateway)
        desk.guid = guid or desk.guid
        sent = await send(desk)
        await desk.status()  # What came before this call is here.
        drain = await drained(gateway)
        assert await sent.took_s() < NEARLY_RESTED_S
        assert (await sent.answer).headers["Connection"] == "close"
        await drain
