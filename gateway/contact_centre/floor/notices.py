"""Events of calls and chats by a short name: their type and content as the wire knows them.

No source shows the members of the older chat events in full; these are the ones that public clients read.
"""

from collections.abc import Callable
from typing import Final

from gateway.contact_centre.floor.activities import Chat, ChatLine
from gateway.contact_centre.floor.calls import Call, Leg, Purpose
from gateway.contact_centre.floor.effects import Content, Effects
from gateway.contact_centre.floor.world import World

MEDIA_ABILITY: Final = {5: "1", 19: "3", 1: "5", 51: "5", 53: "5"}
"""Media type of a queue -> what its calls carry (1 voice, 3 also a picture, 5 text)."""
_TRANSFERS: Final = frozenset({Purpose.BLIND, Purpose.SUCCESS, Purpose.TALK})

Maker = Callable[[World, Call, Leg], Content]
OLDER_CHATS: Final[dict[str, str]] = {
    "created": "AgentChat_CallOutCreated",
    "failed": "AgentChat_CalloutFailed",
    "ringing": "AgentChat_Ring",
    "connected": "AgentChat_Connected",
    "not taken": "AgentChat_Disconnected",
    "ended": "AgentChat_Disconnected",
}
"""What happens -> event of the older interface; what is not here is no event there."""
CHATS: Final[dict[str, str]] = {
    "incoming": "incoming",
    "auto answer": "auto_answer",
    "ringing": "ringing",
    "connected": "talking",
    "not taken": "no_answer",
    "ended": "call_release",
    "customer released": "customer_release",
}
"""The same for other media, by the short names of `notices.NOTICES`."""
CHAT_TRANSFERS: Final[dict[str, str]] = {
    "nobody": "connect_fail",
    "transferred": "transfer_done",
    "not transferred": "transfer_failed",
}
"""And for both."""


def media_ability(call: Call) -> str:
    """What the call carries: 1 voice, 3 voice and picture, 5 text."""
    return "3" if call.picture else MEDIA_ABILITY.get(call.media_type, "1")


def partner(call: Call, leg: Leg) -> str:
    """Numbers of the other parties, comma-separated."""
    return ",".join(other.number for other in call.others(leg))


def feature(call: Call, leg: Leg) -> int:
    """The kind of call as this party sees it: an invited helper sees a help call."""
    return 52 if leg.purpose is Purpose.HELP_THREE else int(call.feature)


def _nothing(_world: World, _call: Call, _leg: Leg) -> Content:
    return None


def _call_id(_world: World, call: Call, _leg: Leg) -> Content:
    return call.id


def _talking(_world: World, call: Call, leg: Leg) -> Content:
    return {
        "caller": call.caller,
        "called": call.called,
        "callid": call.id,
        "feature": str(feature(call, leg)),
        "type": leg.kind,
        "mediaAbility": media_ability(call),
    }


def _offered(media_type: Callable[[int], object]) -> Maker:
    def make(_world: World, call: Call, leg: Leg) -> Content:
        transferred = leg.purpose in _TRANSFERS
        return {
            "caller": call.caller,
            "transfer": "yes" if transferred else "no",
            "callid": call.id,
            "transfrom": leg.by.number if transferred and leg.by else "",
            "called": leg.number,
            "type": leg.kind,
            "mediaType": media_type(call.media_type),
            "mediaAbility": media_ability(call),
            "feature": str(feature(call, leg)),
        }

    return make


def _incoming(world: World, call: Call, _leg: Leg) -> Content:
    return {
        "callId": call.id,
        "skillName": world.skills().get(call.skill_id, ""),
        "skillId": call.skill_id,
        "caller": call.caller,
        "called": call.called,
        "lastReleaseAgentId": call.last_release_agent,
        "mediaType": call.media_type,
        "releaseAndReQueueCount": call.requeued,
        "releaseAndReQueueCallFlag": 1 if call.requeued else 0,
    }


def _call_id_object(_world: World, call: Call, _leg: Leg) -> Content:
    return {"callId": call.id}


def _conference(_world: World, call: Call, leg: Leg) -> Content:
    return {"callid": call.id, "partner": partner(call, leg)}


def _customer(_world: World, call: Call, _leg: Leg) -> Content:
    customer = call.customer()
    return {"callid": call.id, "number": customer.number if customer else ""}


def _result(value: int) -> Maker:
    return lambda _world, call, _leg: {"result": value, "callId": call.id}


