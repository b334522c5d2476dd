"""logout, forcelogout, forcelogoutwithreason: ends the caller's own session."""

from gateway.audit import trail
from gateway.backend import EndReason, Leave, LiveSession
from gateway.edge.agent_request import AgentRequest, Reply, Services, to_centre, understood
from gateway.edge.rows import SignOutReasonParameters
from gateway.interface import validate
from gateway.interface.operation import AnswerKind, SignOut
from gateway.sessions.model import Session
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused


async def answer(services: Services, request: AgentRequest[SignOut]) -> Reply:
    """Asks the contact centre, unless it is by force, and ends the session in the store; then the centre is told."""
    row, agent_id = request.operation, request.agent_id
    caller = await services.sessions.call(agent_id, request.guid)
    session, code = caller.session, _cause(row, request)
    leave = Leave() if row.force else await _ask(services, request, session)
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


async def _ask(services: Services, request: AgentRequest[SignOut], session: Session) -> Leave:
    """Raises Refused where the agent may not sign out now."""
    live = LiveSession(request.agent_id, session.id, session.started_ms, upstream=session.upstream)
    body = request.raw_body
    return await services.backend.ask_to_leave(live, to_centre(request, session, understood(body) if body else body))


def _cause(row: SignOut, request: AgentRequest[SignOut]) -> int:
    """The sign-out cause that the client gave, 0 for none. Raises Refused (`100-005`)."""
    try:
        parameters = validate.parameters(row, request.values)
    except Refused as wrong:
        raise Refused(retcodes.BAD_SIGN_OUT, wrong.message) from None
    return parameters.reason if isinstance(parameters, SignOutReasonParameters) else 0
