"""A link to a service that answers with bytes as a test says them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.upstream.service_connection import Answer, UnansweredError
from gateway.upstream.service_link import ServiceLink
from gateway.wire.trust import client_context
from tests.support.raw_service import Piece, RawService, raw_service

IN_TIME_S = 20.0
SOON_S = 0.15
MOST = 1000
OK = b"HTTP/1.1 200 OK\r\n"
WHOLE = OK + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n"


@asynccontextmanager
async def linked(*answers: Piece | tuple[Piece, ...], most: int = 10) -> AsyncIterator[tuple[RawService, ServiceLink]]:
    async with raw_service(*answers) as service:
        link = ServiceLink(service.url, client_context(None), most)
        try:
            yield service, link
        finally:
            await link.close()


async def ask(link: ServiceLink, method: str = "GET", silence_s: float = IN_TIME_S, body: bytes = b"") -> Answer:
    return await link.send(link.written(method, "/a", {}, body), IN_TIME_S, silence_s)


async def said(link: ServiceLink, method: str = "GET", silence_s: float = IN_TIME_S) -> bytes:
    return await (await ask(link, method, silence_s)).read(MOST)


async def why(link: ServiceLink, method: str = "POST", silence_s: float = IN_TIME_S) -> str:
    """The words for no answer."""
    with pytest.raises(UnansweredError) as none:
        await said(link, method, silence_s)
    return str(none.value)
