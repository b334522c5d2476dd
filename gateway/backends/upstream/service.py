"""Calls to the service behind: bounded in time, size and number; no redirects, no proxies of the environment.

Two pools of connections: polls are held for seconds, and calls must not wait for them.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import aiohttp
from yarl import URL

from gateway.backends.relay import Keys, Sent
from gateway.backends.upstream import counts
from gateway.backends.upstream.answers import Answer, read_cookies, read_envelope, read_guid
from gateway.backends.upstream.file_body import file_body, file_headers
from gateway.backends.upstream.reach import Reach
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.answer_heads import HEAD_LIMITS, head_trouble
from gateway.wire.errors import Unavailable
from gateway.wire.event_receipt import HEADER as RECEIPT
from gateway.wire.event_receipt import WANTED, read_receipt
from gateway.wire.forwarding import FORWARDED_FOR
from gateway.wire.guid_headers import REQUEST_HEADER, SET_GUID

ANSWER_MAX_BYTES: Final = 8 * 1024 * 1024
KEEP_ALIVE_S: Final = 4
"""Shorter than the 5 s that common servers keep an idle connection, so that few calls meet one that is closing."""
PREFIX: Final = "/agentgateway/resource"
CANNOT_SERVE: Final = "the contact centre behind this gateway cannot serve this now: try again"
OUT_OF_REACH: Final = "the contact centre behind this gateway is out of reach: try again"
_OK: Final = 2
_SERVER_FAULT: Final = 500
_DEL: Final = 0x7F
_HASH: Final = ord("#")
_JSON: Final = "application/json; charset=UTF-8"
_ALWAYS: Final = {"User-Agent": "AgentGateway", "Accept-Encoding": "identity"}
_FAILURES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (TimeoutError, "no answer in time"),
    (aiohttp.ClientSSLError, "no TLS with a certificate that is trusted"),
    (aiohttp.ClientConnectorError, "no connection"),
    (Exception, "the connection broke"),
)
"""The first that fits counts."""

_Send = Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]]


class BrokenError(aiohttp.ClientError):
    """The connection broke before an answer. Nobody knows whether the request was acted on, so it is not sent again."""


async def _once(request: aiohttp.ClientRequest, send: _Send) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending PUT and DELETE twice: here they sign in, answer calls, sign out."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as broken:
        if request.method == "GET":
            raise
        raise BrokenError from broken


class Service:
    """The service at UPSTREAM_URL. `settings` is asked at every call. Every call raises Unavailable without an answer.

    An answer has a status of 2xx and the envelope of the interface, or is a file where one is asked for.
    """

    def __init__(self, settings: Callable[[], Settings], trust: ssl.SSLContext) -> None:
        self._settings = settings
        self._trust = trust
        self._base = settings().upstream_url
        self.reach = Reach(f"the contact centre at {URL(self._base).origin()}")
        self._calls: aiohttp.ClientSession | None = None
        self._polls: aiohttp.ClientSession | None = None

    async def call(self, sent: Sent, keys: Keys | None = None, *, file: bool = False) -> Answer:
        """Passes a request on, with `keys` as that session. With `file` the answer may be one."""
        try:
            answer = await self._call(sent, keys, file)
        except Unavailable:
            counts.CALLS.labels("unavailable").inc()
            raise
        counts.CALLS.labels("answered").inc()
        return answer

    async def _call(self, sent: Sent, keys: Keys | None, file: bool) -> Answer:
        session = self._for_polls() if file else self._for_calls()
        try:
            async with asyncio.timeout(self._settings().upstream_timeout_ms / 1000):
                response = await session.request(
                    sent.method,
                    self._url(sent),
                    data=sent.body or None,
                    headers=self._headers(sent, keys),
                    timeout=self._silence(0),
                    allow_redirects=False,
                )
                return await self._read(response, file)
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise self._failed(problem) from None

    async def poll(self, agent_id: int, keys: Keys, receipt: str = WANTED) -> Answer:
        """Waits for the next event of a session; `receipt` is that of the last one kept."""
        sent = Sent("GET", f"{PREFIX}/agentevent/{agent_id}")
        with counts.PARKED.track_inprogress():
            try:
                response = await self._for_polls().get(
                    self._url(sent),
                    headers={**self._headers(sent, keys), RECEIPT: receipt},
                    timeout=self._silence(self._settings().upstream_poll_hold_ms),
                    allow_redirects=False,
                )
                return await self._read(response, False)
            except (aiohttp.ClientError, OSError, ValueError) as problem:
                raise self._failed(problem) from None

    def _headers(self, sent: Sent, keys: Keys | None) -> dict[str, str]:
        headers = {**_ALWAYS, "Content-Type": sent.content_type or _JSON}
        if keys is not None:
            headers[REQUEST_HEADER] = keys.guid
            if keys.cookie:
                headers["Cookie"] = keys.cookie
        if sent.address and self._settings().upstream_forward_address:
            headers[FORWARDED_FOR] = sent.address
        return headers

    def _silence(self, hold_ms: int) -> aiohttp.ClientTimeout:
        """For how long nothing may be heard."""
        settings_ms = self._settings().upstream_timeout_ms
        return aiohttp.ClientTimeout(sock_connect=settings_ms / 1000, sock_read=(hold_ms + settings_ms) / 1000)

    async def _read(self, response: aiohttp.ClientResponse, file: bool) -> Answer:
        try:
            if response.status // 100 != _OK:
                raise self._refused(response.status)
            self.reach.answered()
            if file and "json" not in response.content_type:
                return _answer(response, (retcodes.SUCCESS, ""), file_body(response), file_headers(response))
            body = await _whole(response)
        except BaseException:
            response.release()
            raise
        said = read_envelope(body)
        if said is None:
            raise Unavailable(CANNOT_SERVE)
        return _answer(response, said, body)

    def _refused(self, status: int) -> Unavailable:
        if status >= _SERVER_FAULT:
            self.reach.failed(f"it answers with status {status}")
        else:
            self.reach.answered()
        return Unavailable(CANNOT_SERVE)

    def _failed(self, problem: Exception) -> Unavailable:
        if isinstance(problem, ValueError) and not isinstance(problem, aiohttp.ClientError | OSError):
            # What cannot be sent, or is too long an answer, says nothing of the service.
            return Unavailable(CANNOT_SERVE)
        words = head_trouble(problem) or next(words for kind, words in _FAILURES if isinstance(problem, kind))
        self.reach.failed(words)
        return Unavailable(OUT_OF_REACH)

    def _url(self, sent: Sent) -> URL:
        return URL(self._base + _encoded(sent.target), encoded=True)

    def _for_calls(self) -> aiohttp.ClientSession:
        self._calls = self._calls or self._opened(self._settings().upstream_calls)
        return self._calls

    def _for_polls(self) -> aiohttp.ClientSession:
        """For what takes its time: polls, and files that a client is slow to take."""
        self._polls = self._polls or self._opened(self._settings().upstream_connections)
        return self._polls

    def _opened(self, connections: int) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self._trust, limit=connections, keepalive_timeout=KEEP_ALIVE_S)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            middlewares=(_once,),
            **HEAD_LIMITS,
        )

    async def close(self) -> None:
        """Lets go of the connections."""
        for session in filter(None, (self._calls, self._polls)):
            await session.close()


def _encoded(target: str) -> str:
    """What clients send unencoded although it may not stand in a URL, encoded."""
    if target.isascii() and "#" not in target:
        return target
    raw = target.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte < _DEL and byte != _HASH else f"%{byte:02X}" for byte in raw)


def _answer(
    response: aiohttp.ClientResponse,
    said: tuple[str, str],
    body: bytes | AsyncGenerator[bytes, None],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    found = response.headers
    guid = read_guid(found.get(SET_GUID, ""))
    cookie, receipt = read_cookies(found.getall("Set-Cookie", ())), read_receipt(found.get(RECEIPT)) or WANTED
    return Answer(*said, body, headers, guid, cookie, receipt)


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > ANSWER_MAX_BYTES:
            raise ValueError
    return bytes(body)
