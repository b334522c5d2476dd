"""A request of an agent on its way through the edge, the parts that answering it needs, and its answer as HTTP."""

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from pydantic_core import to_json

from gateway.backend import Backend, BackendAnswer, Message, OperationRequest, Upstream
from gateway.edge.client_address import ClientAddress, client_address
from gateway.events.delivery import HandOuts, SignInAnswers
from gateway.events.poll import PollService
from gateway.events.push import PushService
from gateway.interface import validate
from gateway.interface.operation import Operation
from gateway.nodes.node_keeper import Drain
from gateway.sessions.model import Session
from gateway.sessions.service import SessionService
from gateway.settings.schema import Settings
from gateway.wire import envelope
from gateway.wire.errors import GatewayError, MethodNotAllowed, Unavailable
from gateway.wire.headers import AGENT_JSON, OCTETS, of_answers
from gateway.wire.http import AnyResponse, PeerConnection, Request, Response, StreamedResponse, header_lines

CLIENT_LENGTH: Final = 120
Row_co = TypeVar("Row_co", bound=Operation, covariant=True)


@dataclass(slots=True)
class AgentRequest(Generic[Row_co]):
    """A request whose row and agent are known; the agent is 0 where the path names none.

    `guid`: the GUID it carries, "" for none. `path` is that of its target as it was understood, `values` are path and
    query parameters by name, `body` is as it came. `settings` gives those of the moment. Once its GUID is accepted it
    goes on to the contact centre as the `backend.OperationRequest` of a session (`to_centre`): one is made for every
    call, and another object would take as long again.
    """

    http: Request
    operation: Row_co
    agent_id: int
    guid: str
    path: str
    values: Mapping[str, str]
    body: bytes
    settings: Callable[[], Settings]
    session_id: str = ""
    upstream: Upstream | None = None

    @property
    def address(self) -> ClientAddress:
        """Where it came from, proxies aside."""
        return client_address(self.http, self.settings().trusted_proxies)

    @property
    def peer(self) -> PeerConnection:
        """The connection it came on."""
        return self.http.peer

    @property
    def client(self) -> str:
        """What the client says of itself, for reports: printable ASCII, bounded."""
        name = self.http.headers.get("User-Agent", "")[:CLIENT_LENGTH]
        return "".join(char if char.isascii() and char.isprintable() else "?" for char in name)

    def ip(self) -> str:
        """The IP address that it came from, proxies aside."""
        return self.address.ip

    @property
    def message(self) -> Message:
        """See `backend.OperationRequest`."""
        return self.message_with(self.body)

    def message_with(self, body: bytes, *, forwarded: bool = False) -> Message:
        """The request for the contact centre, its target as it was understood: no other host, no empty segment."""
        http = self.http
        path = self.path.rstrip("/")
        query = http.raw_path.partition("#")[0].partition("?")[2] if "?" in http.raw_path else ""
        content_type = http.headers.get("Content-Type", "")
        return Message(http.method, f"{path}?{query}" if query else path, body, content_type, self.ip, forwarded)


def understood(raw: bytes) -> bytes:
    """A JSON body encoded anew from what was read, so that whoever reads it next reads the same; others as they came.

    Of a member that is there twice the last one counts.
    """
    try:
        return to_json(validate.read_json(raw))
    except ValueError:
        return raw.removeprefix(codecs.BOM_UTF8)


def to_centre(request: AgentRequest[Operation], session: Session, body: bytes) -> OperationRequest:
    """The request as the contact centre gets it: it becomes one of this session, with this body."""
    request.session_id, request.upstream, request.body = session.id, session.upstream, body
    return request


@dataclass(frozen=True, slots=True)
class Services:
    """`settings` gives those of the moment; `owes` is called when the backend is owed an end.

    `drain` tells whether an operator drains this node.
    """

    settings: Callable[[], Settings]
    sessions: SessionService
    polls: PollService
    hand_outs: HandOuts
    sign_ins: SignInAnswers
    push: PushService
    backend: Backend
    owes: Callable[[], None]
    drain: Drain = field(default_factory=Drain)


NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_ALWAYS: Final = of_answers(AGENT_JSON)
_ALWAYS_LINES: Final = header_lines(_ALWAYS)


Reply = BackendAnswer
"""An answer before it is HTTP: the backend's or one of the gateway's own."""


def to_response(reply: Reply, extra: Mapping[str, str], status: int = 200) -> AnyResponse:
    """The HTTP response; `extra` are headers of the connection's own concern (CORS)."""
    body, _, given = reply
    if isinstance(body, bytes) and "Content-Type" not in given:
        more = header_lines({**given, **extra}) if given or extra else ""
        return Response(body, status, lines=_ALWAYS_LINES + more)
    headers = {**_ALWAYS, "Content-Type": OCTETS, **given, **extra}
    if isinstance(body, bytes):
        return Response(body, status, headers)
    return StreamedResponse(body, status, headers)


def error_response(problem: GatewayError, extra: Mapping[str, str] = NO_HEADERS) -> AnyResponse:
    """The one mapping from errors to answers."""
    headers: dict[str, str] = {}
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        headers["Retry-After"] = str(problem.retry_after_s)
    return to_response(Reply(envelope.error(problem), problem.retcode, headers), extra, problem.status)
