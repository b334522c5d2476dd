"""The operations that are the gateway's own: sign-in, sign-out, the event poll, the heartbeat, `updateGuid`.

Of a sign-in the contact centre says who may come in; session and GUID are ours.
"""

from functools import partial
from typing import Final

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from gateway.audit import trail
from gateway.backend import EndReason, Leave, LiveSession, SignInRequest
from gateway.edge import traced
from gateway.edge.agent_request import AgentRequest, Reply, Services, to_centre, understood
from gateway.edge.rows import SignOutReasonParameters
from gateway.interface import validate
from gateway.interface.fields import Body, ServiceToken
from gateway.interface.operation import AnswerKind, Heartbeat, Poll, Renew, SignIn, SignOut
from gateway.interface.sign_in_models import SignInBody
from gateway.sessions import signing
from gateway.sessions.model import PushWay, Session
from gateway.wire import envelope, retcodes
from gateway.wire.envelope import RECEIPT, read_receipt, receipt_of
from gateway.wire.errors import GatewayError, Refused
from gateway.wire.headers import handed_out, signed_in

_EVENT_WAY: Final = ("callBackUri", "serviceToken", "pushUrl")
_TOKEN: TypeAdapter[str] = TypeAdapter(ServiceToken)


class _EventWay(Body):
    """The members of a sign-in that are the gateway's business alone: where events are pushed to."""

    call_back_uri: str = Field("", max_length=200)
    service_token: ServiceToken = ""
    push_url: str = Field("", max_length=200)


async def sign_in(services: Services, request: AgentRequest[SignIn]) -> Reply:
    """The backend's answer, with the first GUID.

    Nothing is kept for a sign-in before its credentials are right: who guesses is in nobody's way.
    """
    services.drain.refuse_sign_in()
    row, backend = request.operation, services.backend
    members = validate.read_object(row, request.body)
    way = _event_way(services, row, members)
    address = request.address
    message = request.message_with(_without_event_way(request.body, members), forwarded=address.forwarded)
    known = partial(traced.known, request.body)
    admitted = await backend.admit(SignInRequest(row, request.agent_id, message, known))
    known(admitted.agent_id)
    terms = signing.Terms(
        admitted.agent_id,
        services.settings().node_name,
        force=row.force,
        may_be_forced=admitted.may_be_forced,
        way=way,
        client=request.client,
        let_in=admitted.let_in,
        address=address.ip,
    )
    try:
        opened = await signing.sign_in(services.sessions, terms, partial(backend.enter, admitted))
    except GatewayError:
        await backend.withdraw(admitted)
        raise
    session, said = opened.session, opened.entered.answer
    services.sign_ins.sent(admitted.agent_id, session.id, request.peer)
    services.push.opened(admitted.agent_id, session)
    backend.opened(admitted.agent_id, session.id, session.upstream)
    if opened.owes:
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


async def sign_out(services: Services, request: AgentRequest[SignOut]) -> Reply:
    """Asks the contact centre, unless it is by force, and ends the session in the store; then the centre is told."""
    row, agent_id = request.operation, request.agent_id
    session = await services.sessions.check(agent_id, request.guid)
    code = _cause(row, request)
    leave = Leave() if row.force else await _ask_to_leave(services, request, session)
    try:
        await services.sessions.end(agent_id, session.id, EndReason.SIGNED_OUT, code, told=leave.told)
    except BaseException:
        if not row.force:
            services.backend.stay(agent_id, session.id)
        raise
    services.owes()
    trail.record("sign-out", agent_id, session=session.id, reason=EndReason.SIGNED_OUT.name, code=code)
    if leave.answer is not None:
        return leave.answer
    return Reply(envelope.result({}) if row.answer is AnswerKind.RESULT else envelope.DONE)


async def _ask_to_leave(services: Services, request: AgentRequest[SignOut], session: Session) -> Leave:
    """Raises Refused where the agent may not sign out now."""
    live = LiveSession(request.agent_id, session.id, session.started_ms, upstream=session.upstream)
    body = request.body
    return await services.backend.ask_to_leave(live, to_centre(request, session, understood(body) if body else body))


def _cause(row: SignOut, request: AgentRequest[SignOut]) -> int:
    """The sign-out cause that the client gave, 0 for none. Raises Refused (`100-005`)."""
    try:
        parameters = validate.parameters(row, request.values)
    except Refused as wrong:
        raise Refused(retcodes.BAD_SIGN_OUT, wrong.message) from None
    return parameters.reason if isinstance(parameters, SignOutReasonParameters) else 0


async def poll(services: Services, request: AgentRequest[Poll]) -> Reply:
    """An event, or the empty poll. Refusals come after a rest (see `events.parking`)."""
    said = request.http.headers.get(RECEIPT)
    receipt = read_receipt(said) if said is not None else None
    polled = await services.polls.poll(request.agent_id, request.guid, request.peer, receipt)
    headers = handed_out(polled.hand_out) if polled.hand_out else {}
    if polled.event is None:
        return Reply(envelope.EMPTY_POLL, headers=headers)
    if receipt is not None:
        headers |= receipt_of(polled.event.id)
    return Reply(envelope.event(polled.event.body), headers=headers)


async def heartbeat(services: Services, request: AgentRequest[Heartbeat]) -> Reply:
    """Keeps the session alive and hands out a GUID as the poll does; in push mode it may bring a new service token."""
    caller = await services.sessions.call(request.agent_id, request.guid, hands_out=True)
    token = request.http.headers.get("service_token", "")
    _check_token(token)
    await services.push.heard(request.agent_id, caller.session, token)
    services.hand_outs.sent(caller, request.peer)
    headers = handed_out(caller.hand_out) if caller.hand_out else {}
    if request.operation.tells_login_time:
        return Reply(envelope.result({"loginTime": str(caller.session.started_ms)}), headers=headers)
    return Reply(envelope.DONE, headers=headers)


async def update_guid(services: Services, request: AgentRequest[Renew]) -> Reply:
    """The new GUID goes out in the body and in `Set-GUID`."""
    caller = await services.sessions.renew(request.agent_id, request.guid)
    services.hand_outs.sent(caller, request.peer)
    return Reply(envelope.result({"guid": caller.hand_out}), headers=handed_out(caller.hand_out))


def _check_token(token: str) -> None:
    try:
        _TOKEN.validate_python(token)
    except ValidationError:
        raise Refused(
            retcodes.BAD_SIGN_IN, "service_token: at most 50 characters, letters, digits and -_. only"
        ) from None
