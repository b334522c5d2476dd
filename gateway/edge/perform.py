"""Every operation that the backend performs: check the GUID, validate, perform, reply."""

from typing import cast

from gateway.backends.base import Backend, Call, File
from gateway.edge import validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply, of_file
from gateway.edge.services import Services
from gateway.operations.fields import Body, Parameters
from gateway.operations.operation import Answer
from gateway.wire import envelope

_NONE = Parameters()


async def answer(services: Services, ask: Ask, file: File | None = None) -> Reply:
    """The GUID comes first: who has no right learns nothing of what would be valid. `file` comes with an upload."""
    caller = await services.sessions.call(ask.agent_id, ask.guid)
    row = ask.operation
    parameters = _NONE
    if row.parameters is not Parameters:
        parameters = cast(Parameters, validate.parameters(row, ask.values))
    body = cast("Body | None", validate.body(row, ask.raw_body, ask.values))
    call = Call(row, caller.record, caller.session.id, parameters, body, lambda: ask.address.ip, file)
    result = await cast(Backend, services.backend).perform(call)
    if isinstance(result, File):
        return of_file(result.name, result.data)
    return Reply(envelope.result(result) if row.answer is Answer.RESULT else envelope.DONE)
