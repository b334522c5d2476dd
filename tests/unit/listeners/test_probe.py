"""What is known of bytes under way, on a plain connection and on one with TLS (both loops)."""

import asyncio
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from gateway.listeners.development_certificate import development_certificate
from gateway.listeners.probe import PlainProbe, Receipts, queue_of
from tests.unit.listeners.doors import until

LARGE = bytes(2**23)


class Serving(asyncio.Protocol):
    """As a connection does: counts what it gives, and has the last look when the end is told."""

    def __init__(self, link: socket.socket) -> None:
        self.receipts = Receipts(link, asyncio.get_running_loop())
        self.link = link
        self.ended = asyncio.Event()
        self.paused = self.cut = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def pause_writing(self) -> None:
        self.tell(True)

    def resume_writing(self) -> None:
        self.tell(False)

    def tell(self, paused: bool) -> None:
        self.paused = paused
        if isinstance(self.receipts.probe, PlainProbe):
            self.receipts.probe.held_back = paused

    def connection_lost(self, exc: BaseException | None) -> None:
        self.receipts.end(flushed=exc is None and not self.cut)
        self.ended.set()

    def answer(self, data: bytes) -> int:
        number = self.receipts.current_answer(self.transport, held_back=self.paused)
        self.write(data)
        return number

    def write(self, data: bytes) -> None:
        self.receipts.look()
        self.receipts.given += len(data)
        self.transport.write(data)
        self.receipts.written()

    def arrived(self, answer: int | None = None) -> bool:
        return self.receipts.arrived(answer, busy=False)


class Pair:
    """Two ends of a connection."""

    server: Serving
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def open(self, server: ssl.SSLContext | None, client: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            link = socket.create_connection(listening.getsockname(), timeout=1)
            accepted, _ = listening.accept()
        for each in (link, accepted):
            each.setblocking(False)
        self.server = Serving(accepted)
        serving = loop.create_task(loop.connect_accepted_socket(lambda: self.server, accepted, ssl=server))
        name = "localhost" if client else None
        self.reader, self.writer = await asyncio.open_connection(sock=link, ssl=client, server_hostname=name)
        await serving


@pytest.fixture(params=["plain", "tls"])
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pair]:
    made, server, client = Pair(), None, None
    if request.param == "tls":
        files = development_certificate(tmp_path, "127.0.0.1")
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(files.chain, files.key)
        client = ssl.create_default_context(cafile=str(files.authority))
    await made.open(server, client)
    yield made
    made.writer.transport.abort()
    made.server.transport.abort()
    await made.server.ended.wait()


def received(link: socket.socket) -> int:
    """Bytes that the kernel of this end has got."""
    told = link.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 136)
    return int(struct.unpack_from("=Q", told, 128)[0])


def stop_reading(pair: Pair) -> None:
    pair.writer.transport.pause_reading()  # type: ignore[attr-defined]


async def test_bytes_are_acknowledged_when_the_peer_has_them(pair: Pair) -> None:
    answer = pair.server.answer(b"12345")
    await until(lambda: pair.server.arrived(answer))


async def test_bytes_that_the_kernel_did_not_take_are_not_acknowledged(pair: Pair) -> None:
    stop_reading(pair)
    answer = pair.server.answer(LARGE)
    for _ in range(50):
        assert not pair.server.arrived(answer)
        assert not pair.server.arrived()
        await asyncio.sleep(0.001)


async def test_many_bytes_are_acknowledged_once_the_peer_has_the_last_one(pair: Pair) -> None:
    stop_reading(pair)
    answer = pair.server.answer(LARGE)
    assert not pair.server.arrived(answer)
    pair.writer.transport.resume_reading()  # type: ignore[attr-defined]
    await pair.reader.readexactly(len(LARGE))
    await until(lambda: pair.server.arrived(answer))


async def test_many_bytes_are_not_acknowledged_before_the_peers_kernel_has_the_last_one(pair: Pair) -> None:
    with socket.socket(fileno=os.dup(pair.writer.get_extra_info("socket").fileno())) as link:
        answer = pair.server.answer(LARGE)
        reading = asyncio.create_task(pair.reader.readexactly(len(LARGE)))
        await until(lambda: pair.server.arrived(answer))
        had_then = received(link)
        await reading
        assert received(link) == had_then >= len(LARGE)


async def test_an_answer_is_acknowledged_while_a_later_one_is_under_way(pair: Pair) -> None:
    answer = pair.server.answer(b"12345")
    await until(lambda: pair.server.arrived(answer))
    stop_reading(pair)
    pair.server.write(LARGE)
    assert (pair.server.arrived(answer), pair.server.arrived()) == (True, False)


async def test_the_end_mark_is_no_byte_of_an_answer(pair: Pair) -> None:
    if not pair.server.transport.can_write_eof():
        pytest.skip("TLS has no half-closing")
    answer = pair.server.answer(b"12345")
    pair.server.transport.write_eof()
    await until(lambda: pair.server.arrived(answer))


async def test_the_last_look_before_closing_counts_afterwards(pair: Pair) -> None:
    answer = pair.server.answer(b"12345")
    await pair.reader.readexactly(5)
    pair.writer.close()
    await pair.server.ended.wait()
    assert pair.server.arrived(answer)


async def test_what_was_under_way_at_closing_is_not_acknowledged_afterwards(pair: Pair) -> None:
    stop_reading(pair)
    answer = pair.server.answer(LARGE)
    pair.server.cut = True
    pair.server.transport.abort()
    await pair.server.ended.wait()
    assert not pair.server.arrived(answer)


async def test_the_peer_hears_of_the_end_at_once(pair: Pair) -> None:
    answer = pair.server.answer(b"12345")
    await until(lambda: pair.server.arrived(answer))
    pair.server.transport.close()
    async with asyncio.timeout(10):
        assert await pair.reader.read() == b"12345"
        await pair.server.ended.wait()
    assert queue_of(pair.server.link) is None


async def test_an_answer_that_was_not_written_has_not_arrived(pair: Pair) -> None:
    number = pair.server.receipts.current_answer(pair.server.transport, held_back=False)
    assert not pair.server.arrived(number)


async def test_without_a_socket_nothing_arrives() -> None:
    receipts = Receipts(None, asyncio.get_running_loop())
    number = receipts.current_answer(None, held_back=False)
    receipts.written()
    assert (receipts.tells_arrival, receipts.arrived(number, busy=False), receipts.arrived(None, busy=False)) == (
        False,
        False,
        False,
    )
