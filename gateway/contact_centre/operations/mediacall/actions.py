"""Multimedia sessions. They are answered and ended by `voicecall`, with their call id."""

from typing import Any, Final

from gateway.contact_centre.floor import chatting
from gateway.contact_centre.floor.activities import ALL_MEDIA
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.mediacall.rows import ChannelsBody, MediaTransferBody, MessageBody, SessionsBody
from gateway.contact_centre.operations.textchat import actions as textchat
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_OVER_TOTAL: Final = "callNum: is more than totalCallNum"


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _MediaCall(services)
    return {
        "sendMessage": group.say,
        "mediaTransfer": group.transfer,
        "setCallNums": group.limit,
        "setCallNumsByMediaType": group.limit_channels,
    }


class _MediaCall:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def say(self, invocation: Invocation[Any, MessageBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            if not invocation.desk.state.has_text:
                raise Refused(retcodes.MULTIMEDIA_OFF, "this agent is signed in without text chat (mediatype)")
            chatting.say(transaction.out, transaction.world, invocation.desk.session_id, body.callid, body.data)
        return NOTHING

    async def transfer(self, invocation: Invocation[Any, MediaTransferBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            textchat.transfer(
                self._services,
                transaction,
                invocation,
                body.callid,
                body.devicetype,
                body.mode,
                body.address,
                body.calldata,
            )
        return NOTHING

    async def limit(self, invocation: Invocation[Any, SessionsBody]) -> object:
        body = invocation.body
        self._set(invocation, {body.media_type: body.callnums})
        return NOTHING

    async def limit_channels(self, invocation: Invocation[Any, ChannelsBody]) -> object:
        """In all, and by channel where a number is named."""
        body = invocation.body
        wanted = {channel.media_type: channel.call_num or body.total_call_num for channel in body.agent_media_call_nums}
        if max(wanted.values(), default=0) > body.total_call_num:
            raise Refused(retcodes.TOO_MANY_SESSIONS, _OVER_TOTAL)
        self._set(invocation, wanted, total=body.total_call_num)
        return NOTHING

    def _set(self, invocation: Invocation, wanted: dict[int, int], total: int | None = None) -> None:
        """Raises Refused `106-008` for a media type that no queue of the agent has."""
        skills = self._services.registry.skills()
        own = {skills[skill_id].mediatype for skill_id in invocation.desk.state.skills if skill_id in skills}
        if not own.issuperset(wanted):
            raise Refused(retcodes.NO_QUEUE_OF_MEDIA)
        desk = invocation.desk
        limits = self._services.world.activities.chat_limits.setdefault(desk.session_id, {})
        limits.update(wanted if total is None else {**wanted, ALL_MEDIA: total})
