"""Answers in one piece, read off a real socket behind our connections."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from freezegun import freeze_time

from gateway.listeners.serve import ConnectionServer
from gateway.wire.http import Request, Response, header_lines

Ask = Callable[[bytes], Awaitable[bytes]]
BODY = b'{"retcode":"0"}'
LINES = header_lines({"Content-Type": "application/json", "Set-GUID": "JSESSIONID=a-1.AgentGateway0"})


async def _answer(_request: Request) -> Response:
    return Response(BODY, lines=LINES)


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    connections = ConnectionServer(_answer, head_timeout_ms=10_000)
    server = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)

    async def send(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(request)
        answer = b""
        for _ in range(request.count(b"HTTP/1.")):
            answer += await reader.readuntil(b"\r\n\r\n")
            if not request.startswith(b"HEAD"):
                answer += await reader.readexactly(len(BODY))
        writer.write_eof()
        answer += await reader.read()
        writer.close()
        return answer

    yield send
    server.close()


async def test_head_and_body_are_these_bytes(ask: Ask) -> None:
    with freeze_time("2026-11-22 10:00:00", real_asyncio=True):
        answer = await ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer == (
        b"HTTP/1.1 200 OK\r\n"
        b"Content-Type: application/json\r\n"
        b"Set-GUID: JSESSIONID=a-1.AgentGateway0\r\n"
        b"Content-Length: 15\r\n"
        b"Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
        b"\r\n" + BODY
    )


@pytest.mark.parametrize(
    ("request_head", "connection"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"Connection: close"),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", b"Connection: keep-alive"),
        (b"GET / HTTP/1.0\r\n\r\n", None),
    ],
)
async def test_connection_is_named_where_it_differs_from_the_version(
    ask: Ask, request_head: bytes, connection: bytes | None
) -> None:
    head = (await ask(request_head)).partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert next((line for line in head if line.startswith(b"Connection")), None) == connection


async def test_answer_to_head_has_the_length_and_no_body(ask: Ask) -> None:
    answer = await ask(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert b"Content-Length: 15\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_two_answers_on_one_connection(ask: Ask) -> None:
    answer = await ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
    assert answer.count(b"\r\n\r\n" + BODY) == 2


@pytest.mark.parametrize("text", ["a\r\nSet-GUID: b", "a\nb", "a\rb", "a\0b"])
def test_header_of_more_than_a_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        header_lines({"Allow": text})


@pytest.mark.parametrize("name", ["Allow\r\nX", "Allow\n"])
def test_name_of_more_than_a_line_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        header_lines({name: "GET"})
