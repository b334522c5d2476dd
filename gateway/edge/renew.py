"""updateGuid (design section 5)."""

from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.wire import envelope
from gateway.wire.guid_headers import handed_out


async def answer(services: Services, ask: Ask) -> Reply:
    """The new GUID goes out in the body and in `Set-GUID`."""
    caller = await services.sessions.renew(ask.agent_id, ask.guid)
    services.hand_outs.sent(caller, ask.peer)
    return Reply(envelope.result({"guid": caller.hand_out}), headers=handed_out(caller.hand_out))
