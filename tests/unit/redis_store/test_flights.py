"""How commands travel together, seen from the server's end of the socket."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from hiredis import Reader

from gateway.ops.request_context import answer_within
from gateway.redis_store import fence_and_seal as fence
from gateway.redis_store import flights
from gateway.redis_store.link import RedisLink
from gateway.wire.errors import StoreUnavailable
from tests.support.requests import made_request
from tests.support.waiting import GENEROUS_MS, GENEROUS_S, until

TIME_AND_ROLE = b"*4\r\n$13\r\n1700000000000\r\n$0\r\n\r\n$1\r\n1\r\n:0\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"


LINES = 3
"""Connections of a link."""


class SlowRedis:
    """Answers what it is asked when the test says so. `reads` are the commands of each piece that arrived."""

    def __init__(self) -> None:
        self.reads: list[list[list[bytes]]] = []
        self.held = asyncio.Event()
        self.held.set()
        self.port = 0
        self.connections = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = Reader()
        self.connections += 1
        self._writers.append(writer)
        unanswered: asyncio.Queue[list[list[bytes]]] = asyncio.Queue()
        answering = asyncio.create_task(self._answer(unanswered, writer))
        try:
            while data := await reader.read(1_000_000):
                parser.feed(data)
                commands = []
                while (command := parser.gets()) is not False:
                    commands.append(command)
                self.reads.append(commands)
                unanswered.put_nowait(commands)
        finally:
            answering.cancel()
            writer.close()

    async def _answer(self, unanswered: "asyncio.Queue[list[list[bytes]]]", writer: asyncio.StreamWriter) -> None:
        while True:
            commands = await unanswered.get()
            await self.held.wait()
            for command in commands:
                writer.write(_answer(command))

    def hang_up(self) -> None:
        """Ends the connections that there are."""
        while self._writers:
            self._writers.pop().close()

    def asked(self, name: bytes) -> list[list[list[bytes]]]:
        """The pieces that arrived with a command of this name in them."""
        return [read for read in self.reads if any(command[0] == name for command in read)]


def written(slow: SlowRedis) -> list[bytes]:
    """What was echoed or is to be."""
    return [command[1] for read in slow.reads for command in read if command[0] == b"ECHO"]


def has_written(slow: SlowRedis, count: int) -> bool:
    return len(written(slow)) == count


def _answer(command: list[bytes]) -> bytes:
    name = command[0]
    if name == b"EVAL":
        return TIME_AND_ROLE
    if name in {b"ROLE", b"SUBSCRIBE"}:
        return b""
    if name == b"ECHO":
        return b"$%d\r\n%s\r\n" % (len(command[1]), command[1])
    return b"+OK\r\n"


@pytest.fixture
async def slow() -> AsyncIterator[SlowRedis]:
    redis = SlowRedis()
    server = await asyncio.start_server(redis.serve, "127.0.0.1", 0)
    redis.port = server.sockets[0].getsockname()[1]
    yield redis
    redis.held.set()
    server.close()
    await asyncio.sleep(0.01)


@pytest.fixture
async def link(slow: SlowRedis) -> AsyncIterator[RedisLink]:
    made = RedisLink(f"redis://127.0.0.1:{slow.port}", "t", GENEROUS_MS)
    await made.start()
    slow.reads.clear()
    yield made
    await made.close()


async def test_commands_of_one_step_leave_in_one_write(slow: SlowRedis, link: RedisLink) -> None:
    await asyncio.gather(*(link.command("ECHO", number) for number in range(50)))
    (read,) = slow.asked(b"ECHO")
    assert [command[1] for command in read if command[0] == b"ECHO"] == [b"%d" % number for number in range(50)]


async def test_while_a_young_flight_is_out_commands_wait_and_then_leave_together(
    slow: SlowRedis, link: RedisLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "GATHER_S", GENEROUS_S)
    slow.held.clear()
    first = link.command("ECHO", "first")
    await until(lambda: len(slow.asked(b"ECHO")) == 1)
    others = []
    for number in range(10):
        others.append(link.command("ECHO", number))
        await asyncio.sleep(0)
    assert len(slow.asked(b"ECHO")) == 1
    slow.held.set()
    await asyncio.gather(first, *others)
    assert len(slow.asked(b"ECHO")) == 2


async def test_the_fence_leads_a_flight_when_the_last_is_old(
    slow: SlowRedis, link: RedisLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "FENCE_EVERY_S", 0)
    await link.command("ECHO", "x")
    ((first, role, command),) = slow.asked(b"ECHO")
    assert (first[0], role[0], command[0]) == (b"EVAL", b"ROLE", b"ECHO")


async def test_flights_soon_after_a_fence_go_without(
    slow: SlowRedis, link: RedisLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "FENCE_EVERY_S", 3_600)
    monkeypatch.setattr(fence, "IDLE_FENCE_EVERY_S", 3_600)
    await link.command("ECHO", "x")
    slow.reads.clear()
    await link.command("ECHO", "y")
    assert slow.asked(b"ECHO") == [[[b"ECHO", b"y"]]]


async def test_a_command_that_its_caller_gave_up_does_not_leave(slow: SlowRedis, link: RedisLink) -> None:
    given_up = asyncio.ensure_future(link.command("ECHO", "given up"))
    given_up.cancel()
    await link.command("ECHO", "x")
    assert b"given up" not in [command[-1] for read in slow.reads for command in read]


async def test_without_an_answer_in_time_all_of_the_flight_fails(slow: SlowRedis) -> None:
    link = RedisLink(f"redis://127.0.0.1:{slow.port}", "t", 300)
    await link.start()
    slow.held.clear()
    outcomes = await asyncio.gather(*(link.command("ECHO", n) for n in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    await link.close()


async def test_what_is_asked_while_the_last_flight_is_no_longer_young_does_not_wait_for_it(
    slow: SlowRedis, link: RedisLink
) -> None:
    slow.held.clear()
    answers = []
    for number in range(5):
        answers.append(asyncio.ensure_future(link.command("ECHO", number)))
        await until(partial(has_written, slow, number + 1))
    assert not any(answer.done() for answer in answers)
    slow.held.set()
    assert await asyncio.gather(*answers) == [b"%d" % number for number in range(5)]


async def test_a_deadline_that_is_missed_fails_its_own_request_and_leaves_the_connection(slow: SlowRedis) -> None:
    link = RedisLink(f"redis://127.0.0.1:{slow.port}", "t", 200)
    await link.start()
    slow.held.clear()
    with pytest.raises(StoreUnavailable):
        await link.command("ECHO", "late")
    later = link.command("ECHO", "later")
    slow.held.set()
    assert await later == b"later"
    assert slow.connections == LINES
    await link.close()


async def test_a_link_on_which_all_answers_are_late_says_so_until_one_is_in_time(slow: SlowRedis) -> None:
    link = RedisLink(f"redis://127.0.0.1:{slow.port}", "t", 200)
    await link.start()
    assert link.reason == ""
    slow.held.clear()
    await until(lambda: link.reason == "no answer within 200 ms")
    slow.held.set()
    await until(lambda: link.reason == "")
    assert slow.connections == LINES
    await link.close()


async def test_a_connection_on_which_nothing_is_read_for_2_s_is_given_up(
    slow: SlowRedis, link: RedisLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flights.SILENT_S == 2.0
    monkeypatch.setattr(flights, "SILENT_S", 0.3)
    slow.held.clear()
    with pytest.raises(StoreUnavailable):
        await link.command("ECHO", "x")
    slow.held.set()
    assert await link.command("ECHO", "y") == b"y"
    assert slow.connections > LINES


async def test_a_request_with_a_deadline_waits_no_longer_than_that(slow: SlowRedis, link: RedisLink) -> None:
    slow.held.clear()
    without = asyncio.ensure_future(link.command("ECHO", "without"))
    started: list[asyncio.Task[None]] = []

    async def hurried() -> None:
        with answer_within(made_request("GET", "/", {}), 0.2):
            for _ in range(2):
                with pytest.raises(StoreUnavailable):
                    await link.command("ECHO", "x")
            asyncio.create_task(later()).add_done_callback(started.append)

    async def later() -> None:
        await link.command("ECHO", "later")

    async with asyncio.timeout(GENEROUS_S / 2):
        await asyncio.create_task(hurried())
    assert not without.done()
    assert started == []
    slow.held.set()
    assert await without == b"without"
    await until(lambda: bool(started))
    started[0].result()


async def test_what_waits_behind_a_lost_flight_is_answered_by_the_next_connection(
    slow: SlowRedis, link: RedisLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flights, "GATHER_S", GENEROUS_S)
    slow.held.clear()
    lost = asyncio.ensure_future(link.command("ECHO", "lost"))
    await until(lambda: len(slow.asked(b"ECHO")) == 1)
    behind = asyncio.ensure_future(link.command("ECHO", "behind"))
    slow.hang_up()
    with pytest.raises(StoreUnavailable):
        await lost
    slow.held.set()
    assert await behind == b"behind"


async def test_a_server_that_does_not_speak_redis_is_told_apart(slow: SlowRedis) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    link = RedisLink(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", "t", 100)
    await link.start()
    await until(lambda: link.reason.startswith("not the protocol of Redis"))
    await link.close()
    server.close()
