"""The entrance: the path of a request leads to a row, and that to an answer; the newest paths are remembered.

What the gateway answers itself is in `own_operations`. All else the contact centre performs: the GUID is checked here,
and what is asked is the centre's to judge.
"""

import asyncio
import math
import re
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from gateway.audit import trail
from gateway.backend import BackendAnswer, Declined
from gateway.edge import cors, own_operations, traced
from gateway.edge.agent_request import (
    NO_HEADERS,
    AgentRequest,
    Reply,
    Services,
    error_response,
    to_centre,
    to_response,
    understood,
)
from gateway.interface import validate
from gateway.interface.operation import (
    Heartbeat,
    Operation,
    OperationTable,
    Poll,
    Renew,
    SignIn,
    SignOut,
    Unsupported,
    Upload,
)
from gateway.ops import metrics, request_context
from gateway.ops.metrics import LabelCount
from gateway.ops.request_context import CALL_S, SIGN_IN_S, paused_deadline
from gateway.trace.traces import Traces
from gateway.wire import retcodes
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, Refused
from gateway.wire.headers import REQUEST_HEADER, read_guid
from gateway.wire.http import AnyResponse, Request, header_lines

REMEMBERED_PATHS: Final = 16_384
LONGEST_REMEMBERED: Final = 128
"""In characters; what agents send is shorter."""
REMEMBERED_MAX_BYTES: Final = 20 * 1_048_576
"""What REMEMBERED_PATHS of the longest take, with their routes."""
_SLASHES: Final = re.compile("//+")
R = TypeVar("R")


def path_of(target: str) -> str:
    """The path of a request target, of an absolute one too (RFC 9112, 3.2.2); doubled slashes in it are one.

    A fragment, which some clients send although it is theirs alone, is no part of it.
    """
    path = (target.partition("#")[0] if "#" in target else target).partition("?")[0]
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    return _SLASHES.sub("/", path) if "//" in path else path


def remembering(find: Callable[[str, str], R], most: int = REMEMBERED_PATHS) -> Callable[[str, str], R]:
    """The same as `find` (method, target), quicker for the newest targets, at most `most`. Refusals are not remembered.

    The memory is bounded in bytes too: whoever sends targets needs no credentials.
    """
    remembered = lru_cache(most)(find)

    def found(method: str, target: str) -> R:
        # Text that is not ASCII takes up to four times as much; queries are hardly ever the same.
        plain = len(target) <= LONGEST_REMEMBERED and target.isascii() and "?" not in target
        return (remembered if plain else find)(method, target)

    return found


Answerer = Callable[[Services, AgentRequest[Any]], Awaitable[Reply]]
Page = Callable[[Request], Awaitable[AnyResponse]]

UNKNOWN_RETCODE: Final = "other"
WITHIN_S: Final[Mapping[type[Operation], float]] = {SignIn: SIGN_IN_S, Poll: math.inf}
"""Polls have their hold; what is not here has CALL_S."""
UPLOADS_AT_ONCE: Final = 8
UPLOADS_TIMES_LONGER: Final = 6
"""A file may take so many times as long as another request (REQUEST_TIMEOUT)."""


async def perform(services: Services, request: AgentRequest[Operation]) -> BackendAnswer:
    """The GUID comes first: who has no right learns nothing of what would be valid."""
    session = await services.sessions.check(request.agent_id, request.guid)
    body = request.body
    return await services.backend.perform(to_centre(request, session, understood(body) if body else body))


