"""The pages of the admin listener: a table of routes behind one guard (design section 2).

Any room adds routes: `Route("POST", "/sim/calls", answer)`. What a route answers goes out as JSON, a `Page` as it is; a
GatewayError that it raises becomes its status and `{"error":...}`, with 409 for a business refusal.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import to_json

from gateway.ops.admin_guard import Guard
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, MethodNotAllowed, NotFound, Unavailable
from gateway.wire.http import Request, Response

BODY_MAX_BYTES: Final = 65_536
BODY_TIMEOUT_MS: Final = 10_000
_REFUSED: Final = 409
_HEADERS: Final = {"Cache-Control": "no-store", "Server": "AgentGateway", "X-Content-Type-Options": "nosniff"}
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One request: the `{names}` of its path, its query, its body as it came."""

    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is not JSON."""

    body: bytes
    content_type: str


Answer = Callable[[AdminCall], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Route:
    """One page. `path` may hold `{names}`, each for one part of the path."""

    method: str
    path: str
    answer: Answer


class AdminPages:
    """The handler of the admin listener."""

    def __init__(self, token: str, routes: Iterable[Route] = ()) -> None:
        self._guard = Guard(token)
        self._routes = list(routes)

    def add(self, routes: Iterable[Route]) -> None:
        """Serves these pages too."""
        self._routes.extend(routes)

    async def handle(self, request: Request) -> Response:
        """Answers one request; only bugs raise."""
        refusal = self._guard.refusal(request)
        if refusal is not None:
            request.peer.close_after_answer()
            return _json({"error": refusal.error}, refusal.status, refusal.headers)
        try:
            route, values = self._find(request.method, request.path)
            body = await read_body(request, BODY_MAX_BYTES, BODY_TIMEOUT_MS)
            answer = await route.answer(AdminCall(values, request.query, body))
        except GatewayError as problem:
            return _problem(problem)
        if isinstance(answer, Page):
            return Response(body=answer.body, headers={**_HEADERS, "Content-Type": answer.content_type})
        return _json(answer)

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        here = [(route, values) for route in self._routes if (values := _values(route.path, path)) is not None]
        if not here:
            raise NotFound("there is no such page")
        for route, values in here:
            if route.method == method:
                return route, values
        raise MethodNotAllowed(tuple(route.method for route, _ in here))


def _values(pattern: str, path: str) -> dict[str, str] | None:
    """What stands in `path` for the names of `pattern`; None where it is another path."""
    names, parts = pattern.split("/"), path.split("/")
    if len(names) != len(parts):
        return None
    values = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{"):
            values[name[1:-1]] = part
        elif name != part:
            return None
    return values


def _problem(problem: GatewayError) -> Response:
    extra: dict[str, str] = {}
    if isinstance(problem, MethodNotAllowed):
        extra["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        extra["Retry-After"] = str(problem.retry_after_s)
    status = problem.status if problem.status != 200 else _REFUSED
    return _json({"error": problem.message}, status, extra)


def _json(value: object, status: int = 200, extra: Mapping[str, str] | None = None) -> Response:
    headers = {**_HEADERS, "Content-Type": _JSON, **(extra or {})}
    return Response(body=to_json(value, by_alias=True), status=status, headers=headers)
