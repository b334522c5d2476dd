"""The request that is being answered: its id and the address of its client, for logs, the audit trail and upstream,
and its deadline.

Nothing is worked out until somebody asks: most requests are answered without a line.

The deadline says how long it may wait for the store over all of its steps, each of which has a time-out of its own
besides. It stands in the request, so that no function between needs to pass it on. It is that of the task which
answers: what that starts beside, such as writes of the outbox, has none.
"""

import asyncio
import math
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, Protocol

REQUEST_ID: Final = "X-Request-Id"
TRACE_PARENT: Final = "traceparent"
_SENT_ID: Final = re.compile(r"[A-Za-z0-9._:+/=@-]{1,128}")
_TRACE: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[0-9a-zA-Z._-]{1,64})?")
ANSWERED: Final = ""
CALL_S: Final = 0.95
SIGN_IN_S: Final = 1.9
"""With what is tidied up afterwards, the answer is there after 1 s, or 2 s for a sign-in."""
TIDY_S: Final = 0.05
"""What each step has that begins after the deadline: what was begun is undone if that is quick."""


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
goes (`answer_by_s` is without end again): tasks that it left behind do not work for it. Behind a crash its `id`
stays for the line that tells of it (`crashed`)."""
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


@contextmanager
def answer_within(request: RequestContext, span_s: float) -> Iterator[None]:
    """What waits for the store in this block, on behalf of `request`, is to be over in `span_s`.

    Behind it the request counts as answered: what comes then in this task is not told as its doing.
    """
    before = CURRENT.set(request)
    request.answered_by, request.answer_by_s = asyncio.current_task(), time.monotonic() + span_s
    try:
        yield
    finally:
        request.id, request.answer_by_s = ANSWERED, math.inf
        CURRENT.reset(before)


@contextmanager
def crashed(request: RequestContext) -> Iterator[str]:
    """What is logged in this block is told of `request`, which a fault of ours has ended. Yields its id.

    That is the one of the lines before, unless it counted as answered already.
    """
    CURRENT.set(request)
    if request.id == ANSWERED:
        request.id = None
    yield request_id()
    request.id = ANSWERED


@contextmanager
def paused_deadline() -> Iterator[None]:
    """What is waited for here is not the store: that time does not count."""
    request = CURRENT.get()
    if request is None or request.answer_by_s == math.inf or request.answered_by is not asyncio.current_task():
        yield
        return
    left_s, request.answer_by_s = request.answer_by_s - time.monotonic(), math.inf
    try:
        yield
    finally:
        if request.id != ANSWERED:
            request.answer_by_s = time.monotonic() + left_s


def step_until(now_s: float, span_s: float) -> float:
    """When a step that begins now and may take `span_s` has to end; times of the event loop in s."""
    due_s, request = now_s + span_s, CURRENT.get()
    if request is None or due_s <= request.answer_by_s or request.answered_by is not asyncio.current_task():
        return due_s
    least_s = now_s + TIDY_S if span_s > TIDY_S else due_s
    return least_s if request.answer_by_s < least_s else request.answer_by_s
