"""The only writer of answers about tokens: `{"retCode":...,"message":...}`, the two fields of the interface."""

from collections.abc import Mapping
from typing import Final

from pydantic_core import to_json

from gateway.tokens import causes
from gateway.tokens.causes import Cause
from gateway.tokens.issuing import Issued
from gateway.wire.errors import GatewayError, MethodNotAllowed, Unavailable
from gateway.wire.http import Response

_ALWAYS: Final = {"Content-Type": "application/json", "Cache-Control": "no-store", "Server": "AgentGateway"}


class WrongApiKey(GatewayError):
    """The back end of the enterprise did not show the API key of this tenant."""

    status = 401


def verdict(found: tuple[Cause, ...], *, explain: bool) -> Response:
    """The answer to a validation; with `explain` it tells the first cause."""
    if not found:
        return _answer(200, causes.SUCCESS, causes.VALIDATED)
    if explain:
        return _answer(200, found[0].ret_code, found[0].message)
    return _answer(200, causes.REFUSED, causes.NOT_VALIDATED)


def issued(made: Issued) -> Response:
    """The answer that carries a token; `expiresIn` is in s."""
    more = {"Token": made.token, "expiresIn": made.lives_s}
    return _answer(200, causes.SUCCESS, "success", more=more)


def error(problem: GatewayError) -> Response:
    """The answer to a request that gets no verdict."""
    headers: dict[str, str] = {}
    code = causes.MALFORMED
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        code = causes.UNAVAILABLE
        headers["Retry-After"] = str(problem.retry_after_s)
    elif isinstance(problem, WrongApiKey):
        code = causes.REFUSED
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(problem.status, code, problem.message, headers)


def _answer(
    status: int,
    code: int,
    message: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    body = {"retCode": code, "message": message, **(more or {})}
    return Response(body=to_json(body), status=status, headers={**_ALWAYS, **(headers or {})})
