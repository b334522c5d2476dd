"""A request must arrive in REQUEST_TIMEOUT (docs/running.md, Settings)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.listeners.serve import Handler
from gateway.wire.body import read_body
from gateway.wire.http import AnyResponse, Request, Response
from tests.unit.listeners.doors import MALFORMED, Door, fine, get, opened, post

TIMEOUT_MS = 400
"""Soon over, but not before a busy machine has sent what comes first."""
LONG_MS = 60_000
AT_ONCE_S = 20.0
"""Long before LONG_MS is over."""


def echo_length(timeout_ms: int) -> Handler:
    """Tells how long the body is."""

    async def handler(request: Request) -> Response:
        try:
            body = await read_body(request, 1000, timeout_ms)
        except Exception as problem:
            return Response((f'{type(problem).__name__} {problem}"retcode":"000-006"}}').encode(), 400)
        return Response(str(len(body)).encode())

    return handler


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened(echo_length(TIMEOUT_MS), request_timeout_ms=TIMEOUT_MS) as made:
        yield made


@pytest.fixture
async def patient() -> AsyncIterator[Door]:
    async with opened(echo_length(LONG_MS), request_timeout_ms=LONG_MS) as made:
        yield made


async def late(door: Door) -> None:
    """Returns when what had begun to arrive before is late: a head that begins now is."""
    assert (await door.ask(b"GET / HT")).status == 400


HALF_HEADS = {
    "method": b"GE",
    "path": b"GET /age",
    "version": b"GET / HTTP",
    "header name": b"GET / HTTP/1.1\r\nHo",
    "header value": b"GET / HTTP/1.1\r\nHost: a",
    "all but the last line end": b"GET / HTTP/1.1\r\nHost: a\r\n",
}


@pytest.mark.parametrize("sent", HALF_HEADS.values(), ids=HALF_HEADS)
async def test_a_head_that_stops_in_the_middle_is_refused_when_its_time_is_over(door: Door, sent: bytes) -> None:
    answer = await door.ask(sent)
    assert (answer.status, MALFORMED in answer.body.decode()) == (400, True)


@pytest.mark.parametrize("sent", HALF_HEADS.values(), ids=HALF_HEADS)
async def test_a_client_that_ends_in_the_middle_of_a_head_is_refused_at_once(patient: Door, sent: bytes) -> None:
    client = await patient.client()
    await client.send(sent)
    client.writer.write_eof()
    async with asyncio.timeout(AT_ONCE_S):
        answer = await client.answer()
    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/json;charset=UTF-8")


async def test_a_refused_half_head_ends_the_connection(door: Door) -> None:
    client = await door.client()
    await client.send(b"GET / HT")
    await client.answer()
    assert await client.rest() == b""


async def test_a_refused_half_head_ends_the_connection_over_tls_too(tmp_path: Path) -> None:
    async with opened(fine, var_dir=tmp_path, request_timeout_ms=TIMEOUT_MS) as door:
        client = await door.client()
        await client.send(b"GET / HT")
        assert ((await client.answer()).status, await client.rest()) == (400, b"")


async def test_a_client_that_is_still_writing_when_its_head_is_refused_can_read_why() -> None:
    async with opened(fine, request_timeout_ms=TIMEOUT_MS, linger_ms=LONG_MS) as door:
        client = await door.client()
        await client.send(b"GET / HTTP/1.1\r\nX-Slow: ")
        answered = asyncio.create_task(client.answer())
        while not answered.done():
            await client.send(b"a")
            await asyncio.sleep(TIMEOUT_MS / 1000 / 10)
        await client.send(b"a")
        await client.writer.drain()
        await client.send(b"a" * 1000)
        assert ((await answered).status, await client.rest()) == (400, b"")


async def test_drops_of_a_head_do_not_prolong_its_time(door: Door) -> None:
    client = await door.client()
    answer = asyncio.create_task(client.answer())
    for drop in b"GET / HTTP/1.1\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":
        if answer.done():
            break
        client.writer.write(bytes([drop]))
        await asyncio.sleep(TIMEOUT_MS / 1000 / 10)
    assert (await answer).status == 400


async def test_a_connection_that_brings_nothing_is_closed_without_a_word(door: Door) -> None:
    client = await door.client()
    assert await client.rest() == b""


async def test_a_second_head_that_stops_is_refused(door: Door) -> None:
    client = await door.client()
    await client.send(get())
    await client.answer()
    await client.send(b"GET / HT")
    assert (await client.answer()).status == 400


async def test_a_half_head_behind_a_running_call_ends_the_connection_with_the_answer_of_the_call() -> None:
    running, go = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        running.set()
        await go.wait()
        return Response(b"slow")

    async with opened(slow, request_timeout_ms=TIMEOUT_MS) as door:
        client = await door.client()
        await client.send(get())
        await running.wait()
        await client.send(b"GET / HT")
        await late(door)
        go.set()
        answer = await client.answer()
    assert (answer.body, answer.headers.get("Connection")) == (b"slow", "close")


async def test_an_idle_connection_outlives_the_time_for_a_request(door: Door) -> None:
    client = await door.client()
    await client.send(get())
    await client.answer()
    await client.send(b"\r\n")  # Some clients end a body with it.
    await late(door)
    await client.send(get())
    assert (await client.answer()).status == 200


async def test_a_body_that_stops_in_the_middle_is_malformed_when_its_time_is_over(door: Door) -> None:
    answer = await door.ask(post(b"12345", "Content-Length: 10"))
    assert answer.body.startswith(b"Malformed body: not here in time")


async def test_a_late_body_ends_the_connection(door: Door) -> None:
    client = await door.client()
    await client.send(post(b"12345", "Content-Length: 10"))
    assert (await client.answer()).headers["Connection"] == "close"


async def test_a_client_that_ends_in_the_middle_of_a_body_is_refused_at_once(patient: Door) -> None:
    client = await patient.client()
    await client.send(post(b"12345", "Content-Length: 10"))
    client.writer.write_eof()
    async with asyncio.timeout(AT_ONCE_S):
        answer = await client.answer()
    assert (answer.status, MALFORMED in answer.body.decode()) == (400, True)


async def test_a_body_in_two_parts_is_whole() -> None:
    begun = asyncio.Event()

    async def handler(request: Request) -> AnyResponse:
        begun.set()
        return await echo_length(LONG_MS)(request)

    async with opened(handler, request_timeout_ms=LONG_MS) as door:
        client = await door.client()
        await client.send(post(b"12345", "Content-Length: 10"))
        await begun.wait()
        await client.send(b"67890")
        assert (await client.answer()).body == b"10"
