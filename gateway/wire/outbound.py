"""Our calls to the HTTP services of others: receivers of events, token services. The contact centre behind has its own
link (docs/design/service_link.md).

All are made alike: so many connections and no more, certificates as `wire.trust` has them, no redirects, no cookies, no
proxies of the environment, heads and bodies of bounded size.
"""

import ssl
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from gateway.wire.headers import OF_REQUESTS

KEEP_ALIVE_S: Final = 4
"""Shorter than the 5 s that common servers keep an idle connection, so that few calls meet one that is closing."""
LINE_BYTES: Final = 65_536
MOST_HEADERS: Final = 500
"""Of the head of an answer. The library's own limits, 8 KiB a line and 128 lines, are below what proxies add (cookies,
Content-Security-Policy)."""
TOO_LONG: Final = f"the head of the answer is too long: over {LINE_BYTES} bytes a line, or {MOST_HEADERS} headers"
NOT_HTTP: Final = "the answer is not HTTP"
UNBOUNDED: Final = 0
_WORDS_OF_LIBRARY: Final = ("Got more than ", "Too many headers")
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
AS_IT_IS: Final[Mapping[str, str]] = MappingProxyType({"Accept-Encoding": "identity"})
"""Asks for an answer that nobody has compressed."""


class AnswerTooLongError(ValueError):
    """The body of an answer is longer than anybody wants to read."""


class Outbound:
    """A pool of at most `connections` connections, opened with the first call.

    With `compressed` answers may come compressed and are opened; else they are asked for, and left, as they are.
    `resolver` tells where names lead, in place of the system; nothing of it is remembered.
    """

    def __init__(
        self,
        trust: ssl.SSLContext,
        connections: int = UNBOUNDED,
        *,
        compressed: bool = False,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._trust = trust
        self._connections = connections
        self._compressed = compressed
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: URL | str,
        timeout: aiohttp.ClientTimeout,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        data: Any = None,
    ) -> aiohttp.ClientResponse:
        """Sends a request; the head of its answer. The caller reads the body, or releases it. Raises as aiohttp."""
        self._session = self._session or self._opened()
        return await self._session.request(
            method, url, headers=headers, data=data, timeout=timeout, allow_redirects=False
        )

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=self._trust,
            limit=self._connections,
            keepalive_timeout=KEEP_ALIVE_S,
            resolver=self._resolver,
            use_dns_cache=self._resolver is None,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=OF_REQUESTS if self._compressed else {**OF_REQUESTS, **AS_IT_IS},
            auto_decompress=self._compressed,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=MOST_HEADERS,
        )

    async def close(self) -> None:
        """Lets go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def read_body(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """The whole body. Raises AnswerTooLongError, and as aiohttp."""
    return await read_content(response.content, most_bytes)


async def read_content(content: aiohttp.StreamReader, most_bytes: int) -> bytes:
    """As `read_body`, of the body itself."""
    body = bytearray()
    while piece := await content.readany():
        body += piece
        if len(body) > most_bytes:
            raise AnswerTooLongError(f"an answer of more than {most_bytes} bytes")
    return bytes(body)


def head_trouble(problem: Exception) -> str:
    """What is wrong with the head of an answer that could not be read: TOO_LONG or NOT_HTTP; "" for anything else."""
    if not isinstance(problem, aiohttp.ClientResponseError):
        return ""
    return head_words(problem.message)


def head_words(message: str) -> str:
    """TOO_LONG or NOT_HTTP, by what aiohttp's parser said of a head that it refused."""
    return TOO_LONG if message.startswith(_WORDS_OF_LIBRARY) else NOT_HTTP
