"""Where a request ends (RFC 9112, sections 2.3, 6 and 7), over the agents' listener.

What a message says twice, or in a coding that nobody here knows, may mean something else to a proxy in front. And after
a body in chunks nothing follows on the same connection: a trailer of it must never become a header of another request.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError
from gateway.wire.http import Request, Response
from tests.support.admin import TOKEN
from tests.support.gateway import running_gateway
from tests.unit.listeners.doors import SOON_S, opened

HEAD = b"POST /a HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n"
NEXT = HEAD.replace(b"POST /a", b"GET /b") + b"\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


@dataclass
class Listener:
    """A listener with a page that reads its body; `done` holds each request that was carried out."""

    port: int = 0
    done: list[str] = field(default_factory=list)

    async def sent(self, *segments: bytes) -> bytes:
        """All that is answered, up to the end of the connection, to what is sent piece by piece."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for segment in segments:
                writer.write(segment)
                await asyncio.sleep(0.002)  # So that pieces mostly arrive one by one; every claim holds either way.
            return await asyncio.wait_for(reader.read(), SOON_S)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def agents_page(self, request: Request) -> Response:
        try:
            body = await read_body(request, 65_536, 5000)
        except GatewayError as problem:
            return Response(status=problem.status)
        self.done.append(f"{request.method} {body.decode()}{''.join(request.headers.getall('guid', ()))}")
        return Response(b"fine")


@asynccontextmanager
async def agents() -> AsyncIterator[Listener]:
    listener = Listener()
    async with opened(listener.agents_page, linger_ms=50) as door:
        listener.port = door.port
        yield listener


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with agents() as made:
        yield made


def head(answered: bytes) -> list[str]:
    return answered.partition(b"\r\n\r\n")[0].decode().split("\r\n")


TAKEN = {
    "without a trailer": CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n",
    "a guid as trailer": CHUNKED + b"\r\n2\r\n{}\r\n0\r\nguid: good\r\n\r\n",
    "trailers": CHUNKED + b"\r\n2\r\n{}\r\n0\r\nX: y\r\nguid: good\r\nGUID: good\r\n\r\n",
    "a chunk extension": CHUNKED + b'\r\n2;a=b;c="d"\r\n{}\r\n0;e\r\nguid: good\r\n\r\n',
    "several chunks": CHUNKED + b"\r\n1\r\n{\r\n01\r\n}\r\n000\r\nguid: good\r\n\r\n",
    "an offer of web sockets": CHUNKED
    + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n2\r\n{}\r\n0\r\nguid: good\r\n\r\n",
    "HTTP/1.0 that wants to go on": CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0")
    + b"Connection: keep-alive\r\n\r\n2\r\n{}\r\n0\r\nguid: good\r\n\r\n",
    "an empty element in the list": HEAD + b"Transfer-Encoding: , Chunked\r\n\r\n2\r\n{}\r\n0\r\nguid: good\r\n\r\n",
}
chunked_body = pytest.mark.parametrize("sent", TAKEN.values(), ids=TAKEN)


@chunked_body
async def test_a_body_in_chunks_is_answered_and_the_connection_closed(listener: Listener, sent: bytes) -> None:
    answered = await listener.sent(sent)
    old = b"HTTP/1.0" in sent
    closes = old or "Connection: close" in head(answered)
    assert (head(answered)[0], closes, listener.done) == (f"HTTP/1.{0 if old else 1} 200 OK", True, ["POST {}"])


@chunked_body
async def test_a_request_in_the_same_bytes_as_a_body_in_chunks_is_not_carried_out(
    listener: Listener, sent: bytes
) -> None:
    answered = await listener.sent(sent + NEXT + NEXT)
    assert (answered.count(b"HTTP/1."), listener.done) == (1, ["POST {}"])


@chunked_body
async def test_a_request_in_the_bytes_behind_a_body_in_chunks_is_not_carried_out(
    listener: Listener, sent: bytes
) -> None:
    answered = await listener.sent(sent[:-4], sent[-4:-1], sent[-1:] + NEXT[:20], NEXT[20:])
    assert (answered.count(b"HTTP/1."), listener.done) == (1, ["POST {}"])


async def test_a_request_before_one_with_a_body_in_chunks_is_carried_out(listener: Listener) -> None:
    await listener.sent(HEAD + b"Content-Length: 2\r\n\r\n[]" + TAKEN["a guid as trailer"] + NEXT)
    assert listener.done == ["POST []", "POST {}"]


async def test_a_body_in_chunks_that_nobody_reads_ends_the_connection_too() -> None:
    async def careless(request: Request) -> Response:
        return Response(request.method.encode())

    sent = TAKEN["a guid as trailer"]
    async with opened(careless, linger_ms=50) as door:
        answered = await Listener(door.port).sent(sent[:-20], sent[-20:] + NEXT)
    assert (answered.count(b"HTTP/1."), "Connection: close" in head(answered)) == (1, True)


