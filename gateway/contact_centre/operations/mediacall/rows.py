"""The mediacall group: multimedia sessions."""

from typing import Annotated

from pydantic import Field

from gateway.interface.fields import Body, CallId, OptionalSkillId, max_bytes, one_of
from gateway.interface.operation import AnswerKind, Operation
from gateway.wire import retcodes

MESSAGE_BYTES = 3800
CALL_DATA_BYTES = 2048
SESSIONS_MAX = 60

Sessions = Annotated[int, Field(ge=1, le=SESSIONS_MAX)]
MediaType = Annotated[int, one_of(1, 2, 4, 5, 15, 16, 17, 51, 53)]


class MessageBody(Body):
    """`sendmessage`: `data` is below 3.8 KB, the larger of the two limits that a platform may have."""

    callid: CallId
    userid: str = Field("", max_length=128)
    data: Annotated[str, Field(examples=["good morning"]), max_bytes(MESSAGE_BYTES)]


class SessionsBody(Body):
    """`setcallnums`: most sessions of a media type that the agent has a queue for."""

    media_type: MediaType
    callnums: Sessions


class MediaTransferBody(Body):
    """`transfer`. `devicetype`: 1 skill queue, 2 agent, 4 access code. `mode`: 0 release, 2 success."""

    callid: CallId
    caller: str = Field("", max_length=24)
    devicetype: Annotated[int, one_of(1, 2, 4)]
    mode: Annotated[int, one_of(0, 2)]
    address: str = Field(min_length=1, max_length=24, examples=["102"])
    calldata: Annotated[str, max_bytes(CALL_DATA_BYTES)] = ""
    skill_id: OptionalSkillId = None


class ChannelSessions(Body):
    """Most sessions of a channel (50 e-mail, 51 web chat, 52 SMS, 53 social, 56 WeChat).

    No source shows the name of the number; callNum follows totalCallNum.
    """

    media_type: int = Field(ge=1, le=255)
    call_num: Sessions | None = None


class ChannelsBody(Body):
    """`setcallnumsbymediatype`: in all, and by channel."""

    total_call_num: Sessions
    agent_media_call_nums: tuple[ChannelSessions, ...] = Field(max_length=255)


_SESSIONS = (retcodes.TOO_MANY_SESSIONS, retcodes.NO_QUEUE_OF_MEDIA)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "sendMessage",
        "POST",
        "mediacall/{agentid}/sendmessage",
        "send a message in a session",
        body=MessageBody,
        answer=AnswerKind.PLAIN,
        retcodes=(retcodes.MULTIMEDIA_OFF, retcodes.EMPTY_MESSAGE, retcodes.DROP_NO_CALL),
    ),
    Operation(
        "setCallNums",
        "POST",
        "mediacall/{agentid}/setcallnums",
        "limit the sessions of a media type",
        body=SessionsBody,
        answer=AnswerKind.PLAIN,
        retcodes=_SESSIONS,
    ),
    Operation(
        "mediaTransfer",
        "POST",
        "mediacall/{agentid}/transfer",
        "transfer a session",
        body=MediaTransferBody,
        answer=AnswerKind.PLAIN,
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_TARGET_TYPE, retcodes.CALLED_NUMBER),
    ),
    Operation(
        "setCallNumsByMediaType",
        "POST",
        "mediacall/{agentid}/setcallnumsbymediatype",
        "limit the sessions, in all and by channel",
        body=ChannelsBody,
        answer=AnswerKind.PLAIN,
        retcodes=_SESSIONS,
    ),
)
