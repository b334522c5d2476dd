"""Calls to the service behind: bounded in time, size and number; is it in reach; and the counters for operators.

Two pools of connections: polls are held for seconds, and calls must not wait for them.
"""

import asyncio
import codecs
import logging
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from types import MappingProxyType
from typing import Final

from prometheus_client import Counter, Gauge, Histogram
from yarl import URL

from gateway.backend import Message
from gateway.ops import request_context
from gateway.ops.metrics import REGISTRY
from gateway.ops.request_context import paused_deadline
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys
from gateway.upstream.service_answers import (
    ServiceAnswer,
    envelope_of,
    names_another,
    read_cookies,
    read_guid,
    read_members,
)
from gateway.upstream.service_connection import Answer, UnansweredError
from gateway.upstream.service_link import ServiceLink
from gateway.wire import retcodes
from gateway.wire.addresses import FORWARDED_FOR
from gateway.wire.envelope import RECEIPT, WANTED, read_receipt
from gateway.wire.errors import Unavailable
from gateway.wire.headers import REQUEST_HEADER, SENT_JSON, SET_GUID

CALLS: Final = Counter(
    "agentgateway_upstream_requests", "Requests to the service behind, by outcome", ["outcome"], registry=REGISTRY
)
_ANSWERED, _UNAVAILABLE = CALLS.labels("answered"), CALLS.labels("unavailable")
SECONDS: Final = Histogram(
    "agentgateway_upstream_request_duration_seconds",
    "Time until the service behind had answered a request, in seconds; event polls excepted",
    registry=REGISTRY,
)
IN_FLIGHT: Final = Gauge(
    "agentgateway_upstream_requests_in_flight",
    "Requests that the service behind has not answered yet; event polls excepted",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
POLLS: Final = Counter(
    "agentgateway_upstream_polls", "Event polls to the service behind", ["outcome"], registry=REGISTRY
)
PARKED: Final = Gauge(
    "agentgateway_upstream_polls_parked",
    "Polls that the service behind holds now",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
FETCHERS: Final = Gauge(
    "agentgateway_upstream_sessions",
    "Sessions whose events are fetched here",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)
IN_REACH: Final = Gauge(
    "agentgateway_upstream_reachable",
    "1 while the service behind answers",
    registry=REGISTRY,
    multiprocess_mode="livemin",
)
FOLLOWED: Final = Counter(
    "agentgateway_upstream_guids_received", "New GUIDs that the service behind handed out", registry=REGISTRY
)
LOST: Final = Counter(
    "agentgateway_upstream_sessions_lost", "Sessions that ended at the service behind", registry=REGISTRY
)


OUT_AFTER_S: Final = 2.0
"""Failures for so long without an answer in between make it out of reach; a single late answer does not."""

_LOG = logging.getLogger(__name__)
PIECE_BYTES: Final = 65_536
_WITHOUT_BODY: Final = frozenset({204, 205})
_PASSED_ON: Final = ("Content-Type", "Content-Length", "Content-Disposition", "Last-Modified")


class Reachability:
    """Hears of every answer and every failure. `clock` gives s."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._failing_since: float | None = None
        self._out = False
        IN_REACH.set(1)

    @property
    def out(self) -> bool:
        """It is out of reach."""
        return self._out

    def answered(self) -> None:
        """An answer came, whatever it says."""
        if self._out and self._failing_since is not None:
            _LOG.info("%s is in reach after %.1f s", self._name, self._clock() - self._failing_since)
            IN_REACH.set(1)
        self._failing_since, self._out = None, False

    def failed(self, why: str) -> None:
        """No answer came."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
        if not self._out and now - self._failing_since >= OUT_AFTER_S:
            self._out = True
            _LOG.warning("%s is out of reach: %s", self._name, why)
            IN_REACH.set(0)


def file_headers(answer: Answer) -> dict[str, str]:
    """The headers that go along with the file; a length only where the answer has a body."""
    told = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    if answer.status in _WITHOUT_BODY:
        told.pop("Content-Length", None)
    return told


ANSWER_MAX_BYTES: Final = 8 * 1024 * 1024
PREFIX: Final = "/agentgateway/resource"
CANNOT_SERVE: Final = "the contact centre behind this gateway cannot serve this now: try again"
OUT_OF_REACH: Final = "the contact centre behind this gateway is out of reach: try again"
_OK: Final = 2
_SERVER_FAULT: Final = 500
_DEL: Final = 0x7F
_HASH: Final = ord("#")


class ServiceClient:
    """The service at UPSTREAM_URL. `settings` is asked at every call. Every call raises Unavailable without an answer.

    An answer has a status of 2xx and the envelope of the interface, or is a file where one is asked for.
    """

    def __init__(self, settings: Callable[[], Settings], trust: ssl.SSLContext) -> None:
        self._settings = settings
        self._base = settings().upstream_url
        self.reach = Reachability(f"the contact centre at {URL(self._base).origin()}")
        self._calls = ServiceLink(self._base, trust, settings().upstream_calls)
        self._polls = ServiceLink(self._base, trust, settings().upstream_connections, self._calls.addresses)
        """For what takes its time: polls, and files that a client is slow to take."""

    async def call(
        self,
        message: Message,
        keys: Keys | None = None,
        *,
        file: bool = False,
        by_s: float | None = None,
        agent_id: int = 0,
    ) -> ServiceAnswer:
        """Passes a request on, with `keys` as that session. With `file` the answer may be one.

        The answer is there by `by_s`, in time of the event loop: without it within UPSTREAM_TIMEOUT. With `agent_id` it
        is none where it says that another agent has signed in.
        """
        began_s = time.monotonic()
        IN_FLIGHT.inc()
        try:
            with paused_deadline():
                answer = await self._call(message, keys, file, by_s, agent_id)
        except Unavailable:
            _UNAVAILABLE.inc()
            raise
        finally:
            IN_FLIGHT.dec()
            SECONDS.observe(time.monotonic() - began_s)
        _ANSWERED.inc()
        return answer

    async def _call(
        self, message: Message, keys: Keys | None, file: bool, by_s: float | None, agent_id: int
    ) -> ServiceAnswer:
        link = self._polls if file else self._calls
        within_s = self._settings().upstream_timeout_ms / 1000
        try:
            request = link.written(message.method, _encoded(message.target), self._headers(message, keys), message.body)
            answer = await link.send(request, within_s, within_s, by_s or self.by_s())
            return await self._read(answer, file, agent_id)
        except (UnansweredError, ValueError) as problem:
            raise self._failed(problem) from None

    def by_s(self) -> float:
        """When a call that is made now has its answer, in time of the event loop."""
        return asyncio.get_running_loop().time() + self._settings().upstream_timeout_ms / 1000

    async def poll(self, agent_id: int, keys: Keys, receipt: str = WANTED) -> ServiceAnswer:
        """Waits for the next event of a session; `receipt` is that of the last one kept.

        An answer with an event for another agent is none.
        """
        settings = self._settings()
        within_s = settings.upstream_timeout_ms / 1000
        answer_s = within_s + settings.upstream_poll_hold_ms / 1000
        with PARKED.track_inprogress():
            try:
                answer = await self._polls.send(self._event_poll(agent_id, keys, receipt), within_s, answer_s)
                return await self._read(answer, False, agent_id)
            except (UnansweredError, ValueError) as problem:
                raise self._failed(problem) from None

    def _event_poll(self, agent_id: int, keys: Keys, receipt: str) -> bytes:
        message = Message("GET", f"{PREFIX}/agentevent/{agent_id}")
        headers = {**self._headers(message, keys), RECEIPT: receipt}
        return self._polls.written(message.method, message.target, headers)

    def _headers(self, message: Message, keys: Keys | None) -> dict[str, str]:
        headers = {"Content-Type": message.content_type or SENT_JSON, **request_context.onward_headers()}
        if keys is not None:
            headers[REQUEST_HEADER] = keys.guid
            if keys.cookie:
                headers["Cookie"] = keys.cookie
        if self._settings().upstream_forward_address and (address := message.address()):
            headers[FORWARDED_FOR] = address
        return headers

    async def _read(self, answer: Answer, file: bool, agent_id: int) -> ServiceAnswer:
        try:
            if answer.status // 100 != _OK:
                raise self._refused(answer.status)
            self.reach.answered()
            if file and "json" not in answer.headers.get("Content-Type", "").partition(";")[0].lower():
                return _answer(answer, (retcodes.SUCCESS, ""), answer.pieces(PIECE_BYTES), file_headers(answer))
            body = (await answer.read(ANSWER_MAX_BYTES)).removeprefix(codecs.BOM_UTF8)
        except BaseException:
            answer.release()
            raise
        members = read_members(body)
        said = None if members is None else envelope_of(members)
        if members is None or said is None:
            raise Unavailable(CANNOT_SERVE)
        if agent_id and names_another(members, agent_id):
            answer.disown()
            _LOG.warning("what the contact centre answered for agent %d is for another one: it is not used", agent_id)
            raise Unavailable(CANNOT_SERVE)
        return _answer(answer, said, body)

    def _refused(self, status: int) -> Unavailable:
        if status >= _SERVER_FAULT:
            self.reach.failed(f"it answers with status {status}")
        else:
            self.reach.answered()
        return Unavailable(CANNOT_SERVE)

    def _failed(self, problem: Exception) -> Unavailable:
        if isinstance(problem, ValueError):
            # What cannot be sent, or is too long an answer, says nothing of the service.
            return Unavailable(CANNOT_SERVE)
        self.reach.failed(str(problem))
        return Unavailable(OUT_OF_REACH)

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._calls.close()
        await self._polls.close()


def _encoded(target: str) -> str:
    """What clients send unencoded although it may not stand in a URL, encoded."""
    if target.isascii() and "#" not in target:
        return target
    raw = target.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte < _DEL and byte != _HASH else f"%{byte:02X}" for byte in raw)


def _answer(
    answer: Answer,
    said: tuple[str, str],
    body: bytes | AsyncGenerator[bytes, None],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> ServiceAnswer:
    found = answer.headers
    guid = read_guid(found.get(SET_GUID, ""))
    cookie, receipt = read_cookies(found.getall("Set-Cookie", ())), read_receipt(found.get(RECEIPT)) or WANTED
    return ServiceAnswer(*said, body, headers, guid, cookie, receipt)
