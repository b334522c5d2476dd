"""login, forcelogin and their variants: the contact centre says who may come in, session and GUID are ours."""

from functools import partial
from typing import Final

from pydantic import Field
from pydantic_core import to_json

from gateway.backend import SignInRequest
from gateway.edge import traced
from gateway.edge.agent_request import AgentRequest, Reply, Services
from gateway.interface import validate
from gateway.interface.fields import Body, ServiceToken
from gateway.interface.operation import SignIn
from gateway.interface.sign_in_models import SignInBody
from gateway.sessions.model import PushWay
from gateway.sessions.signing import Terms, sign_in
from gateway.wire.errors import GatewayError
from gateway.wire.guid_headers import signed_in

_EVENT_WAY: Final = ("callBackUri", "serviceToken", "pushUrl")


class _EventWay(Body):
    """The members of a sign-in that are the gateway's business alone: where events are pushed to."""

    call_back_uri: str = Field("", max_length=200)
    service_token: ServiceToken = ""
    push_url: str = Field("", max_length=200)


async def answer(services: Services, request: AgentRequest[SignIn]) -> Reply:
    """The backend's answer, with the first GUID.

    Nothing is kept for a sign-in before its credentials are right: who guesses is in nobody's way.
    """
    services.drain.refuse_sign_in()
    row, backend = request.operation, services.backend
    members = validate.read_object(row, request.raw_body)
    way = _event_way(services, row, members)
    message = request.message(_without_event_way(request.raw_body, members), forwarded=request.address.forwarded)
    known = partial(traced.known, request.raw_body)
    admitted = await backend.admit(SignInRequest(row, request.agent_id, message, known))
    known(admitted.agent_id)
    terms = Terms(
        admitted.agent_id,
        services.settings().node_name,
        force=row.force,
        may_be_forced=admitted.may_be_forced,
        way=way,
        client=request.client,
        let_in=admitted.let_in,
        address=request.address.ip,
    )
    try:
        opened = await sign_in(services.sessions, terms, partial(backend.enter, admitted))
    except GatewayError:
        await backend.withdraw(admitted)
        raise
    session, said = opened.session, opened.entered.answer
    services.push.opened(admitted.agent_id, session)
    backend.opened(admitted.agent_id, session.id, session.upstream)
    services.owes()
    return Reply(said.body, said.retcode, {**said.headers, **signed_in(opened.guid)})


def _event_way(services: Services, row: SignIn, members: dict[str, object]) -> PushWay | None:
    """Where events are pushed to; None where they are polled for, as after every sign-in of the light kind."""
    if row.body is None or not issubclass(row.body, SignInBody):
        return None
    given = validate.members(row, _EventWay, members)
    return services.push.way(given.call_back_uri, given.service_token, given.push_url)


def _without_event_way(raw: bytes, members: dict[str, object]) -> bytes:
    """The body for the backend, each member once, so that it reads what was read here."""
    if not raw.strip():
        return b""
    return to_json({name: value for name, value in members.items() if name not in _EVENT_WAY})
