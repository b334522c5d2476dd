"""Operations of the group mediacall, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from gateway.client.request import Group, Wait


class ChannelSessions(TypedDict):
    """Most sessions of a channel (50 e-mail, 51 web chat, 52 SMS, 53 social, 56 WeChat). No source shows the
    name of the number; callNum follows totalCallNum.
    """

    mediaType: int
    callNum: NotRequired[int | None]


class Mediacall(Group):
    """Operations of `mediacall`."""

    async def send_message(self, callid: str, data: str, *, userid: str | None = None) -> None:
        """Send a message in a session (`sendMessage`). May be refused with MultimediaOff, EmptyMessage,
        DropNoCall.
        """
        await self._ask(
            "sendMessage",
            "POST",
            "mediacall/{agentid}/sendmessage",
            body={"callid": callid, "userid": userid, "data": data},
        )

    async def set_call_nums(self, media_type: Literal[1, 2, 4, 5, 15, 16, 17, 51, 53], callnums: int) -> None:
        """Limit the sessions of a media type (`setCallNums`). May be refused with TooManySessions,
        NoQueueOfMedia.
        """
        await self._ask(
            "setCallNums",
            "POST",
            "mediacall/{agentid}/setcallnums",
            body={"mediaType": media_type, "callnums": callnums},
        )

    async def media_transfer(
        self,
        callid: str,
        devicetype: Literal[1, 2, 4],
        mode: Literal[0, 2],
        address: str,
        *,
        caller: str | None = None,
        calldata: str | None = None,
        skill_id: int | None = None,
    ) -> None:
        """Transfer a session (`mediaTransfer`). May be refused with TransferNoCall, WrongTargetType,
        CalledNumber.
        """
        await self._ask(
            "mediaTransfer",
            "POST",
            "mediacall/{agentid}/transfer",
            body={
                "callid": callid,
                "caller": caller,
                "devicetype": devicetype,
                "mode": mode,
                "address": address,
                "calldata": calldata,
                "skillId": skill_id,
            },
        )

    async def set_call_nums_by_media_type(
        self, total_call_num: int, agent_media_call_nums: Sequence[ChannelSessions]
    ) -> None:
        """Limit the sessions, in all and by channel (`setCallNumsByMediaType`). May be refused with
        TooManySessions, NoQueueOfMedia.
        """
        await self._ask(
            "setCallNumsByMediaType",
            "POST",
            "mediacall/{agentid}/setcallnumsbymediatype",
            body={"totalCallNum": total_call_num, "agentMediaCallNums": agent_media_call_nums},
        )


class BlockingMediacall:
    """Operations of `mediacall`, without await."""

    def __init__(self, group: Mediacall, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def send_message(self, callid: str, data: str, *, userid: str | None = None) -> None:
        """Send a message in a session (`sendMessage`). May be refused with MultimediaOff, EmptyMessage,
        DropNoCall.
        """
        self._wait(self._group.send_message(callid, data, userid=userid))

    def set_call_nums(self, media_type: Literal[1, 2, 4, 5, 15, 16, 17, 51, 53], callnums: int) -> None:
        """Limit the sessions of a media type (`setCallNums`). May be refused with TooManySessions,
        NoQueueOfMedia.
        """
        self._wait(self._group.set_call_nums(media_type, callnums))

    def media_transfer(
        self,
        callid: str,
        devicetype: Literal[1, 2, 4],
        mode: Literal[0, 2],
        address: str,
        *,
        caller: str | None = None,
        calldata: str | None = None,
        skill_id: int | None = None,
    ) -> None:
        """Transfer a session (`mediaTransfer`). May be refused with TransferNoCall, WrongTargetType,
        CalledNumber.
        """
        self._wait(
            self._group.media_transfer(
                callid, devicetype, mode, address, caller=caller, calldata=calldata, skill_id=skill_id
            )
        )

    def set_call_nums_by_media_type(
        self, total_call_num: int, agent_media_call_nums: Sequence[ChannelSessions]
    ) -> None:
        """Limit the sessions, in all and by channel (`setCallNumsByMediaType`). May be refused with
        TooManySessions, NoQueueOfMedia.
        """
        self._wait(self._group.set_call_nums_by_media_type(total_call_num, agent_media_call_nums))
