"""The entrance: a request becomes a row and its answer (design sections 4 and 7)."""

import time
from collections.abc import Awaitable, Callable, Mapping

from gateway.edge import cors, heartbeat, perform, poll, relay, relay_sign_in, renew, sign_in, sign_out, validate
from gateway.edge.ask import Ask
from gateway.edge.paths import remembering
from gateway.edge.reply import Reply, of_error, to_response
from gateway.edge.services import Services
from gateway.edge.target import path_of
from gateway.edge.upload import Uploads
from gateway.operations.operation import Heartbeat, Operation, Poll, Renew, SignIn, SignOut, Unsupported, Upload
from gateway.operations.table import OperationTable
from gateway.ops import metrics
from gateway.wire import retcodes
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, Refused
from gateway.wire.guid_headers import REQUEST_HEADER, read_guid
from gateway.wire.http import AnyResponse, Request

Answerer = Callable[[Services, Ask], Awaitable[Reply]]
Page = Callable[[Request], Awaitable[AnyResponse]]

UNKNOWN_RETCODE = "other"


async def _refuse(_services: Services, ask: Ask) -> Reply:
    raise Refused(ask.operation.retcodes[0])


_ANSWERERS: dict[type[Operation], Answerer] = {
    Operation: perform.answer,
    SignIn: sign_in.answer,
    SignOut: sign_out.answer,
    Poll: poll.answer,
    Heartbeat: heartbeat.answer,
    Renew: renew.answer,
    Unsupported: _refuse,
}
_RELAYING: dict[type[Operation], Answerer] = {
    **_ANSWERERS,
    Operation: relay.perform,
    SignIn: relay_sign_in.answer,
    SignOut: relay.sign_out,
}
"""With BACKEND = upstream."""


class Edge:
    """The handler of the listeners. `pages` are the paths besides the agent interface."""

    def __init__(self, services: Services, pages: Mapping[str, Page]) -> None:
        self._services = services
        self._pages = dict(pages)
        uploads, relaying = Uploads(), services.settings().backend == "upstream"
        self._answerers = {
            **(_RELAYING if relaying else _ANSWERERS),
            Upload: uploads.relay if relaying else uploads.answer,
        }
        self._find = remembering(OperationTable().find)

    async def handle(self, request: Request) -> AnyResponse:
        """Answers one request; only bugs raise."""
        path = path_of(request.raw_path)
        page = self._pages.get(path)
        if page is not None:
            return await page(request)
        extra = cors.headers(request.headers.get("Origin"), self._services.settings().cors_origins)
        if request.method == "OPTIONS":
            preflight = cors.preflight(request, self._services.settings().cors_origins)
            if preflight is not None:
                return preflight
        try:
            return await self._answer(request, path, extra)
        except GatewayError as problem:
            return to_response(of_error(problem), extra)

    async def _answer(self, request: Request, path: str, extra: dict[str, str]) -> AnyResponse:
        began = time.perf_counter()
        match = self._find(request.method, path)
        operation = match.operation
        try:
            ask = await self._ask(request, operation, match.values)
            reply = await self._answerers[type(operation)](self._services, ask)
        except GatewayError as problem:
            metrics.CALLS.answered(operation.name, problem.retcode)
            raise
        if not isinstance(operation, Poll):
            metrics.CALLS.took(time.perf_counter() - began)
        known = reply.retcode in retcodes.MESSAGES
        metrics.CALLS.answered(operation.name, reply.retcode if known else UNKNOWN_RETCODE)
        return to_response(reply, extra)

    async def _ask(self, request: Request, operation: Operation, values: dict[str, str]) -> Ask:
        settings = self._services.settings()
        guid = read_guid(request.headers.getall(REQUEST_HEADER, ()))
        raw_body = b""
        if request.body_exists and not isinstance(operation, Upload):
            raw_body = await read_body(request, settings.body_max_bytes, settings.request_timeout_ms)
        caller = operation.caller
        agent_id = validate.agent_id(values[caller], operation) if caller else 0
        if "?" in request.raw_path:
            values = {**request.query, **values}
        return Ask(request, operation, agent_id, guid, values, raw_body, settings.trusted_proxies)
