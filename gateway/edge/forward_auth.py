"""`/gateway/auth`: may a request pass that somebody else serves? A reverse proxy asks.

The proxy sends the head of the request as it came, and its target in `X-Original-URI` or `X-Forwarded-Uri`. The agent
is the one in its path, by the rows of the operations, whatever its method; on other paths the client names the agent in
`X-Agent-Id`. The `guid` header is checked as for any operation that hands out nothing: it counts as use, a GUID in its
grace is accepted, and a new one is told by polls and heartbeats alone, which go to the gateway itself.

Anybody may ask, not only TRUSTED_PROXIES: the answer goes to who asked and tells no more than any operation does. What
must hold is that all who read the request mean the same agent. So a path that other servers may read otherwise (`..`,
`;`, an encoded slash) is refused, and so are headers that name two targets or agents: the client wrote one of them.
"""

import json
import re
from typing import Final
from urllib.parse import unquote

from gateway.edge.agent_request import Reply, Services, error_response, to_response
from gateway.edge.dispatch import Page, path_of
from gateway.interface import validate
from gateway.interface.operation import PREFIX, Operation, OperationTable
from gateway.ops import metrics
from gateway.wire import envelope, retcodes
from gateway.wire.errors import GatewayError, Malformed, MethodNotAllowed, NotFound, Refused
from gateway.wire.headers import OF_ANSWERS, REQUEST_HEADER, read_guid
from gateway.wire.http import AnyResponse, Request, Response

PATH: Final = "/gateway/auth"
TARGETS: Final = ("X-Original-URI", "X-Forwarded-Uri")
AGENT: Final = "X-Agent-Id"
RETCODE: Final = "X-Retcode"
REFUSAL: Final = "X-Refusal"
"""The body of a refusal once more, for proxies that keep the body of such an answer to themselves."""
NAME: Final = "forwardAuth"
"""Of these checks in the metrics."""
_READ_OTHERWISE: Final = re.compile(r"[\x00-\x1f\x7f\\;%#?\ufffd]|/\.{1,2}(/|$)")
_TARGET: Final = re.compile(r"(https?://[^/?#]+)?/[^#]*\Z")
_ROW: Final = Operation(NAME, "GET", "{agentid}")


def pages(services: Services, table: OperationTable) -> dict[str, Page]:
    """The page by path. It answers 204, 401 with the refusal (`X-Retcode`, `X-Refusal`, and the usual body), or 503."""

    async def check(request: Request) -> AnyResponse:
        if request.body_exists:
            request.peer.close_after_answer()  # Some proxies announce a body that they do not send.
        targets = _all(request, *TARGETS)
        if not targets:
            return error_response(Malformed("the proxy must send the request target in X-Original-URI"))
        try:
            agent_id = _agent_id(table, targets, _all(request, AGENT))
            await services.sessions.check(agent_id, read_guid(request.headers.getall(REQUEST_HEADER, ())))
        except GatewayError as problem:
            metrics.CALLS.answered(NAME, problem.retcode)
            return _refusal(problem)
        metrics.CALLS.answered(NAME, retcodes.SUCCESS)
        return Response(status=204, headers={**OF_ANSWERS, AGENT: str(agent_id), RETCODE: retcodes.SUCCESS})

    return {PATH: check}


def _refusal(problem: GatewayError) -> AnyResponse:
    """401 for whatever the client has to change, since nginx takes every other one for a failure of ours."""
    told = _in_headers(problem)
    if problem.status >= 500:
        return error_response(problem, told)
    headers = {"WWW-Authenticate": 'Guid realm="agents"'}
    return to_response(Reply(envelope.error(problem), problem.retcode, headers), told, 401)


def _in_headers(problem: GatewayError) -> dict[str, str]:
    """Headers are ASCII: the JSON has escapes for the rest."""
    refusal = {"message": problem.message, "retcode": problem.retcode}
    return {RETCODE: problem.retcode, REFUSAL: json.dumps(refusal, separators=(",", ":"))}


def _all(request: Request, *names: str) -> set[str]:
    return {value for name in names for value in request.headers.getall(name, ()) if value}


def _agent_id(table: OperationTable, targets: set[str], claimed: set[str]) -> int:
    """The one agent that the path or else the header names. Raises Refused and NotFound."""
    paths = {path_of(target) for target in targets}
    if len(paths) > 1 or not all(map(_TARGET.match, targets)) or any(map(_may_be_read_otherwise, paths)):
        raise Refused(retcodes.BAD_PARAMETER, "the request target must be one plain path")
    named = _in_path(table, paths.pop()) | claimed
    if len(named) != 1:
        raise Refused(retcodes.BAD_PARAMETER, "one agent must be named: in the path, else in X-Agent-Id")
    return validate.agent_id(named.pop(), _ROW)


def _may_be_read_otherwise(path: str) -> bool:
    plain = unquote(path)
    return plain.count("/") != path.count("/") or _READ_OTHERWISE.search(plain) is not None


def _in_path(table: OperationTable, path: str) -> set[str]:
    """The agent that an operation's path names; nothing for paths that are none of ours. Raises NotFound."""
    if unquote(path).split("/")[1].lower() != PREFIX[0]:
        return set()
    try:
        match = table.find("GET", path)
    except MethodNotAllowed as other:
        match = table.find(other.allowed[0], path)
    if not match.operation.caller:
        raise NotFound("no agent in the path: sign in at the gateway itself")
    return {match.values[match.operation.caller]}
