"""handshake, and heartbeat as older clients send it (contract connection.md section 7, older_clients.md)."""

from typing import cast

from pydantic import TypeAdapter, ValidationError

from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.fields import ServiceToken
from gateway.operations.operation import Heartbeat
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused
from gateway.wire.guid_headers import handed_out

_TOKEN: TypeAdapter[str] = TypeAdapter(ServiceToken)


async def answer(services: Services, ask: Ask) -> Reply:
    """Keeps the session alive and hands out a GUID as the poll does; in push mode it may bring a new service token."""
    row = cast(Heartbeat, ask.operation)
    caller = await services.sessions.call(ask.agent_id, ask.guid, hands_out=True)
    token = ask.request.headers.get("service_token", "")
    _check_token(token)
    await services.push.heard(ask.agent_id, caller.session, token)
    services.hand_outs.sent(caller, ask.peer)
    headers = handed_out(caller.hand_out) if caller.hand_out else {}
    if row.tells_login_time:
        return Reply(envelope.result({"loginTime": str(caller.session.started_ms)}), headers=headers)
    return Reply(envelope.DONE, headers=headers)


def _check_token(token: str) -> None:
    try:
        _TOKEN.validate_python(token)
    except ValidationError:
        raise Refused(
            retcodes.BAD_SIGN_IN, "service_token: at most 50 characters, letters, digits and -_. only"
        ) from None
