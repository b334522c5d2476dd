"""Connections: kept alive, versions, methods, upgrades that old clients ask for, crashes, peers that go away."""

import asyncio
import gc
import logging
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextvars import ContextVar

import pytest
from aiohttp.web import HTTPNotFound

from gateway.wire import envelope
from gateway.wire.body import read_body
from gateway.wire.http import PeerConnection, Request, Response, StreamedResponse
from tests.unit.listeners.doors import Client, Door, fine, get, opened, post, until


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened(fine) as made:
        yield made


async def test_a_connection_serves_many_requests(door: Door) -> None:
    client = await door.client()
    for _ in range(3):
        await client.send(get())
        assert (await client.answer()).body == b"fine"


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    async def path(request: Request) -> Response:
        return Response(request.path.encode())

    async with opened(path) as door:
        client = await door.client()
        await client.send(get("/1") + get("/2") + get("/3"))
        assert [(await client.answer()).body for _ in range(3)] == [b"/1", b"/2", b"/3"]


async def test_http_1_0_is_answered_and_closed(door: Door) -> None:
    client = await door.client()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    answer = await client.answer()
    assert (answer.status_line, await client.rest()) == ("HTTP/1.0 200 OK", b"")


async def test_http_1_0_keeps_the_connection_where_asked(door: Door) -> None:
    client = await door.client()
    await client.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert (await client.answer()).headers["Connection"] == "keep-alive"


async def test_connection_close_is_done(door: Door) -> None:
    client = await door.client()
    await client.send(get("/", "Connection: close"))
    answer = await client.answer()
    assert (answer.headers["Connection"], await client.rest()) == ("close", b"")


