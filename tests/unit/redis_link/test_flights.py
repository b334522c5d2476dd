"""How commands travel together, seen from the server's end of the socket."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hiredis import Reader

from gateway.redis_link import fence
from gateway.redis_link.link import RedisLink
from gateway.wire.errors import StoreUnavailable
from tests.support.waiting import GENEROUS_MS, until

TIME_AND_ROLE = b"*3\r\n$10\r\n1700000000\r\n$1\r\n0\r\n$0\r\n\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"


class SlowRedis:
    """Answers what it is asked when the test says so. `reads` are the commands of each piece that arrived."""

    def __init__(self) -> None:
        self.reads: list[list[list[bytes]]] = []
        self.held = asyncio.Event()
        self.held.set()
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = Reader()
        self._writers.append(writer)
        try:
            while data := await reader.read(1_000_000):
                parser.feed(data)
                commands = []
                while (command := parser.gets()) is not False:
                    commands.append(command)
                self.reads.append(commands)
                await self.held.wait()
                for command in commands:
                    writer.write(_answer(command))
        finally:
            writer.close()

    def hang_up(self) -> None:
        """Ends the connections that there are."""
        while self._writers:
            self._writers.pop().close()

    def asked(self, name: bytes) -> list[list[list[bytes]]]:
        """The pieces that arrived with a command of this name in them."""
        return [read for read in self.reads if any(command[0] == name for command in read)]


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


async def test_while_a_flight_is_out_commands_wait_and_then_leave_together(slow: SlowRedis, link: RedisLink) -> None:
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


async def test_what_waits_behind_a_lost_flight_is_answered_by_the_next_connection(
    slow: SlowRedis, link: RedisLink
) -> None:
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
