"""Chats and what was written in them, as queries show them (docs/contact_centre.md, Text chats)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from gateway.contact_centre.floor.activities import Chat, ChatLine
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.operations.textchat.rows import Bill, ContentLine

MEDIA: Final = "1"
WEB: Final = "2"
"""`mediaType` and `subMediaType` of every chat here, as public clients ask for them."""
_CENTRE: Final = "1"
Entry = TypeVar("Entry")


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _time(at_ms: int) -> str:
    return str(at_ms) if at_ms else ""


def line(chat: Chat, number: int, said: ChatLine, agent_id: int) -> ContentLine:
    """A text or a file, the `number`-th that is kept of its chat, for this agent."""
    return ContentLine(
        id=str(number),
        call_id=chat.call.id,
        sub_media_type=WEB,
        sender=said.sender,
        reciver=said.receiver,
        content_type=said.kind,
        content=said.text,
        direction=_flag(said.sender == str(agent_id)),
        create_time=str(said.at_ms),
        confirm_flag=_flag(said.confirmed),
        status=_flag(said.delivered),
        result="",
    )


def bill(plan: Plan, chat: Chat, agent_id: int) -> Bill:
    """A chat, with what this agent wrote and received in it."""
    call = chat.call
    own = sum(said.sender == str(agent_id) for said in chat.said)
    number = call.id.rpartition("-")[2]
    return Bill(
        id=number,
        cc_id=_CENTRE,
        vdn_id=str(plan.vdn_id),
        call_id=call.id,
        inner_call=_flag(chat.internal),
        media_type=MEDIA,
        sub_media_type=WEB,
        access_type="",
        caller=call.caller,
        called=call.called,
        access_code="" if chat.internal else call.original_called,
        skill_id=str(call.skill_id or ""),
        real_caller=call.caller,
        caller_name="",
        begin_time=_time(call.created_ms),
        connect_time=_time(call.answered_ms),
        end_time=_time(call.ended_ms),
        release_cause="",
        platform_release_cause="",
        log_date=datetime.fromtimestamp(call.created_ms / 1000, UTC).strftime("%Y-%m-%d"),
        callid_num=number,
        remark="",
        receive_msg_num=str(len(chat.said) - own),
        send_msg_num=str(own),
    )


def page(total: int, number: int, size: int) -> dict[str, str]:
    """The members that tell which page of how many."""
    pages = -(-total // size)
    return {"totalPageNo": str(pages), "totalCount": str(total), "pageNo": str(number), "pageSize": str(size)}


def of_page(entries: Sequence[Entry], number: int, size: int) -> Sequence[Entry]:
    """The entries of a page; pages count from 1."""
    return entries[(number - 1) * size : number * size]