class Uploads:
    """Operations that bring a file: who sends it is known before it is read, and few are read at a time.

    A file is in memory until it is answered or passed on, so that it can be sent again to a contact centre that has
    just replaced its GUID. It is passed on as it came.
    """

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def perform(self, services: Services, request: AgentRequest[Upload]) -> BackendAnswer:
        """As `perform`; reading may take a while, so that the GUID is checked once more behind it."""
        settings = services.settings()
        await services.sessions.check(request.agent_id, request.guid)
        async with AsyncExitStack() as place:
            with paused_deadline():
                await place.enter_async_context(self._places)
                time_ms = settings.request_timeout_ms * UPLOADS_TIMES_LONGER
                body = await read_body(request.http, settings.file_max_bytes, time_ms)
            session = await services.sessions.check(request.agent_id, request.guid)
            return await services.backend.perform(to_centre(request, session, body))


async def _refuse(_services: Services, request: AgentRequest[Unsupported]) -> Reply:
    raise Refused(request.operation.retcodes[0])


def _answerers() -> dict[type[Operation], Answerer]:
    return {
        Operation: perform,
        Upload: Uploads().perform,
        SignIn: own_operations.sign_in,
        SignOut: own_operations.sign_out,
        Poll: own_operations.poll,
        Heartbeat: own_operations.heartbeat,
        Renew: own_operations.update_guid,
        Unsupported: _refuse,
    }


class Route(NamedTuple):
    """Where a path leads: its row, who answers it, the agent that it names (0 for none) and its values by name.

    `within_s`: how long it may wait for the store in all. `reads_body`: its body is read before it is answered.
    `is_timed`: how long it takes says something of this process (polls wait). `successes` counts those.
    """

    path: str
    operation: Operation
    answerer: Answerer
    agent_id: int
    values: dict[str, str]
    within_s: float
    reads_body: bool
    is_timed: bool
    successes: LabelCount


