"""Every operation that the backend performs: check the GUID, validate, perform, reply."""

from typing import cast

from gateway.backends.base import Backend, Call
from gateway.edge import validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.fields import Body, Parameters
from gateway.operations.operation import Answer
from gateway.wire import envelope

_NONE = Parameters()


async def answer(services: Services, ask: Ask) -> Reply:
    """The GUID comes first: who has no right learns nothing of what would be valid."""
    caller = await services.sessions.call(ask.agent_id, ask.guid)
    row = ask.operation
    parameters = _NONE
    if row.parameters is not Parameters:
        parameters = cast(Parameters, validate.parameters(row, ask.values))
    body = cast("Body | None", validate.body(row, ask.raw_body, ask.values))
    call = Call(row, caller.record, caller.session.id, parameters, body, lambda: ask.address.ip)
    result = await cast(Backend, services.backend).perform(call)
    return Reply(envelope.result(result) if row.answer is Answer.RESULT else envelope.DONE)
