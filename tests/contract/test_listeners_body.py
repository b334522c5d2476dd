"""Request bodies: sizes, encodings, Expect (docs/protocol.md, Statuses)."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.listeners.serve import Handler
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError
from gateway.wire.http import Request, Response
from tests.unit.listeners.doors import SOON_S, Door, get, opened, post

LIMIT = 65_536


async def length(request: Request) -> Response:
    try:
        body = await read_body(request, LIMIT, 5_000)
    except GatewayError as problem:
        return Response(problem.message.encode(), problem.status)
    return Response((f"{len(body)} {body[:9].decode()}").encode())


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened(length) as made:
        yield made


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))


def raw_deflate(plain: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush()


READ = {
    "none": (get(), b"0 "),
    "empty": (post(b""), b"0 "),
    "plain": (post(b"{}"), b"2 {}"),
    "at the limit": (post(b"a" * LIMIT), b"65536 aaaaaaaaa"),
    "chunked": (post(chunked(b"hel", b"lo"), "Transfer-Encoding: chunked"), b"5 hello"),
    "with DELETE": (b"DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", b"2 {}"),
    "Content-Encoding UTF-8": (post(b"{}", "Content-Encoding: UTF-8"), b"2 {}"),
    "gzip": (post(gzip.compress(b"hello"), "Content-Encoding: gzip"), b"5 hello"),
    "gzip in chunks": (
        post(chunked(gzip.compress(b"hello")), "Transfer-Encoding: chunked", "Content-Encoding: GZIP"),
        b"5 hello",
    ),
    "gzip of nothing": (post(b"", "Content-Encoding: gzip"), b"0 "),
    "deflate": (post(zlib.compress(b"hello"), "Content-Encoding: deflate"), b"5 hello"),
    "deflate without its header": (post(raw_deflate(b"hello"), "Content-Encoding: deflate"), b"5 hello"),
}


@pytest.mark.parametrize(("sent", "answered"), READ.values(), ids=READ)
async def test_a_body_is_read(door: Door, sent: bytes, answered: bytes) -> None:
    assert (await door.ask(sent)).body == answered


REFUSED = {
    "announced too long": (post(b"", "Content-Length: 65537"), 413),
    "one byte too long": (post(b"a" * (LIMIT + 1)), 413),
    "1 MiB": (post(b"a" * 2**20), 413),
    "too long in chunks": (post(chunked(b"a" * LIMIT, b"a"), "Transfer-Encoding: chunked"), 413),
    "too long when decompressed": (post(gzip.compress(bytes(2**24)), "Content-Encoding: gzip"), 413),
    "chunk size that is no number": (post(b"5\r\nhello\r\nxyz\r\n", "Transfer-Encoding: chunked"), 400),
    "chunk longer than it says": (post(b"2\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400),
    "gzip that is none": (post(b"hello", "Content-Encoding: gzip"), 400),
    "gzip that is torn": (post(gzip.compress(b"hello")[:-4], "Content-Encoding: gzip"), 400),
    "gzip with something behind": (post(gzip.compress(b"hello") + b"x", "Content-Encoding: gzip"), 400),
    "brotli": (post(b"hello", "Content-Encoding: br"), 400),
}


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
async def test_a_body_is_refused_and_the_connection_closed(door: Door, sent: bytes, status: int) -> None:
    client = await door.client()
    await client.send(sent)
    answer = await client.answer()
    assert (answer.status, answer.headers["Connection"]) == (status, "close")


@pytest.mark.parametrize("sent", [sent for sent, _ in REFUSED.values()], ids=list(REFUSED))
async def test_a_refused_body_leaves_no_log_line(door: Door, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    client = await door.client()
    await client.send(sent)
    await client.answer()
    assert (await client.rest(), caplog.messages) == (b"", [])


async def test_chunk_garbage_that_comes_later_is_refused_at_once(door: Door) -> None:
    client = await door.client()
    await client.send(post(b"5\r\nhello\r\n", "Transfer-Encoding: chunked"))
    await client.send(b"\x00garbage\r\n")
    assert (await client.answer()).body.startswith(b"body: broken")


async def test_garbage_in_a_body_that_nobody_reads_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def careless(_request: Request) -> Response:
        return Response(b"not found")

    async with opened(careless) as door:
        client = await door.client()
        await client.send(post(b"5\r\nhello\r\n", "Transfer-Encoding: chunked"))
        await client.answer()
        await client.send(b"\x00garbage\r\n")
        await client.rest()
    assert caplog.messages == []


async def test_a_body_that_nobody_reads_does_not_spoil_the_next_request() -> None:
    async def careless(request: Request) -> Response:
        return Response(request.method.encode())

    async with opened(careless) as door:
        client = await door.client()
        await client.send(post(b"hel", "Content-Length: 5"))
        await client.answer()
        await client.send(b"lo" + get())
        assert (await client.answer()).body == b"GET"


async def test_a_client_that_waits_for_100_gets_it_before_it_sends_the_body(door: Door) -> None:
    client = await door.client()
    await client.send(post(b"", "Content-Length: 5", "Expect: 100-continue"))
    told = await client.answer()
    await client.send(b"hello")
    assert (told.status_line, (await client.answer()).body) == ("HTTP/1.1 100 Continue", b"5 hello")


async def test_a_client_that_waits_for_100_learns_at_once_that_the_body_is_too_long(door: Door) -> None:
    client = await door.client()
    await client.send(post(b"", "Content-Length: 99999", "Expect: 100-continue"))
    assert (await client.answer()).status == 413


async def test_a_client_that_gets_an_answer_in_place_of_100_is_told_that_the_connection_ends() -> None:
    async def careless(_request: Request) -> Response:
        return Response(b"not found")

    async with opened(careless) as door:
        client = await door.client()
        await client.send(post(b"", "Content-Length: 40", "Expect: 100-continue"))
        answer = await client.answer()
        await client.send(get())
        assert (answer.headers.get("Connection"), await client.rest()) == ("close", b"")


async def test_a_client_that_sends_its_body_without_waiting_for_100_keeps_the_connection() -> None:
    async def careless(_request: Request) -> Response:
        return Response(b"not found")

    async with opened(careless) as door:
        client = await door.client()
        await client.send(post(b"hello", "Expect: 100-continue"))
        await client.answer()
        await client.send(get())
        assert (await client.answer()).status == 200


async def slow_length(request: Request) -> Response:
    await asyncio.sleep(0.05)
    return await length(request)


LONG = {
    "head": (length, b"GET /" + b"a" * 2**23),
    "body": (length, post(b"a" * 2**23)),
    "body that waits": (slow_length, post(b"a" * 2**23)),
}


@pytest.mark.parametrize(("handler", "sent"), LONG.values(), ids=LONG)
async def test_a_client_that_sends_8_mib_before_it_reads_is_not_reset(handler: Handler, sent: bytes) -> None:
    def send_then_read(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=SOON_S) as link:
            link.sendall(sent)
            return b"".join(iter(lambda: link.recv(4096), b""))

    async with opened(handler) as door:
        answer = await asyncio.to_thread(send_then_read, door.port)
    assert b"Connection: close" in answer


async def test_a_client_that_sends_1_mib_before_it_reads_gets_the_413_over_tls(tmp_path: Path) -> None:
    async with opened(length, var_dir=tmp_path) as door:
        assert (await door.ask(REFUSED["1 MiB"][0])).status == 413
