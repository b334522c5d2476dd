"""Multimedia sessions (contract mediacall.yaml). They are answered and ended by `voicecall`, with their call id."""

from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import chat_moving, chatting
from gateway.backends.embedded.core.besides import ALL_MEDIA
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import textchat
from gateway.operations.mediacall import ChannelsBody, MediaTransferBody, MessageBody, SessionsBody
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_OVER_TOTAL: Final = "callNum: is more than totalCallNum"


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _MediaCall(parts)
    return {
        "sendMessage": group.say,
        "mediaTransfer": group.transfer,
        "setCallNums": group.limit,
        "setCallNumsByMediaType": group.limit_channels,
    }


class _MediaCall:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def say(self, call: Call) -> object:
        body = cast(MessageBody, call.body)
        async with self._parts.board.turn() as turn:
            if not chat_moving.has_text(turn.desk(call)):
                raise Refused(retcodes.MULTIMEDIA_OFF, "this agent is signed in without text chat (mediatype)")
            chatting.say(turn.out, turn.world, call.session_id, body.callid, body.data)
        return NOTHING

    async def transfer(self, call: Call) -> object:
        body = cast(MediaTransferBody, call.body)
        async with self._parts.board.turn() as turn:
            await textchat.transfer(
                self._parts, turn, call, body.callid, body.devicetype, body.mode, body.address, body.calldata
            )
        return NOTHING

    async def limit(self, call: Call) -> object:
        body = cast(SessionsBody, call.body)
        self._set(call, {body.media_type: body.callnums})
        return NOTHING

    async def limit_channels(self, call: Call) -> object:
        """In all, and by channel where a number is named."""
        body = cast(ChannelsBody, call.body)
        wanted = {channel.media_type: channel.call_num or body.total_call_num for channel in body.agent_media_call_nums}
        if max(wanted.values(), default=0) > body.total_call_num:
            raise Refused(retcodes.TOO_MANY_SESSIONS, _OVER_TOTAL)
        self._set(call, wanted, total=body.total_call_num)
        return NOTHING

    def _set(self, call: Call, wanted: dict[int, int], total: int | None = None) -> None:
        """Raises Refused `106-008` for a media type that no queue of the agent has."""
        skills = self._parts.registry.skills()
        own = {skills[skill_id].mediatype for skill_id in call.record.state.skills if skill_id in skills}
        if not own.issuperset(wanted):
            raise Refused(retcodes.NO_QUEUE_OF_MEDIA)
        desk = self._parts.records.desk(call)
        limits = self._parts.world.besides.chat_limits.setdefault(desk.session_id, {})
        limits.update(wanted if total is None else {**wanted, ALL_MEDIA: total})
