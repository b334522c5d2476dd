"""logout, forcelogout, forcelogoutwithreason (contract onlineagent.yaml)."""

from typing import cast

from gateway.backends.base import Backend
from gateway.edge import validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.onlineagent_models import SignOutReasonParameters
from gateway.operations.operation import Answer, SignOut
from gateway.ops import audit
from gateway.sessions.model import EndReason
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused


async def answer(services: Services, ask: Ask) -> Reply:
    """Ends the caller's own session."""
    row = cast(SignOut, ask.operation)
    caller = await services.sessions.call(ask.agent_id, ask.guid)
    code = cause(row, ask)
    if not row.force and not cast(Backend, services.backend).may_sign_out(caller.record.state):
        raise Refused(retcodes.WRONG_SIGN_OUT_STATE)
    await services.sessions.end(ask.agent_id, caller.session.id, EndReason.SIGNED_OUT, code)
    services.owes()
    audit.record("sign-out", ask.agent_id, reason=EndReason.SIGNED_OUT.name, code=code)
    return Reply(envelope.result({}) if row.answer is Answer.RESULT else envelope.DONE)


def cause(row: SignOut, ask: Ask) -> int:
    """The sign-out cause that the client gave, 0 for none. Raises Refused (`100-005`)."""
    try:
        parameters = validate.parameters(row, ask.values)
    except Refused as wrong:
        raise Refused(retcodes.BAD_SIGN_OUT, wrong.message) from None
    return parameters.reason if isinstance(parameters, SignOutReasonParameters) else 0
