"""Text chats of older clients (contract mediacall.yaml, textchat); who chats by `mediacall` may use these as well."""

from typing import cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import chat_moving, chatting
from gateway.backends.embedded.core.besides import TEXT_CHAT, TEXT_MEDIA
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import reach
from gateway.backends.embedded.turn import Turn
from gateway.operations.parameters import CallParameters
from gateway.operations.textchat import ChatBody, ChatTransferBody, PartnerParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

QUEUE, AGENT, ACCESS = 1, 2, 4


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _TextChat(parts)
    return {
        "chatInternalCall": group.call_agent,
        "chatAnswer": group.answer,
        "chatReject": group.reject,
        "chatMessage": group.say,
        "chatTransfer": group.transfer,
        "chatDrop": group.drop,
    }


async def transfer(
    parts: Parts, turn: Turn, call: Call, call_id: str, device: int, mode: int, address: str, data: str
) -> None:
    """Transfers the caller's chat, with this data if there is any. Raises Refused: `200-012`, `200-001`, `106-004`."""
    desk = turn.desk(call)
    chat, leg = chat_moving.to_transfer(turn.world, desk.session_id, call_id)
    if device == AGENT:
        target = await reach.signed_in(parts, reach.known(parts, address, desk))
        chat.call.data = data or chat.call.data
        chat_moving.to_agent(turn.out, turn.world, chat, leg, target, mode)
        return
    skill_id = turn.world.plan.access.get(address, 0) if device == ACCESS else int(address) if address.isdigit() else 0
    skill = parts.registry.skills().get(skill_id)
    if skill is None:
        raise Refused(retcodes.CALLED_NUMBER, "address: there is no such skill queue")
    if skill.mediatype not in TEXT_MEDIA:
        raise Refused(retcodes.WRONG_TARGET_TYPE, "address: this skill queue takes no chats")
    chat_moving.check_queue(chat)
    chat.call.data = data or chat.call.data
    chat_moving.to_queue(turn.out, turn.world, chat, leg, skill_id, mode)


def _call_id(call: Call) -> str:
    return cast(CallParameters, call.parameters).callid


class _TextChat:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def call_agent(self, call: Call) -> object:
        """The agent called; the chat's id comes with the event, as that an agent cannot be reached."""
        number = str(cast(PartnerParameters, call.parameters).destno)
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            other = reach.known(self._parts, number, desk)
            if not chat_moving.has_text(desk):
                raise Refused(retcodes.WRONG_STATE, "this agent is signed in without text chat (mediatype)")
            if not chat_moving.has_room(turn.world, desk, TEXT_CHAT):
                raise Refused(retcodes.TOO_MANY_SESSIONS)
            target = await reach.signed_in(self._parts, other)
            able = target is not None and chat_moving.has_text(target)
            if target is None or not able or not chat_moving.has_room(turn.world, target, TEXT_CHAT):
                target = None
            chatting.call_agent(turn.out, turn.world, desk, number, target)
        return number

    async def answer(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            chatting.answer(turn.out, turn.world, call.session_id, _call_id(call))
        return _call_id(call)

    async def reject(self, call: Call) -> object:
        """Somebody else of the queue may take it."""
        async with self._parts.board.turn() as turn:
            chatting.reject(turn.out, turn.world, call.session_id, chatting.REJECT_TO_QUEUE, _call_id(call))
        return NOTHING

    async def say(self, call: Call) -> object:
        body = cast(ChatBody, call.body)
        async with self._parts.board.turn() as turn:
            chatting.say(turn.out, turn.world, call.session_id, body.callid, body.content, body.chat_id)
        return body.callid

    async def transfer(self, call: Call) -> object:
        body = cast(ChatTransferBody, call.body)
        async with self._parts.board.turn() as turn:
            await transfer(
                self._parts, turn, call, body.callid, body.devicetype, body.mode, body.address, body.attachdata
            )
        return NOTHING

    async def drop(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            chatting.drop(turn.out, turn.world, call.session_id, _call_id(call))
        return _call_id(call)
