"""One agent's requests over HTTP: where the gateway is and how patient, the agent's GUID, cookies, and its node."""

import asyncio
import json
import logging
import random
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from gateway.client.errors import AgentGatewayError, BadAnswer, NoAnswer, Refused
from gateway.client.refusals import NoRight, Unavailable, refusal
from gateway.client.request import Answer, Request

RECEIPT: Final = "Event-Receipt"
_JSON: Final = "application/json; charset=UTF-8"
_AWAY: Final = frozenset({429, 502, 503, 504})
"""Statuses of a gateway, or of a balancer before it, that asks to try again."""
_NOT_HEARD: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_LOG: Final = logging.getLogger("gateway.client")


@dataclass(frozen=True)
class Gateway:
    """`urls` are those of one gateway or of all its nodes (`https://gateway.example:8043`), tried in turn.

    All times are in s. `hold_s` is how long the gateway holds a poll without an event, `answer_s` how long any other
    answer may take. `patience_s` is how long sign-in and operations are tried again while the gateway cannot be
    reached; polls and heartbeats go on without an end. Pauses between tries grow from `first_pause_s` to
    `longest_pause_s`. `heartbeat_s` is the pause between heartbeats in push mode. `events_kept` bounds the events that
    nobody has taken yet. `tls` holds the authorities to trust; without it those of the system. `on_trouble` hears each
    poll and heartbeat that failed and is tried again.
    """

    urls: str | Sequence[str]
    tls: ssl.SSLContext | None = None
    hold_s: float = 10
    answer_s: float = 10
    patience_s: float = 30
    first_pause_s: float = 0.2
    longest_pause_s: float = 5
    heartbeat_s: float = 30
    events_kept: int = 1000
    on_trouble: Callable[[AgentGatewayError], None] | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        """The addresses without a slash at their end. Raises ValueError where there is none."""
        urls = (self.urls,) if isinstance(self.urls, str) else tuple(self.urls)
        if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
            raise ValueError("urls: give the gateway's address, or those of its nodes, with http:// or https://")
        return tuple(url.rstrip("/") for url in urls)


class Backoff:
    """From `first_s` to `longest_s`; a pause that the gateway asked for (Retry-After) is kept at least."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def next_s(self, at_least_s: float = 0) -> float:
        """How long to wait now."""
        longest_s = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return max(at_least_s, longest_s * random.uniform(0.5, 1))

    def reset(self) -> None:
        """It worked."""
        self._failures = 0


class _BrokenConnection(Exception):
    """The connection ended before the answer."""


async def _sent_once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending a PUT or DELETE again when a connection breaks: this interface begins calls by PUT."""
    try:
        return await send(request)
    except _NOT_HEARD:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        raise _BrokenConnection from None


