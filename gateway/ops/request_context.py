"""The request that is being answered: its id and the address of its client, for logs, the audit trail and upstream,
and its deadline.

Nothing is worked out until somebody asks: most requests are answered without a line.
"""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, Protocol

REQUEST_ID: Final = "X-Request-Id"
TRACE_PARENT: Final = "traceparent"
_SENT_ID: Final = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")
_TRACE: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[0-9a-zA-Z._-]{1,64})?")
ANSWERED: Final = ""


class RequestContext(Protocol):
    """What is asked here of a `gateway.wire.http.Request`: what logs reach for knows nothing of HTTP."""

    id: str | None
    answer_by_s: float
    answered_by: asyncio.Task[Any] | None

    @property
    def headers(self) -> Mapping[str, str]:
        """By name in any case."""

    @property
    def remote(self) -> str:
        """The IP address of the connection's other end."""


class Client(NamedTuple):
    """Who sent a request. `trusted`: the connection is that of a trusted proxy, whose request id counts."""

    address: str
    trusted: bool


Resolve = Callable[[Any], Client]
"""Tells of a `gateway.wire.http.Request` who sent it."""

CURRENT: Final[ContextVar[RequestContext | None]] = ContextVar("request", default=None)
"""What a task sets that begins to answer a request. When that is answered its `id` becomes ANSWERED and its deadline
goes (`answer_by_s` is without end again): tasks that it left behind do not work for it."""
_resolve: list[Resolve] = [lambda request: Client(request.remote, trusted=False)]


def resolve_by(resolve: Resolve) -> None:
    """Has clients told by `resolve` from now on."""
    _resolve[0] = resolve


def address() -> str:
    """The address of the client, "" where no request is being answered."""
    request = _current()
    return _resolve[0](request).address if request is not None else ""


def request_id() -> str:
    """The id of the request: as a trusted proxy gives it, else made; "" where no request is being answered."""
    request = _current()
    if request is None:
        return ""
    if request.id is None:
        sent = request.headers.get(REQUEST_ID, "")
        taken = _SENT_ID.fullmatch(sent) and _resolve[0](request).trusted
        request.id = sent if taken else secrets.token_hex(8)
    return request.id


def onward_headers() -> dict[str, str]:
    """The headers by which a service behind tells which request it works for; none where no request is answered.

    `traceparent` (W3C Trace Context) is passed on as it came, where it is one.
    """
    request = _current()
    if request is None:
        return {}
    trace = request.headers.get(TRACE_PARENT, "")
    return {REQUEST_ID: request_id(), **({TRACE_PARENT: trace} if _TRACE.fullmatch(trace) else {})}


def _current() -> RequestContext | None:
    request = CURRENT.get()
    return None if request is None or request.id == ANSWERED else request
