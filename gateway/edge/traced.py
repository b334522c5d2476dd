"""What a trace tells of one request: the head and the body as they came, the answer; nothing that must be hidden."""

import time
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Final
from urllib.parse import parse_qsl

from gateway.interface.operation import Operation
from gateway.ops import request_context
from gateway.trace.traces import Traces
from gateway.wire.headers import REQUEST_HEADER
from gateway.wire.http import AnyResponse, Request, Response

_HEADERS: Final = ("User-Agent", "Content-Type", "Content-Length", "traceparent")
_LONGEST: Final = 120
_SET_GUID: Final = "Set-GUID: "


class _Watch:
    """One request that is being answered, and what is told of it once its agent is known."""

    def __init__(self, traces: Traces, operation: Operation, request: Request) -> None:
        self.agent_id = 0
        self._traces = traces
        self._operation = operation
        self._request = request
        self._named = request_context.request_id()
        self._began_s = time.perf_counter()

    def known(self, agent_id: int) -> None:
        """It is this agent's, who is traced: tells of the head."""
        self.agent_id = agent_id
        traces, request = self._traces, self._request
        traces.put(
            agent_id,
            "request",
            request=self._named,
            operation=self._operation.name,
            method=request.method,
            path=_path(traces, self._operation, request),
            query=_query(traces, request),
            address=request_context.address(),
            guid=" ".join(map(traces.masks.guid, request.headers.getall(REQUEST_HEADER, ()))),
            **{name.lower().replace("-", "_"): _plain(request.headers.get(name, "")) for name in _HEADERS},
        )

    def named_at_last(self, agent_id: int, raw_body: bytes) -> None:
        """As `known`, when the body is here already; once, and only of an agent who is traced."""
        if not self.agent_id and agent_id in self._traces.agents:
            self.known(agent_id)
            tell_body(self._traces, agent_id, raw_body)

    def answered(self, response: AnyResponse) -> AnyResponse:
        """The same answer, told of where the agent is known."""
        if self.agent_id:
            masks, body, set_guid = self._traces.masks, "<a file>", ""
            if isinstance(response, Response):
                body, set_guid = masks.body(response.body), masks.guid(_handed_out(response))
            facts = {"request": self._named, "status": response.status, "ms": self._took_ms()}
            self._traces.put(self.agent_id, "answer", **facts, set_guid=set_guid, body=body)
        return response

    def _took_ms(self) -> float:
        return round((time.perf_counter() - self._began_s) * 1000, 1)


_UNNAMED: Final[ContextVar[_Watch | None]] = ContextVar("unnamed", default=None)
"""What is being answered without its path telling whose it is, while anybody is traced."""


async def watched(
    traces: Traces,
    agent_id: int,
    operation: Operation,
    request: Request,
    answer: Awaitable[AnyResponse],
) -> AnyResponse:
    """The answer, of which it is told as of the request; with the agent 0 from the moment that `known` is called."""
    watch = _Watch(traces, operation, request)
    if agent_id:
        watch.known(agent_id)
        return watch.answered(await answer)
    token = _UNNAMED.set(watch)
    try:
        return watch.answered(await answer)
    finally:
        _UNNAMED.reset(token)


def known(raw_body: bytes, agent_id: int) -> None:
    """The request that is being answered, of this body, turns out to be this agent's."""
    watch = _UNNAMED.get()
    if watch is not None:
        watch.named_at_last(agent_id, raw_body)


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
