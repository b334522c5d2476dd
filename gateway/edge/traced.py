"""What a trace tells of one request: the head and the body as they came, the answer; nothing that must be hidden."""

import time
from collections.abc import Awaitable
from typing import Final
from urllib.parse import parse_qsl

from gateway.interface.operation import Operation
from gateway.ops import request_context
from gateway.trace.traces import Traces
from gateway.wire.guid_headers import REQUEST_HEADER
from gateway.wire.http import AnyResponse, Request, Response

_HEADERS: Final = ("User-Agent", "Content-Type", "Content-Length", "traceparent")
_LONGEST: Final = 120
_SET_GUID: Final = "Set-GUID: "


async def watched(
    traces: Traces,
    agent_id: int,
    operation: Operation,
    request: Request,
    answer: Awaitable[AnyResponse],
) -> AnyResponse:
    """The answer, of which it is told as of the request."""
    began_s = time.perf_counter()
    named = request_context.request_id()
    traces.put(
        agent_id,
        "request",
        request=named,
        operation=operation.name,
        method=request.method,
        path=_path(traces, operation, request),
        query=_query(traces, request),
        address=request_context.address(),
        guid=" ".join(map(traces.masks.guid, request.headers.getall(REQUEST_HEADER, ()))),
        **{name.lower().replace("-", "_"): _plain(request.headers.get(name, "")) for name in _HEADERS},
    )
    response = await answer
    took_ms = round((time.perf_counter() - began_s) * 1000, 1)
    body = traces.masks.body(response.body) if isinstance(response, Response) else "<a file>"
    set_guid = traces.masks.guid(_handed_out(response)) if isinstance(response, Response) else ""
    traces.put(agent_id, "answer", request=named, status=response.status, ms=took_ms, set_guid=set_guid, body=body)
    return response


def tell_body(traces: Traces, agent_id: int, raw_body: bytes) -> None:
    """The body of the request that is being answered is here."""
    if raw_body:
        traces.put(agent_id, "body", request=request_context.request_id(), body=traces.masks.body(raw_body))


def _path(traces: Traces, operation: Operation, request: Request) -> str:
    """As the row has it, with the values that may be shown."""
    given = request.path.rstrip("/").split("/")
    row = operation.path.split("/")
    values = zip(row, given[-len(row) :], strict=False)
    return "/".join(traces.masks.named(part[1:-1], value) if part[:1] == "{" else part for part, value in values)


def _query(traces: Traces, request: Request) -> str:
    pairs = parse_qsl(request.raw_path.partition("#")[0].partition("?")[2], keep_blank_values=True)[:20]
    return "&".join(f"{traces.masks.name(name)}={traces.masks.named(name, value)}" for name, value in pairs)


def _handed_out(response: Response) -> str:
    lines = (line for line in response.lines.split("\r\n") if line.startswith(_SET_GUID))
    return next(lines, "")


def _plain(text: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() else "?" for char in text[:_LONGEST])
