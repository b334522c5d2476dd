"""A process that leaves waits for connections that it accepted and whose handshake is not over.

See docs/design/failure.md.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.listeners.serve import Listeners
from gateway.wire.http import Request, Response
from tests.support.waiting import until
from tests.unit.listeners.doors import Door, get, opened

LONG_MS = 60_000
LONG_S = LONG_MS / 1000
Leave = Callable[[Listeners, int], Awaitable[None]]


class Call:
    """Runs until `go`."""

    def __init__(self) -> None:
        self.here = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, _request: Request) -> Response:
        self.here.set()
        await self.go.wait()
        return Response(b"fine")


class Late:
    """A client that has connected, and has not begun its handshake."""

    def __init__(self, door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._door = door
        self._reader = reader
        self.writer = writer

    async def ask(self) -> None:
        assert self._door.trust is not None
        await self.writer.start_tls(self._door.trust, server_hostname="localhost", ssl_handshake_timeout=LONG_S)
        self.writer.write(get())

    async def answer(self) -> bytes:
        async with asyncio.timeout(LONG_S):
            return await self._reader.read()


@pytest.fixture
def call() -> Call:
    return Call()


@asynccontextmanager
async def late(call: Call, folder: Path) -> AsyncIterator[tuple[Door, Late]]:
    async with opened(call, var_dir=folder, request_timeout_ms=LONG_MS) as door:
        client = Late(door, *await asyncio.open_connection("127.0.0.1", door.port))
        await until(lambda: door.listeners.beginning, LONG_S)
        yield door, client
        client.writer.close()


@pytest.mark.parametrize("leave", [Listeners.step_down, Listeners.drain])
async def test_it_has_the_time_to_come_and_to_be_answered(leave: Leave, call: Call, tmp_path: Path) -> None:
    call.go.set()
    async with late(call, tmp_path) as (door, client):
        leaving = asyncio.ensure_future(leave(door.listeners, LONG_MS))
        await client.ask()
        assert (await client.answer()).endswith(b"fine")
        await leaving


async def test_one_that_goes_away_is_not_waited_for(call: Call, tmp_path: Path) -> None:
    async with late(call, tmp_path) as (door, client):
        leaving = asyncio.create_task(door.listeners.step_down(LONG_MS))
        client.writer.transport.abort()
        async with asyncio.timeout(LONG_S / 2):
            await leaving


async def test_a_call_that_comes_when_there_was_nobody_left_may_finish(call: Call, tmp_path: Path) -> None:
    async with late(call, tmp_path) as (door, client):
        await door.listeners.step_down(0)
        await client.ask()
        await call.here.wait()
        draining = asyncio.create_task(door.listeners.drain(LONG_MS))
        await asyncio.sleep(0.05)
        still = not draining.done()
        call.go.set()
        assert (still, (await client.answer()).endswith(b"fine")) == (True, True)
        await draining


async def test_one_that_was_accepted_in_the_turn_that_stops_accepting_is_answered(call: Call) -> None:
    call.go.set()
    async with opened(call) as door:
        link = socket.create_connection(("127.0.0.1", door.port))
        await asyncio.sleep(0)
        leaving = asyncio.create_task(door.listeners.step_down(LONG_MS))
        reader, writer = await asyncio.open_connection(sock=link)
        writer.write(get())
        async with asyncio.timeout(LONG_S):
            assert (await reader.read()).endswith(b"fine")
        writer.close()
        await leaving
