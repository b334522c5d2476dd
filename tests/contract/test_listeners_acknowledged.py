"""Whether an answer has arrived, by the word of the kernel (docs/design/events.md)."""

import asyncio
import fcntl
import sys
import termios
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.listeners.serve import ConnectionServer
from gateway.wire.http import PeerConnection, Request, Response
from tests.unit.listeners.doors import Client, Door, get, opened, until

LARGE = 2**23
"""More than socket buffers hold."""
MEDIUM = 30_000
"""More than a small receive buffer holds, and less than the kernel takes at once."""


class Teller:
    """Answers with as many bytes as the path says; keeps the connection and the number of each answer."""

    def __init__(self) -> None:
        self.peers: list[PeerConnection] = []
        self.answers: list[int] = []
        self.at_close: list[bool] = []
        self.lost_at_close: list[bool] = []
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, request: Request) -> Response:
        peer = request.peer
        answer = peer.current_answer
        self.peers.append(peer)
        self.answers.append(answer)
        peer.on_close(lambda: self.at_close.append(peer.all_bytes_acknowledged(answer)))
        peer.on_close(lambda: self.lost_at_close.append(peer.answer_is_lost(answer)))
        await self.go.wait()
        return Response(body=bytes(int(request.path[1:])))

    def arrived(self, which: int = 0) -> bool:
        return self.peers[which].all_bytes_acknowledged(self.answers[which])

    async def lost(self) -> bool:
        await until(lambda: bool(self.lost_at_close))
        return self.lost_at_close[0]

    async def closed(self) -> bool:
        await until(lambda: bool(self.at_close))
        return self.at_close[0]


def unread(client: Client) -> int:
    """Bytes of the answer that wait in the client's kernel; until some do, the server has not written."""
    return int.from_bytes(fcntl.ioctl(client.link, termios.FIONREAD, bytes(4)), sys.byteorder)


async def closes_before_the_answer(door: Door, teller: Teller) -> None:
    teller.go.clear()
    client = await door.client()
    await client.send(get("/100"))
    await until(lambda: bool(teller.peers))
    await client.close()
    await until(lambda: teller.peers[0].silent.is_set)
    teller.go.set()


@pytest.fixture
def teller() -> Teller:
    return Teller()


@pytest.fixture(params=["http", "https"])
async def door(request: pytest.FixtureRequest, teller: Teller, tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(teller, var_dir=tmp_path if request.param == "https" else None) as made:
        yield made


async def test_an_answer_that_was_read_has_arrived(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await until(teller.arrived)


async def test_a_large_answer_that_nobody_reads_has_not_arrived(door: Door, teller: Teller) -> None:
    client = await door.client(receive_buffer=4096)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await client.send(get(f"/{LARGE}"))
    await until(lambda: unread(client) > 0)
    assert (teller.arrived(), teller.peers[0].all_bytes_acknowledged()) == (False, False)


async def test_a_large_answer_has_arrived_once_it_is_read(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get(f"/{LARGE}"))
    await client.answer()
    await until(teller.arrived)


async def test_a_client_that_reads_and_closes_has_got_the_answer(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await client.close()
    assert await teller.closed()


async def test_a_client_that_asked_for_close_has_got_the_answer(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100", "Connection: close"))
    await client.answer()
    await client.close()
    assert await teller.closed()


async def test_what_was_acknowledged_stays_so_after_a_reset(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await until(teller.peers[0].all_bytes_acknowledged)
    client.reset()
    assert await teller.closed()


async def test_a_reset_before_the_answer_was_read_tells_that_it_did_not_arrive(door: Door, teller: Teller) -> None:
    client = await door.client(receive_buffer=4096)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await client.send(get(f"/{LARGE}"))
    await until(lambda: unread(client) > 0)
    client.reset()
    assert not await teller.closed()


async def test_a_reset_before_the_answer_was_written_tells_that_it_did_not_arrive(door: Door, teller: Teller) -> None:
    teller.go.clear()
    client = await door.client()
    await client.send(get("/100"))
    await until(lambda: bool(teller.peers))
    client.reset()
    closed = await teller.closed()
    teller.go.set()
    await until(lambda: door.listeners.open_connections == 0)
    assert (closed, teller.arrived(), teller.peers[0].all_bytes_acknowledged()) == (False, False, False)


async def test_a_client_that_closed_before_the_answer_was_written_has_not_got_it(door: Door, teller: Teller) -> None:
    await closes_before_the_answer(door, teller)
    closed = await teller.closed()
    await until(lambda: door.listeners.open_connections == 0)
    assert (closed, teller.arrived(), teller.peers[0].all_bytes_acknowledged()) == (False, False, False)


async def test_an_answer_that_was_read_is_not_lost_however_the_connection_ends(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await until(teller.arrived)
    assert not teller.peers[0].answer_is_lost(1)
    client.reset()
    assert not await teller.lost()


async def test_an_answer_behind_which_we_close_is_not_lost(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100", "Connection: close"))
    await client.answer()
    assert not await teller.lost()


@pytest.mark.parametrize("size", [MEDIUM, LARGE])
async def test_an_answer_of_which_a_client_that_resets_has_left_bytes_is_lost(
    door: Door, teller: Teller, size: int
) -> None:
    client = await door.client(receive_buffer=4096)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await client.send(get(f"/{size}"))
    await until(lambda: unread(client) > 0)
    client.reset()
    assert await teller.lost()


async def test_an_answer_to_a_client_that_was_gone_before_is_lost(door: Door, teller: Teller) -> None:
    await closes_before_the_answer(door, teller)
    assert await teller.lost()


async def test_an_answer_before_another_one_counts_as_arrived(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await client.send(get("/100"))
    await client.answer()
    client.reset()
    assert not await teller.lost()


async def test_an_earlier_answer_has_arrived_while_the_next_call_runs(door: Door, teller: Teller) -> None:
    client = await door.client()
    await client.send(get("/100"))
    await client.answer()
    await until(teller.arrived)
    teller.go.clear()
    await client.send(get("/1"))
    await until(lambda: len(teller.peers) == 2)
    told = teller.arrived(0), teller.arrived(1), teller.peers[0].all_bytes_acknowledged()
    teller.go.set()
    assert told == (True, False, False)


async def test_nothing_is_known_on_a_connection_that_came_by_another_way() -> None:
    teller = Teller()
    connections = ConnectionServer(teller, head_timeout_ms=60_000, linger_ms=100)
    server = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    writer.write(get("/0"))
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(0.01)
    told = teller.arrived()
    writer.close()
    server.close()
    await connections.drain(1000, lambda: False)
    assert not told
