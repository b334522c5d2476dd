"""The event poll (design sections 4, 5 and 9)."""

import asyncio

from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused
from gateway.wire.event_receipt import HEADER as RECEIPT
from gateway.wire.event_receipt import read_receipt, receipt_of
from gateway.wire.guid_headers import handed_out

REFUSED_AFTER_S = 0.5
_HELD_BACK = frozenset({retcodes.NO_RIGHT, retcodes.NOT_SIGNED_IN})


async def answer(services: Services, ask: Ask) -> Reply:
    """An event, or the empty poll; a refusal comes after a while, since a known client polls again without pause."""
    try:
        receipt = read_receipt(ask.request.headers.get(RECEIPT))
        polled = await services.polls.poll(ask.agent_id, ask.guid, ask.peer, receipt)
    except Refused as refused:
        if refused.retcode in _HELD_BACK:
            await asyncio.sleep(REFUSED_AFTER_S)
        raise
    headers = handed_out(polled.hand_out) if polled.hand_out else {}
    if polled.event is None:
        return Reply(envelope.EMPTY_POLL, headers=headers)
    if receipt is not None:
        headers |= receipt_of(polled.event.id)
    return Reply(envelope.event(polled.event.body), headers=headers)