async def test_a_higher_version_is_refused_in_1_1(door: Door) -> None:
    answer = await door.ask(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n")
    assert answer.status_line == "HTTP/1.1 505 HTTP Version Not Supported"


async def test_head_brings_no_body(door: Door) -> None:
    client = await door.client()
    await client.send(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    answer = await client.answer(head_only=True)
    await client.send(get())
    assert (answer.headers["Content-Length"], (await client.answer()).body) == ("4", b"fine")


@pytest.mark.parametrize("target", ["/", "*"])
async def test_options_passes_to_the_handler(door: Door, target: str) -> None:
    assert (await door.ask(f"OPTIONS {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())).status == 200


async def test_doubled_slashes_and_any_guid_reach_the_handler_as_sent() -> None:
    async def told(request: Request) -> Response:
        return Response((f"{request.raw_path} {request.headers['guid'].isascii()}").encode())

    async with opened(told) as door:
        answer = await door.ask(b"GET //a//b?x=1 HTTP/1.1\r\nHost: a\r\nGuid: \xe4\r\n\r\n")
    assert answer.body == b"//a//b?x=1 False"


async def test_a_client_that_offers_http_2_by_upgrade_is_answered_in_1_1() -> None:
    async def body(request: Request) -> Response:
        return Response(await read_body(request, 100, 10_000))

    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "Content-Length: 2")
    async with opened(body) as door:
        client = await door.client()
        await client.send(post(b"", *offer))
        await client.send(b"{}")
        first = (await client.answer()).body
        await client.send(get())
        assert (first, (await client.answer()).status) == (b"{}", 200)


async def test_a_request_sent_ahead_behind_an_offer_of_web_sockets_is_answered_too(door: Door) -> None:
    client = await door.client()
    await client.send(get("/", "Connection: Upgrade", "Upgrade: websocket") + get() + get())
    assert [(await client.answer()).body for _ in range(3)] == [b"fine"] * 3


async def boom(_request: Request) -> Response:
    raise KeyError("s3cret")


async def too_late(_request: Request) -> Response:
    raise TimeoutError("s3cret")


async def not_found(_request: Request) -> Response:
    raise HTTPNotFound(text="s3cret")


async def nothing(_request: Request) -> Response:
    return None  # type: ignore[return-value]


CRASHES = {"exception": boom, "time-out": too_late, "aiohttp's own": not_found, "no answer": nothing}


@pytest.mark.parametrize("handler", CRASHES.values(), ids=CRASHES)
async def test_a_crash_is_answered_with_503_and_our_body(handler: Callable[[Request], Awaitable[Response]]) -> None:
    async with opened(handler) as door:
        answer = await door.ask(get("/a?s3cret"))
    del answer.headers["Date"], answer.headers["Content-Length"], answer.headers["X-Request-Id"]
    assert (answer.status_line, answer.headers, answer.body) == (
        "HTTP/1.1 503 Service Unavailable",
        {
            "Content-Type": "application/json;charset=UTF-8",
            "Cache-Control": "no-store",
            "Server": "AgentGateway",
            "Connection": "close",
        },
        envelope.UNEXPECTED,
    )


@pytest.mark.parametrize("handler", CRASHES.values(), ids=CRASHES)
async def test_a_crash_is_one_log_line_without_what_the_client_sent(
    handler: Callable[[Request], Awaitable[Response]], caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(handler) as door:
        await door.ask(get("/a?s3cret", "guid: s3cret"))
    (record,) = caplog.records
    assert (record.levelno, "s3cret" in caplog.text, "\n" in record.getMessage()) == (logging.ERROR, False, False)


async def test_a_crash_in_the_middle_of_an_answer_ends_the_connection() -> None:
    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"12345"
        raise KeyError

    async def torn(_request: Request) -> StreamedResponse:
        return StreamedResponse(pieces(), headers={"Content-Length": "10"})

    async with opened(torn) as door:
        client = await door.client()
        await client.send(get())
        assert (await client.rest()).endswith(b"\r\n\r\n12345")


class Parked:
    """A handler that waits until its peer is gone or `release` is called."""

    def __init__(self) -> None:
        self.here = asyncio.Event()
        self.over = asyncio.Event()
        self.peer: PeerConnection | None = None
        self.ended = False

    async def __call__(self, request: Request) -> Response:
        self.peer = request.peer
        forget = self.peer.silent.on(self.over.set)
        self.here.set()
        await self.over.wait()
        forget()
        self.ended = True
        return Response(b"released")


@pytest.mark.parametrize("way", ["close", "reset"])
async def test_a_parked_call_hears_at_once_that_its_peer_is_gone(way: str, caplog: pytest.LogCaptureFixture) -> None:
    parked = Parked()
    async with opened(parked) as door:
        client = await door.client()
        await client.send(get())
        await parked.here.wait()
        await leave(client, way)
        await until(lambda: parked.ended)
    assert (parked.peer is not None and parked.peer.silent.is_set, caplog.messages) == (True, [])


@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after a while"])
async def test_a_client_that_closes_its_sending_side_gets_the_answers_to_all_it_sent(waits: bool) -> None:
    go, here = asyncio.Event(), asyncio.Event()

    async def path(request: Request) -> Response:
        here.set()
        if waits:
            await go.wait()
        return Response(request.path.encode())

    async with opened(path) as door:
        client = await door.client()
        await client.send(get("/1") + get("/2") + b"GET /half")
        client.writer.write_eof()
        await here.wait()
        await asyncio.sleep(0.02)  # So that the end mark is there before the answer; the claim holds without it too.
        go.set()
        answers = [await client.answer(), await client.answer()]
        rest = await client.rest()
    assert ([each.body for each in answers], rest) == ([b"/1", b"/2"], b"")


async def test_a_client_that_is_gone_before_its_answer_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    parked = Parked()
    async with opened(parked) as door:
        client = await door.client()
        await client.send(get())
        await parked.here.wait()
        await client.close()
        await until(lambda: door.listeners.open_connections == 0)
    assert (parked.ended, caplog.messages) == (True, [])


async def leave(client: Client, way: str) -> None:
    if way == "reset":
        client.reset()
    else:
        await client.close()


async def test_a_peer_that_resets_while_a_large_answer_is_written_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    started = asyncio.Event()

    async def large(_request: Request) -> Response:
        started.set()
        return Response(body=bytes(2**23))

    async with opened(large) as door:
        client = await door.client(receive_buffer=4096)
        await client.send(get())
        await started.wait()
        client.reset()
        await until(lambda: door.listeners.open_connections == 0)
    assert caplog.messages == []


class Held:
    """What a request would hold."""


async def test_an_open_connection_holds_no_request_that_is_answered() -> None:
    of_request: ContextVar[Held] = ContextVar("of_request")
    held: list[weakref.ref[Held]] = []

    async def holding(_: Request) -> Response:
        kept = Held()
        of_request.set(kept)
        held.append(weakref.ref(kept))
        return Response(b"fine")

    async with opened(holding) as door:
        first, other = await door.client(), await door.client()
        for client in (first, other):  # What stands by for the next request may remember the last one.
            await client.send(get())
            await client.answer()
        gc.collect()
        assert held[0]() is None


async def test_an_idle_connection_is_kept_as_long_as_it_is_said() -> None:
    async with opened(fine, keep_alive_ms=200) as door:
        client = await door.client()
        await client.send(get())
        await client.answer()
        began_s = asyncio.get_running_loop().time()
        assert await client.rest() == b""
        assert asyncio.get_running_loop().time() - began_s > 0.15
