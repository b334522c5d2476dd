"""Operations and sign-outs with BACKEND = upstream: our GUID is checked, the rest is the service's to judge."""

import codecs
from typing import cast

from gateway.backends.relay import Relay, RelayCall, Relayed, Sent
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.edge.sign_out import cause
from gateway.edge.target import understood
from gateway.operations.operation import Answer, SignOut
from gateway.ops import audit
from gateway.sessions.model import EndReason
from gateway.sessions.service import Caller
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused, Unavailable


def sent(ask: Ask, body: bytes | None = None) -> Sent:
    """The request, its target and its body as they were understood here; perhaps with another body."""
    request = ask.request
    return Sent(
        request.method,
        understood(request.raw_path),
        ask.raw_body.removeprefix(codecs.BOM_UTF8) if body is None else body,
        request.headers.get("Content-Type", ""),
        ask.address.ip,
    )


def passed_on(answer: Relayed, headers: dict[str, str] | None = None) -> Reply:
    """The service's answer as ours."""
    return Reply(answer.body, headers={**answer.headers, **(headers or {})}, retcode=answer.retcode)


async def perform(services: Services, ask: Ask) -> Reply:
    """An operation."""
    caller = await services.sessions.call(ask.agent_id, ask.guid)
    return passed_on(await _perform(services, ask, caller))


async def sign_out(services: Services, ask: Ask) -> Reply:
    """Ends the caller's own session, there first; a forced sign-out works without the service too."""
    row = cast(SignOut, ask.operation)
    caller = await services.sessions.call(ask.agent_id, ask.guid)
    try:
        answer = await _perform(services, ask, caller)
    except Unavailable:
        if not row.force:
            raise
        answer = None
    if answer is not None and answer.retcode != retcodes.SUCCESS:
        return passed_on(answer)
    code, session_id = _cause(row, ask), caller.session.id
    told = answer is not None
    await services.sessions.end(ask.agent_id, session_id, EndReason.SIGNED_OUT, code, told=told)
    services.owes()
    audit.record("sign-out", ask.agent_id, reason=EndReason.SIGNED_OUT.name, code=code)
    if answer is not None:
        return passed_on(answer)
    return Reply(envelope.result({}) if row.answer is Answer.RESULT else envelope.DONE)


async def _perform(services: Services, ask: Ask, caller: Caller) -> Relayed:
    call = RelayCall(ask.operation, caller.record, caller.session, sent(ask), ask.values)
    return await cast(Relay, services.backend).perform(call)


def _cause(row: SignOut, ask: Ask) -> int:
    try:
        return cause(row, ask)
    except Refused:
        return 0  # What is valid is the service's to say.
