"""Events of chats: those of the older interface for text chats, those of calls for other media (contract events.yaml).

No source shows the members of the older events in full; these are the ones that public clients read.
"""

from typing import Final

from gateway.backends.embedded.core import notices
from gateway.backends.embedded.core.besides import Chat, Said
from gateway.backends.embedded.core.model import Leg
from gateway.backends.embedded.core.outcome import Content, Outcome
from gateway.backends.embedded.core.world import World

OLDER: Final[dict[str, str]] = {
    "created": "AgentChat_CallOutCreated",
    "failed": "AgentChat_CalloutFailed",
    "ringing": "AgentChat_Ring",
    "connected": "AgentChat_Connected",
    "not taken": "AgentChat_Disconnected",
    "ended": "AgentChat_Disconnected",
}
"""What happens -> event of the older interface; what is not here is no event there."""
CALLS: Final[dict[str, str]] = {
    "incoming": "incoming",
    "auto answer": "auto_answer",
    "ringing": "ringing",
    "connected": "talking",
    "not taken": "no_answer",
    "ended": "call_release",
    "customer released": "customer_release",
}
"""The same for other media, by the short names of `notices.NOTICES`."""
TRANSFERS: Final[dict[str, str]] = {
    "nobody": "connect_fail",
    "transferred": "transfer_done",
    "not transferred": "transfer_failed",
}
"""And for both."""


def tell(out: Outcome, world: World, chat: Chat, leg: Leg, *names: str) -> None:
    """Tells the agent of this leg, in this order; nothing for a customer, or one who is signed out."""
    if world.desk(leg) is None:
        return
    for name in names:
        if name in TRANSFERS:
            notices.tell(out, world, chat.call, leg, TRANSFERS[name])
        elif not chat.older and name in CALLS:
            notices.tell(out, world, chat.call, leg, CALLS[name])
        elif chat.older and name in OLDER:
            out.tell(leg, OLDER[name], _chat(chat))


def _chat(chat: Chat) -> Content:
    call = chat.call
    return {
        "callId": call.id,
        "caller": call.caller,
        "called": call.called,
        "isInnerCall": chat.internal,
        "attachData": call.data,
    }


def tell_customer_left(out: Outcome, world: World, chat: Chat, leg: Leg, number: str) -> None:
    """The customer has left; the older interface tells only that the chat is over."""
    if not chat.older and world.desk(leg) is not None:
        notices.tell_customer_left(out, chat.call, leg, number)


def tell_said(out: Outcome, world: World, chat: Chat, leg: Leg, said: Said) -> None:
    """Something was written for the agent of this leg."""
    if world.desk(leg) is None:
        return
    call = chat.call
    if chat.older:
        content: dict[str, object] = {"sender": said.sender, "callId": call.id, "chatContent": said.text}
        kind = {"chatContentType": said.kind} if said.is_file else {}
        out.tell(leg, "AgentChat_DataRecved", {**content, "isInnerCall": chat.internal, **kind})
        return
    content = {
        "callid": call.id,
        "caller": call.caller,
        "called": leg.number,
        "feature": int(call.feature),
        "type": leg.kind,
        "message": said.text,
        "mediaAbility": notices.MEDIA_ABILITY[call.media_type],
    }
    out.tell(leg, "AgentEvent_MessageData", {**content, "jsonKey": list(content)})
