"""The event poll (design sections 4, 5 and 9)."""

from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.wire import envelope
from gateway.wire.event_receipt import HEADER as RECEIPT
from gateway.wire.event_receipt import read_receipt, receipt_of
from gateway.wire.guid_headers import handed_out


async def answer(services: Services, ask: Ask) -> Reply:
    """An event, or the empty poll. Refusals come after a rest (see `events.hold`)."""
    receipt = read_receipt(ask.request.headers.get(RECEIPT))
    polled = await services.polls.poll(ask.agent_id, ask.guid, ask.peer, receipt)
    headers = handed_out(polled.hand_out) if polled.hand_out else {}
    if polled.event is None:
        return Reply(envelope.EMPTY_POLL, headers=headers)
    if receipt is not None:
        headers |= receipt_of(polled.event.id)
    return Reply(envelope.event(polled.event.body), headers=headers)
