"""What hands out GUIDs: the event poll, the heartbeat, `updateGuid`."""

from pydantic import TypeAdapter, ValidationError

from gateway.edge.agent_request import AgentRequest, Reply, Services
from gateway.interface.fields import ServiceToken
from gateway.interface.operation import Heartbeat, Poll, Renew
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused
from gateway.wire.event import HEADER as RECEIPT
from gateway.wire.event import read_receipt, receipt_of
from gateway.wire.guid_headers import handed_out

_TOKEN: TypeAdapter[str] = TypeAdapter(ServiceToken)


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
