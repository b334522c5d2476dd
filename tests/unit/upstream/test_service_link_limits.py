"""How long an answer may take: as a whole, while it is taken piece by piece, and where this process was held up."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.backend import Message
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys
from gateway.upstream.service_client import ServiceClient
from gateway.upstream.service_connection import BROKE, LATE, UnansweredError
from gateway.upstream.service_link import ServiceLink
from gateway.wire.errors import Unavailable
from gateway.wire.outbound import NOT_HTTP
from gateway.wire.trust import client_context
from tests.support.raw_service import Then
from tests.support.waiting import until
from tests.unit.tokens.services import certified
from tests.unit.upstream.linking import IN_TIME_S, MOST, OK, SOON_S, WHOLE, ask, linked, said, why

PACE_S = SOON_S / 5
ENVELOPE = b'{"message":"","retcode":"0"}'


@asynccontextmanager
async def dripping(first: bytes, again: bytes) -> AsyncIterator[str]:
    """The URL of a service that says `again` on and on, and never leaves a silence."""
    dripped: list[asyncio.Task[None]] = []

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(first)
            while not writer.is_closing():
                writer.write(again)
                await writer.drain()
                await asyncio.sleep(PACE_S)
        writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dripped.append(asyncio.create_task(drip(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in dripped:
            each.cancel()
        await asyncio.gather(*dripped, return_exceptions=True)


DRIPS = {
    "body": (OK + b"Content-Length: 999\r\n\r\n", b"x"),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "head": (OK + b"X: ", b"x"),
    "headers": (OK, b"X: x\r\n"),
    "1xx": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "empty lines": (b"", b"\r\n"),
}


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
async def test_an_answer_that_drips_is_late_as_a_whole(drip: tuple[bytes, bytes]) -> None:
    async with dripping(*drip) as url, asyncio.timeout(IN_TIME_S):
        link = ServiceLink(url, client_context(None), 1)
        assert await why(link, "GET", SOON_S) == LATE
        await link.close()


@asynccontextmanager
async def service_at(url: str, limit_ms: str = "200") -> AsyncIterator[ServiceClient]:
    settings = Settings.model_validate(
        {"BACKEND": "upstream", "UPSTREAM_URL": url, "UPSTREAM_TIMEOUT": limit_ms, "UPSTREAM_POLL_HOLD": "100"}
    )
    service = ServiceClient(lambda: settings, client_context(None))
    try:
        yield service
    finally:
        await service.close()


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS.keys())
async def test_a_poll_whose_answer_drips_is_given_up(drip: tuple[bytes, bytes]) -> None:
    async with dripping(*drip) as url, service_at(url) as service, asyncio.timeout(IN_TIME_S):
        with pytest.raises(Unavailable):
            await service.poll(101, Keys("guid-1"))


async def test_a_file_may_come_for_as_long_as_it_comes() -> None:
    async with dripping(OK + b"\r\n", b"x") as url:
        link, taken = ServiceLink(url, client_context(None), 1), b""
        async for piece in (await ask(link, silence_s=SOON_S)).pieces(MOST):
            taken += piece
            if len(taken) * PACE_S > 3 * SOON_S:
                break
        await link.close()


async def test_a_file_that_stops_is_late() -> None:
    async with linked((OK + b"\r\nx", Then.WAITS)) as (_, link):
        with pytest.raises(UnansweredError, match=LATE):
            async for _piece in (await ask(link, silence_s=SOON_S)).pieces(MOST):
                pass


# An answer that is there wins.


def answer_late(door: socket.socket, body: bytes, asked: threading.Event, held_up: threading.Event) -> None:
    peer, _ = door.accept()
    with peer:
        peer.recv(1000)
        asked.set()
        held_up.wait(IN_TIME_S)
        peer.sendall(OK + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        peer.recv(1)


@pytest.mark.parametrize("poll", [False, True], ids=["a call", "a poll"])
async def test_an_answer_that_came_while_this_process_was_held_up_counts(poll: bool) -> None:
    asked, held_up = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        serving = asyncio.create_task(asyncio.to_thread(answer_late, door, ENVELOPE, asked, held_up))
        async with service_at(url, "700") as service:
            message = Message("POST", "/agentgateway/resource/onlineagent/101/sayfree")
            call = asyncio.create_task(service.poll(101, Keys("guid-1")) if poll else service.call(message))
            await until(asked.is_set)
            held_up.set()
            time.sleep(1.0)  # noqa: ASYNC251 - longer than any limit, and nobody reads
            assert (await call).retcode == "0"
        await serving


async def test_a_request_whose_time_is_over_is_not_sent() -> None:
    async with linked(WHOLE, WHOLE) as (service, link):
        await said(link)
        with pytest.raises(UnansweredError, match=LATE):
            await link.send(link.written("GET", "/", {}), IN_TIME_S, IN_TIME_S, asyncio.get_running_loop().time())
        assert await said(link) == b"hello"
    assert (len(service.requests), service.connections) == (2, 1)


async def test_waiting_for_a_connection_counts() -> None:
    async with linked((Then.WAITS, WHOLE), WHOLE, most=1) as (service, link):
        first = asyncio.create_task(said(link))
        await service.came(1)
        by_s = asyncio.get_running_loop().time() + SOON_S
        with pytest.raises(UnansweredError, match=LATE):
            await link.send(link.written("GET", "/", {}), IN_TIME_S, IN_TIME_S, by_s)
        service.goes_on.set()
        assert [await first, await said(link)] == [b"hello", b"hello"]
    assert service.connections == 1


# A body that is taken slowly, and its end.


@pytest.mark.parametrize("tls", [False, True])
async def test_the_end_of_a_file_is_not_lost_although_the_service_has_closed_long_before(
    tls: bool, tmp_path: Path
) -> None:
    made, size = certified(tmp_path, "127.0.0.1"), 300_000

    def serve(door: socket.socket) -> None:
        peer, _ = door.accept()
        talk = made.context.wrap_socket(peer, server_side=True) if tls else peer
        with talk:
            talk.recv(4096)
            talk.sendall(OK + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)

    with socket.create_server(("127.0.0.1", 0)) as door:
        serving = asyncio.create_task(asyncio.to_thread(serve, door))
        url = f"http{'s' if tls else ''}://127.0.0.1:{door.getsockname()[1]}"
        link, taken = ServiceLink(url, client_context(made.authority_pem), 1), 0
        pieces = (await ask(link)).pieces(1000)
        await serving
        for _ in range(20):  # What is read ahead is, and the end would be seen.
            await asyncio.sleep(0.005)
        async for piece in pieces:
            taken += len(piece)
        await link.close()
    assert taken == size


# Odd answers.


@pytest.mark.parametrize("status", [b"000", b"099"])
async def test_a_status_below_those_of_http_is_an_answer(status: bytes) -> None:
    async with linked(b"HTTP/1.1 " + status + b" Odd\r\nContent-Length: 5\r\n\r\nhello") as (_, link):
        answer = await ask(link)
        assert (answer.status, await answer.read(MOST)) == (int(status), b"hello")


async def test_an_interim_answer_with_a_body_is_none() -> None:
    async with linked(b"HTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\nhello" + WHOLE) as (_, link):
        assert await why(link) == NOT_HTTP


@pytest.mark.parametrize("again", [b"HTTP/1.1 102 Processing\r\n\r\n", b"\r\n\r\n"], ids=["1xx", "empty lines"])
async def test_interim_answers_without_an_end_are_no_answer(again: bytes) -> None:
    async with linked(again * 100 + WHOLE, again * 100_000) as (_, link):
        assert await said(link) == b"hello"
        assert await why(link) == NOT_HTTP


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
    ],
)
async def test_lengths_that_may_be_read_otherwise_are_no_answer(lengths: bytes) -> None:
    async with linked(OK + lengths + b"\r\nhello") as (_, link):
        assert await why(link) == NOT_HTTP


async def test_a_body_shorter_than_its_length_is_none() -> None:
    async with linked((OK + b"Content-Length: 6\r\n\r\nhello", Then.CLOSES)) as (_, link):
        assert await why(link) == BROKE


async def test_a_trailer_of_one_answer_is_no_header_of_the_next() -> None:
    trailing = OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nSet-GUID: of-another\r\n\r\n"
    async with linked(trailing, WHOLE) as (service, link):
        first = await ask(link)
        assert ("Set-GUID" in first.headers, await first.read(MOST)) == (False, b"hello")
        assert "Set-GUID" not in (await ask(link)).headers
    assert service.connections == 1


async def test_an_answer_before_the_request_was_read_counts_and_ends_the_connection() -> None:
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"

    served = 0

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refused)
        await writer.drain()
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        served += 1

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    link = ServiceLink(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", client_context(None), 1)
    for _ in range(2):
        answer = await ask(link, "POST", body=b"x" * 8_000_000)
        assert (answer.status, await answer.read(MOST)) == (413, b"hello")
    await link.close()
    await until(lambda: served == 2)
    server.close()


async def test_a_service_that_is_away_between_two_requests_is_reached_again() -> None:
    async with linked((WHOLE, Then.RESETS), WHOLE, most=1) as (service, link):
        assert [await said(link), await said(link)] == [b"hello", b"hello"]
    assert service.connections == 2