NOTICES: Final[dict[str, tuple[str, Maker]]] = {
    "busy": ("AgentState_Busy", _nothing),
    "incoming": ("AgentEvent_Incoming_CallInfo", _incoming),
    "ringing": ("AgentEvent_Ringing", _offered(str)),
    "auto_answer": ("AgentEvent_Auto_Answer", _offered(int)),
    "talking": ("AgentEvent_Talking", _talking),
    "hold": ("AgentEvent_Hold", _call_id),
    "conference": ("AgentEvent_Conference", _conference),
    "no_answer": ("AgentEvent_No_Answer", _call_id),
    "call_release": ("AgentEvent_Call_Release", _call_id),
    "customer_release": ("AgentEvent_Customer_Release", _customer),
    "call_out_fail": ("AgentEvent_Call_Out_Fail", _call_id),
    "inside_call_fail": ("AgentEvent_Inside_Call_Fail", _call_id),
    "connect_fail": ("AgentEvent_Connect_Fail", _call_id),
    "consult_fail": ("AgentEvent_Consult_Fail", _call_id),
    "transfer_done": ("AgentEvent_SuccTransResult", _result(0)),
    "transfer_failed": ("AgentEvent_SuccTransResult", _result(1)),
    "back_from_ivr": ("AgentEvent_ReturnFromIvr", _call_id),
    "all_busy": ("AgentOther_All_Agent_Busy", _nothing),
    "phone_hold": ("AgentEvent_linkagePhoneHold", _call_id_object),
    "phone_unhold": ("AgentEvent_linkagePhoneUnHold", _call_id_object),
    "phone_transfer_done": ("AgentEvent_linkagePhoneTransferOut_Result", _result(0)),
    "phone_transfer_failed": ("AgentEvent_linkagePhoneTransferOut_Result", _result(1)),
}
"""Short name -> event type and what makes its content. Events about another party are the functions below."""


def tell(out: Effects, world: World, call: Call, leg: Leg, *names: str) -> None:
    """Tells the agent of this leg, in this order; nothing for a party outside."""
    if leg.agent_id:
        for name in names:
            event_type, make = NOTICES[name]
            out.tell(leg, event_type, make(world, call, leg))


def tell_customer_left(out: Effects, call: Call, leg: Leg, number: str) -> None:
    """`AgentEvent_Customer_Release`: the party with this number left the call."""
    out.tell(leg, "AgentEvent_Customer_Release", {"callid": call.id, "number": number})


def tell_alerting(out: Effects, call: Call, leg: Leg, other: Leg) -> None:
    """`AgentEvent_Customer_Alerting`: the party that this agent calls is ringing."""
    content: Content = {
        "callid": call.id,
        "otherPhoneWorkno": str(other.agent_id) if other.agent_id else "",
        "otherPhone": other.number,
        "type": "assistant" if other.assistant else "main",
    }
    out.tell(leg, "AgentEvent_Customer_Alerting", content)


def tell_cause(out: Effects, call: Call, leg: Leg, detect: int, text: str) -> None:
    """`OUTBOUND_DETECT_EVENT`: why an outgoing call failed."""
    out.tell(leg, "OUTBOUND_DETECT_EVENT", {"callId": call.id, "detect": detect, "desc": text})


def tell_chat(out: Effects, world: World, chat: Chat, leg: Leg, *names: str) -> None:
    """Tells the agent of this leg, in this order; nothing for a customer, or one who is signed out."""
    if world.desk(leg) is None:
        return
    for name in names:
        if name in CHAT_TRANSFERS:
            tell(out, world, chat.call, leg, CHAT_TRANSFERS[name])
        elif not chat.older and name in CHATS:
            tell(out, world, chat.call, leg, CHATS[name])
        elif chat.older and name in OLDER_CHATS:
            out.tell(leg, OLDER_CHATS[name], _older_chat(chat))


def _older_chat(chat: Chat) -> Content:
    call = chat.call
    return {
        "callId": call.id,
        "caller": call.caller,
        "called": call.called,
        "isInnerCall": chat.internal,
        "attachData": call.data,
    }


def tell_chat_customer_left(out: Effects, world: World, chat: Chat, leg: Leg, number: str) -> None:
    """The customer has left; the older interface tells only that the chat is over."""
    if not chat.older and world.desk(leg) is not None:
        tell_customer_left(out, chat.call, leg, number)


def tell_said(out: Effects, world: World, chat: Chat, leg: Leg, said: ChatLine) -> None:
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
        "mediaAbility": MEDIA_ABILITY[call.media_type],
    }
    out.tell(leg, "AgentEvent_MessageData", {**content, "jsonKey": list(content)})
