"""A client that sends far ahead, and one that reads nothing: neither takes more of the process than it is given."""

import asyncio
from functools import partial

import pytest

from gateway.listeners.connection import Connection
from gateway.listeners.serve import ConnectionServer
from gateway.wire.http import Request, Response
from tests.unit.listeners.doors import fine, get, until

AHEAD = 5_000
SOON_S = 0.02


class Wire(asyncio.Transport):
    """Keeps what is written, of which `waiting` bytes are not read; `takes` fewer with each look."""

    def __init__(self, waiting: int = 0, takes: int = 0) -> None:
        super().__init__()
        self.written = b""
        self.reading, self.aborted = True, False
        self.looks = 0
        self._waiting, self._takes = waiting, takes

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        self.looks += 1
        self._waiting = max(0, self._waiting - self._takes)
        return self._waiting

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        """What waits is sent first."""

    def abort(self) -> None:
        self.aborted, self._waiting = True, 0


async def connected(wire: Wire, *, held_back: bool = False) -> Connection:
    """A connection over it, on which AHEAD requests come at once; `held_back`: its client does not read."""
    connection = ConnectionServer(fine, head_timeout_ms=10_000)()
    connection.connection_made(wire)
    if held_back:
        connection.pause_writing()
    asyncio.get_running_loop().call_soon(connection.data_received, get() * AHEAD)
    await asyncio.sleep(0)
    return connection


async def test_no_more_is_read_while_much_waits_for_its_turn() -> None:
    wire = Wire()
    await connected(wire)
    assert not wire.reading
    await until(lambda: wire.written.count(b"fine") == AHEAD)
    assert wire.reading


async def test_a_request_that_was_here_before_the_answer_ahead_of_it_is_known() -> None:
    ahead = []

    async def note(request: Request) -> Response:
        ahead.append(request.peer.asked_ahead)
        return Response(b"fine")

    def came(answers: int) -> bool:
        return len(ahead) == answers

    wire = Wire()
    connection = ConnectionServer(note, head_timeout_ms=10_000)()
    connection.connection_made(wire)
    for sent, answers in ((get() * 2, 2), (get(), 3), (get() + get()[:5], 4), (get()[5:], 5), (get(), 6)):
        asyncio.get_running_loop().call_soon(connection.data_received, sent)
        await until(partial(came, answers))
    assert ahead == [False, True, False, False, True, False]


async def test_a_client_that_reads_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.listeners.probe.DEAF_S", SOON_S)
    wire = Wire(waiting=1000)
    await connected(wire, held_back=True)
    await until(lambda: wire.aborted)


async def test_a_client_that_reads_on_however_slowly_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.listeners.probe.DEAF_S", SOON_S)
    wire = Wire(waiting=1000, takes=200)
    await connected(wire, held_back=True)
    await until(lambda: wire.looks > 4)
    assert not wire.aborted


async def test_a_client_for_which_always_as_much_waits_but_never_the_same_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.listeners.probe.DEAF_S", SOON_S)
    wire = Wire(waiting=1000)
    connection = await connected(wire, held_back=True)
    while wire.looks < 5:
        connection.write_now(b"the next piece")
        await asyncio.sleep(0)
    assert not wire.aborted
