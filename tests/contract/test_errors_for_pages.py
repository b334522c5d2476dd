"""Answers that no operation gives can be read by pages of listed origins too (docs/protocol.md, Browser clients)."""

from collections.abc import AsyncIterator, Callable

import pytest

from gateway.wire.http import AnyResponse, Request
from tests.support.desk import Answer, Line
from tests.support.gateway import Gateway, running_gateway

LISTED = "https://desk.example.com"
OTHER = "https://evil.example.com"
PATH = "/agentgateway/resource/agentevent/101"
LONG = f"Cookie: {'x' * 9000}\r\n"
REFUSED = {
    "a header that is too long": (431, f"GET {PATH} HTTP/1.1\r\nHost: a\r\nOrigin: {{}}\r\n{LONG}\r\n"),
    "before the origin": (431, f"GET {PATH} HTTP/1.1\r\nHost: a\r\n{LONG}origin:{{}} \r\n\r\n"),
    "a broken header": (400, f"GET {PATH} HTTP/1.1\r\nHost: a\r\nOrigin: {{}}\r\nno colon\r\n\r\n"),
    "a version of its own": (505, f"GET {PATH} HTTP/2.0\r\nHost: a\r\nOrigin: {{}}\r\n\r\n"),
    "a coding of its own": (
        501,
        f"POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nOrigin: {{}}\r\n\r\n0\r\n\r\n",
    ),
}


def crashing(_handler: Callable[..., object]) -> Callable[[Request], "AnyResponse"]:
    def crash(_request: Request) -> AnyResponse:
        raise RuntimeError

    return crash


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway({"CORS_ORIGINS": LISTED}, jobs=False) as made:
        yield made


async def said(gateway: Gateway, sent: bytes) -> Answer:
    line = await Line.open(gateway.port)
    try:
        return await line.raw(sent)
    finally:
        await line.close()


def leave(answer: Answer) -> tuple[str | None, str | None, bool]:
    exposed = answer.headers.get("Access-Control-Expose-Headers", "")
    return (
        answer.headers.get("Access-Control-Allow-Origin"),
        answer.headers.get("Access-Control-Allow-Credentials"),
        "Retry-After" in exposed,
    )


@pytest.mark.parametrize(("status", "sent"), REFUSED.values(), ids=REFUSED)
async def test_a_listed_page_reads_why_its_message_is_refused(gateway: Gateway, status: int, sent: str) -> None:
    answer = await said(gateway, sent.format(LISTED).encode())
    assert (answer.status, answer.retcode, leave(answer)) == (status, "000-006", (LISTED, "true", True))


@pytest.mark.parametrize(("status", "sent"), REFUSED.values(), ids=REFUSED)
async def test_another_page_gets_no_leave(gateway: Gateway, status: int, sent: str) -> None:
    answer = await said(gateway, sent.format(OTHER).encode())
    assert (answer.status, leave(answer)) == (status, (None, None, False))


async def test_two_origins_get_no_leave(gateway: Gateway) -> None:
    sent = f"GET {PATH} HTTP/1.1\r\nHost: a\r\nOrigin: {LISTED}\r\nOrigin: {OTHER}\r\n{LONG}\r\n"
    assert leave(await said(gateway, sent.encode())) == (None, None, False)


async def test_a_listed_page_reads_that_we_have_failed() -> None:
    async with running_gateway({"CORS_ORIGINS": LISTED}, jobs=False, wrap=crashing) as gateway:  # type: ignore[arg-type]
        answer = await said(gateway, f"GET {PATH} HTTP/1.1\r\nHost: a\r\nOrigin: {LISTED}\r\n\r\n".encode())
    assert (answer.status, leave(answer)) == (503, (LISTED, "true", True))