class Link:
    """`agent` is the id, or the account until the sign-in has told the id. Polls have a connection of their own."""

    def __init__(self, gateway: Gateway, agent: str) -> None:
        self.agent = agent
        self.gateway = gateway
        self.polled_afresh = False
        self._nodes = gateway.nodes
        self._node = 0
        self._guid = ""
        cookies = aiohttp.CookieJar(unsafe=True)
        self._operations = _session(gateway, cookies, 0)
        self._polls = _session(gateway, cookies, 1, _tells_new_connections(self._connected))

    async def _connected(self, *_: object) -> None:
        self.polled_afresh = True

    async def close(self) -> None:
        """Ends the connections."""
        await self._operations.close()
        await self._polls.close()

    async def poll(self, request: Request) -> Answer:
        """One attempt, held by the gateway. Afterwards `polled_afresh` tells whether it took a new connection."""
        self.polled_afresh = False
        return await self._attempt(self._polls, request, self.gateway.hold_s + self.gateway.answer_s / 2)

    async def once(self, request: Request) -> Answer:
        """One attempt."""
        return await self._attempt(self._operations, request, self.gateway.answer_s)

    async def ask(self, request: Request) -> Answer:
        """Asks again, within `patience_s`, where the gateway cannot have heard it or where twice is the same as once.

        Raises what the last attempt did.
        """
        retry = Retry(self.gateway)
        while True:
            try:
                return await self.once(request)
            except NoAnswer as problem:
                if problem.heard and not request.repeatable:
                    raise
                await retry.after(problem)
            except Unavailable as problem:
                if not request.repeatable:
                    raise
                await retry.after(problem)

    async def _attempt(self, session: aiohttp.ClientSession, request: Request, within_s: float) -> Answer:
        guid = self._guid
        try:
            return await self._send(session, request, guid, within_s)
        except NoRight:
            # The GUID has been replaced while the request was on its way, and its grace is over.
            if guid == self._guid:
                raise
            return await self._send(session, request, self._guid, within_s)

    async def _send(self, session: aiohttp.ClientSession, request: Request, guid: str, within_s: float) -> Answer:
        headers = {**request.headers, **({"guid": guid} if request.needs_guid else {})}
        if request.body is not None:
            headers["Content-Type"] = _JSON
        node = self._node
        url = self._nodes[node] + request.target()
        try:
            async with session.request(
                request.method,
                url,
                data=request.data(),
                headers=headers,
                allow_redirects=False,
                middlewares=() if request.repeatable else (_sent_once,),
                timeout=aiohttp.ClientTimeout(total=within_s),
            ) as answer:
                self._adopt(answer, guid if request.needs_guid else self._guid)
                said = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError, _BrokenConnection) as problem:
            self._leave(node, _words(problem))
            heard = not isinstance(problem, _NOT_HEARD)
            raise NoAnswer(f"{request.name}: no answer: {_words(problem)}", heard=heard) from None
        if answer.status in _AWAY:
            self._leave(node, f"status {answer.status}")
        return _read(request, answer, said)

    def _adopt(self, answer: aiohttp.ClientResponse, sent: str) -> None:
        """Takes the GUID that was handed out, unless a newer one has come while this answer was on its way."""
        handed = answer.headers.get("Set-GUID", "").partition("=")[2].strip()
        if handed and handed != self._guid and sent == self._guid:
            self._guid = handed
            _LOG.debug("agent %s: a new GUID", self.agent)

    def _leave(self, node: int, why: str) -> None:
        """Goes on to the next node, unless another request has done so already."""
        if len(self._nodes) > 1 and node == self._node:
            self._node = (node + 1) % len(self._nodes)
            there = urlsplit(self._nodes[self._node])
            _LOG.info("agent %s: %s; goes on at %s port %s", self.agent, why, there.hostname, there.port)


class Retry:
    """Tries of one request, within the patience of the gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._until_s = asyncio.get_running_loop().time() + gateway.patience_s
        self._backoff = Backoff(gateway.first_pause_s, gateway.longest_pause_s)

    async def after(self, problem: AgentGatewayError) -> None:
        """Waits before the next attempt; raises the problem when there is no time for one."""
        pause_s = self._backoff.next_s(problem.retry_after_s if isinstance(problem, Refused) else 0)
        if asyncio.get_running_loop().time() + pause_s > self._until_s:
            raise problem
        await asyncio.sleep(pause_s)


def _session(
    gateway: Gateway, cookies: aiohttp.CookieJar, connections: int, trace: aiohttp.TraceConfig | None = None
) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=connections, ssl=gateway.tls if gateway.tls is not None else True)
    return aiohttp.ClientSession(connector=connector, cookie_jar=cookies, trace_configs=[trace] if trace else None)


def _tells_new_connections(told: Any) -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(told)
    return trace


def _read(request: Request, answer: aiohttp.ClientResponse, said: bytes) -> Answer:
    """What an answer brings. Raises Refused, and BadAnswer for what is none of this interface."""
    if request.brings_file and answer.status == 200 and "json" not in answer.content_type:
        return Answer(said)
    retry_after_s = _seconds(answer.headers.get("Retry-After", ""))
    try:
        envelope = json.loads(said)
        retcode, message = str(envelope["retcode"]), str(envelope.get("message") or envelope.get("msg") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        if answer.status in _AWAY:
            raise Unavailable(f"{request.name}: status {answer.status}", "", retry_after_s) from None
        raise BadAnswer(f"{request.name}: status {answer.status} and no retcode") from None
    if answer.status in _AWAY:
        raise Unavailable(message, retcode, retry_after_s)
    if retcode != "0":
        raise refusal(retcode, message)
    return Answer(envelope.get("event", envelope.get("result")), answer.headers.get(RECEIPT, ""))


def _seconds(text: str) -> float:
    return min(float(text), 60) if text.isascii() and text.isdigit() else 0


def _words(problem: Exception) -> str:
    """What went wrong; the texts of some errors hold addresses with queries, and these may hold secrets."""
    if isinstance(problem, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted"
    reason = problem.os_error.strerror if isinstance(problem, aiohttp.ClientConnectorError) else ""
    return reason or type(problem).__name__.strip("_")