async def test_a_guid_in_a_trailer_lets_nobody_in() -> None:
    async with running_gateway() as gateway:
        desk = gateway.desk(101)
        await desk.sign_in()
        path = b"/agentgateway/resource/onlineagent/101/agentstatus HTTP/1.1\r\nHost: a\r\n"
        carrier = b"GET " + path + b"Transfer-Encoding: chunked\r\n\r\n0\r\nguid: " + desk.guid.encode() + b"\r\n\r\n"
        answered = await Listener(gateway.port).sent(carrier + b"GET " + path + b"\r\n")
    assert (answered.count(b"HTTP/1."), b'"000-003"' in answered) == (1, True)


async def test_over_tls_too_the_connection_ends_behind_a_body_in_chunks(tmp_path: Path) -> None:
    listener = Listener()
    async with opened(listener.agents_page, var_dir=tmp_path) as door:
        client = await door.client()
        await client.send(TAKEN["a guid as trailer"] + NEXT)
        answer = await client.answer()
        rest = await client.rest()
    assert (answer.headers["Connection"], rest, listener.done) == ("close", b"", ["POST {}"])


REFUSED = {
    "gzip, chunked": (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501),
    "gzip and chunked on two lines": (
        HEAD + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        400,
    ),
    "a coding that nobody knows": (HEAD + b"Transfer-Encoding: a;b, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501),
    "identity, chunked": (HEAD + b"Transfer-Encoding: identity, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 501),
    "chunked, chunked": (HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "chunked on two lines": (CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "gzip alone": (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "identity alone": (HEAD + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", 400),
    "no coding": (HEAD + b"Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}", 400),
    "chunks and then a length": (CHUNKED + b"Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "a length and then chunks": (
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    "the same length twice": (HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a list of lengths": (HEAD + b"Content-Length: 2, 2\r\n\r\n{}", 400),
    "a length with a sign": (HEAD + b"Content-Length: +2\r\n\r\n{}", 400),
    "white space before the colon": (HEAD + b"Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "a folded header": (HEAD + b"X: y\r\n guid: good\r\nContent-Length: 2\r\n\r\n{}", 400),
    "a folded coding": (HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
    "a bare CR in a header": (HEAD + b"X: y\rguid: good\r\nContent-Length: 2\r\n\r\n{}", 400),
    "lines that end in LF": (HEAD.replace(b"\r\n", b"\n") + b"\n", 400),
    "HTTP/0.9": (HEAD.replace(b"HTTP/1.1", b"HTTP/0.9") + b"\r\n", 400),
    "no version": (b"GET /b\r\n\r\n", 400),
    "HTTP/1.2": (HEAD.replace(b"HTTP/1.1", b"HTTP/1.2") + b"\r\n", 400),
    "HTTP/2.0": (HEAD.replace(b"HTTP/1.1", b"HTTP/2.0") + b"\r\n", 505),
    "HTTP/2.0 with a body": (HEAD.replace(b"HTTP/1.1", b"HTTP/2.0") + b"Content-Length: 2\r\n\r\n{}", 505),
}
PHRASES = {400: "Bad Request", 501: "Not Implemented", 505: "HTTP Version Not Supported"}


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
async def test_doubtful_framing_is_refused_with_our_body(listener: Listener, sent: bytes, status: int) -> None:
    answered = await listener.sent(sent)
    body = json.loads(answered.partition(b"\r\n\r\n")[2])
    assert (head(answered)[0], body["retcode"], "Connection: close" in head(answered)) == (
        f"HTTP/1.1 {status} {PHRASES[status]}",
        "000-006",
        True,
    )


@pytest.mark.parametrize("sent", [sent for sent, _ in REFUSED.values()], ids=list(REFUSED))
async def test_nothing_is_carried_out_of_doubtful_framing_or_of_what_follows_it(
    listener: Listener, sent: bytes
) -> None:
    answers = [await listener.sent(sent + NEXT), await listener.sent(sent, NEXT)]
    assert ([each.count(b"HTTP/1.") for each in answers], listener.done) == ([1, 1], [])


BROKEN = {
    "a size that is no number": b"\r\nxy\r\n{}\r\n0\r\n\r\n",
    "a size with a prefix": b"\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a size with a sign": b"\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a size with a space": b"\r\n2 \r\n{}\r\n0\r\n\r\n",
    "a size that no integer holds": b"\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "an LF behind the size": b"\r\n2\n{}\r\n0\r\n\r\n",
    "an LF in an extension": b"\r\n2;a\nb\r\n{}\r\n0\r\n\r\n",
    "a length as trailer": b"\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    "a coding as trailer": b"\r\n2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "too many trailers": b"\r\n2\r\n{}\r\n0\r\n" + b"X: y\r\n" * 300 + b"\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
async def test_broken_chunks_are_refused_and_the_connection_closed(listener: Listener, sent: bytes) -> None:
    answers = [await listener.sent(CHUNKED + sent + NEXT), await listener.sent(CHUNKED + sent[:2], sent[2:], NEXT)]
    assert ([head(each)[0] for each in answers], listener.done) == (["HTTP/1.1 400 Bad Request"] * 2, [])