class Edge:
    """The handler of the listeners. `table` has the rows, `pages` are the paths besides the agent interface.

    `traces` is told of the requests of traced agents; while there are none, nothing is called for it.
    """

    def __init__(
        self, services: Services, table: OperationTable, pages: Mapping[str, Page], traces: Traces | None = None
    ) -> None:
        self._services = services
        self._table = table
        self._pages = dict(pages)
        self._traces = traces
        self._traced: Mapping[int, int] = traces.agents if traces else {}
        self._answerers = _answerers()
        self._leads_to = remembering(self._find)

    def _find(self, method: str, target: str) -> Route | Page:
        """Raises NotFound and MethodNotAllowed."""
        path = path_of(target)
        if path != target:
            return self._leads_to(method, path)
        page = self._pages.get(path)
        return self._find_route(method, path) if page is None else page

    def _find_route(self, method: str, path: str) -> Route:
        match = self._table.find(method, path)
        operation, values = match.operation, match.values
        agent_id = 0
        if operation.caller:
            with suppress(Refused):  # Who is wrongly named is refused when the request has been counted as one.
                agent_id = validate.agent_id(values[operation.caller], operation)
        kind = type(operation)
        return Route(
            path,
            operation,
            self._answerers[kind],
            agent_id,
            values,
            WITHIN_S.get(kind, CALL_S),
            reads_body=kind is not Upload,
            is_timed=kind is not Poll,
            successes=metrics.OPERATIONS.of(operation.name, retcodes.SUCCESS),
        )

    def handle(self, request: Request) -> Awaitable[AnyResponse]:
        """Answers one request; only bugs raise."""
        known = request.head.route
        if type(known) is Route and not self._traced:
            return self._answer(request, known, NO_HEADERS)
        route: Route | Page | GatewayError
        try:
            route = self._leads_to(request.method, request.raw_path)
        except GatewayError as problem:
            route = problem.with_traceback(None)  # It would hold this frame, which holds it and the connection.
        if not isinstance(route, Route | GatewayError):
            return route(request)
        origin = request.headers.get("Origin")
        if origin is not None:
            return self._answer_across(origin, request, route)
        if not isinstance(route, GatewayError):
            request.head.route = route
        if self._traced:
            return self._answer_traced(request, route, NO_HEADERS)
        return self._answer(request, route, NO_HEADERS)

    def leave(self, origin: str | None) -> str:
        """Header lines of an answer that is made before anything leads here, for a page of this origin."""
        return header_lines(cors.headers(origin, self._services.settings().cors_origins))

    async def _answer_across(self, origin: str, request: Request, route: Route | GatewayError) -> AnyResponse:
        """As `_answer`, for a page of this origin."""
        settings = self._services.settings()
        allowed = settings.cors_origins
        preflight = cors.preflight(request, allowed, settings.cors_headers)
        return preflight or await self._answer_traced(request, route, cors.headers(origin, allowed))

    async def _answer_traced(
        self, request: Request, route: Route | GatewayError, extra: Mapping[str, str]
    ) -> AnyResponse:
        """As `_answer`; it is told of where the agent is traced."""
        answer = self._answer(request, route, extra)
        if self._traces is None or isinstance(route, GatewayError) or not self._may_be_traced(route):
            return await answer
        request_context.CURRENT.set(request)
        return await traced.watched(self._traces, route.agent_id, route.operation, request, answer)

    def _may_be_traced(self, route: Route) -> bool:
        """Whether it is of a traced agent, or of somebody who signs in by another name than the agent's number."""
        if route.agent_id:
            return route.agent_id in self._traced
        return bool(self._traced) and type(route.operation) is SignIn

    async def _answer(self, request: Request, route: Route | GatewayError, extra: Mapping[str, str]) -> AnyResponse:
        began_s = time.monotonic()
        if isinstance(route, GatewayError):
            return error_response(route, extra)
        request_context.CURRENT.set(request)
        id_afterwards = request_context.ANSWERED
        try:
            raw_body, waits_from_s = b"", began_s
            if request.body_exists and route.reads_body:
                raw_body, waits_from_s = await self._body(request), time.monotonic()
            if self._traces is not None and route.agent_id in self._traced:
                traced.tell_body(self._traces, route.agent_id, raw_body)
            request.answer_by_s = waits_from_s + route.within_s
            reply = await route.answerer(self._services, self._agent_request(request, route, raw_body))
        except Declined as declined:
            reply = declined.answer
        except GatewayError as problem:
            metrics.OPERATIONS.add(route.operation.name, problem.retcode)
            signs_in = isinstance(route.operation, SignIn)
            trail.record_refusal(route.operation.name, route.agent_id, problem, signs_in=signs_in)
            return error_response(problem, extra)
        except Exception:  # Whoever logs it names the request.
            id_afterwards = request_context.request_id()
            raise
        finally:
            request.id, request.answer_by_s = id_afterwards, math.inf
        if route.is_timed:
            seconds, took_s = metrics.OPERATION_SECONDS, time.monotonic() - began_s
            seconds.in_bucket[bisect_left(seconds.bounds, took_s)] += 1  # By hand: it is on the path of every call.
            seconds.sum_s += took_s
        if reply.retcode == retcodes.SUCCESS:
            route.successes.count += 1
        else:
            known = reply.retcode in retcodes.MESSAGES
            metrics.OPERATIONS.add(route.operation.name, reply.retcode if known else UNKNOWN_RETCODE)
        return to_response(reply, extra)

    def _body(self, request: Request) -> Awaitable[bytes]:
        settings = self._services.settings()
        return read_body(request, settings.body_max_bytes, settings.request_timeout_ms)

    def _agent_request(self, request: Request, route: Route, raw_body: bytes) -> AgentRequest[Any]:
        operation, agent_id, values = route.operation, route.agent_id, route.values
        guid = request.head.guid
        if guid is None:
            guid = request.head.guid = read_guid(request.headers.getall(REQUEST_HEADER, ()))
        if not agent_id and operation.caller:
            agent_id = validate.agent_id(values[operation.caller], operation)
        if "?" in request.raw_path:
            values = {**request.query, **values}
        return AgentRequest(request, operation, agent_id, guid, route.path, values, raw_body, self._services.settings)
