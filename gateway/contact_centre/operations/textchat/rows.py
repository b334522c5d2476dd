"""The textchat group: text chats of older clients; the asking agent is named workno."""

from typing import Annotated, Any, Final

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from gateway.interface.fields import (
    AgentId,
    Body,
    CallData,
    CallId,
    CallParameters,
    OpenBody,
    OptionalCallId,
    Ordinal,
    Parameters,
    SkillId,
    TrueOrElse,
    max_bytes,
    one_of,
)
from gateway.interface.operation import AnswerKind, Operation, Upload
from gateway.interface.results import Result
from gateway.wire import retcodes

RECEIVERS_MAX = 4000
MESSAGE_MAX = 6144
FILE_TYPE = "22"
"""`msgType` of a file where the client names none."""
PAGE_MAX = 500


def _or(default: int) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value in ("", 0, "0") else value)


PageNumber = Annotated[int, Field(ge=1, le=1_000_000), _or(1)]
PageSize = Annotated[int, Field(ge=1, le=PAGE_MAX), _or(10)]
MessageId = Annotated[str, Field(max_length=64)]
"""A number or text by which a client knows its message."""
Epoch = Annotated[int, Field(ge=0, le=10**14), BeforeValidator(lambda value: 0 if value == "" else value)]
"""A time in s or in ms since the epoch; 0 and nothing for none."""
Party = Annotated[str, Field(max_length=128)]


class MessageWithoutCallBody(Body):
    """`sendmessagewithoutcall`, with POST: a text for customers who are in no chat. `jauIP` and `jauPort` name a
    server of the platform, and mean nothing here.
    """

    skill_id: SkillId
    chat_id: MessageId = Field(examples=["1"])
    chat_receiver: str = Field(min_length=1, max_length=RECEIVERS_MAX, examples=["13800000000"])
    content: str = Field(max_length=MESSAGE_MAX, examples=["your parcel has come"])
    jau_ip: str = Field("", max_length=100, alias="jauIP")
    jau_port: Ordinal | None = Field(None, alias="jauPort")


class ConfirmBody(OpenBody):
    """`confirmmessage`: no source shows its members. One chat or one message, or all that the agent has received."""

    callid: OptionalCallId = Field("", alias="callId", validation_alias=AliasChoices("callId", "callid"))
    chat_id: MessageId = Field("", alias="chatId")


class ContentParameters(Parameters):
    """`callcontent`: a page of what was written in a chat."""

    call_id: CallId
    page_no: PageNumber = 1
    page_size: PageSize = 10


class UploadParameters(Parameters):
    """`mediafile`, with POST: a file for the others in a chat."""

    call_id: CallId
    is_need_confirm: TrueOrElse = False
    chat_id: MessageId = ""
    msg_type: str = Field(FILE_TYPE, max_length=8)
    remark: str = Field("", max_length=255)


class FilePathParameters(Parameters):
    """`mediafile`, with GET: a file by the path that its upload answered."""

    file_path: str = Field(min_length=1, max_length=255, examples=["1455885056-1095/7.png"])


class HistoryBody(Body):
    """`callsession`: a page of the agent's chats. Without a time, a party or a type it is not asked about."""

    start_time: Epoch = 0
    end_time: Epoch = 0
    page_no: PageNumber = 1
    page_size: PageSize = 10
    call_type: str = Field("", max_length=16)
    caller: Party = ""
    called: Party = ""
    real_caller: Party = ""
    caller_name: Party = ""
    media_type: str = Field("", max_length=16)
    sub_media_type: str = Field("", max_length=16)


class StoredFile(Result):
    """Where an uploaded file is now."""

    file_path: str
    file_name: str
    chat_id: str


class Paged(Result):
    """Which page of how many, and how many entries there are in all. Clients read every number as text."""

    total_page_no: str
    total_count: str
    page_no: str
    page_size: str


class ContentLine(Result):
    """A text or a file of a chat. `reciver` is spelt so. `content_type` 1 is a text; else `content` is a path."""

    id: str
    call_id: str
    sub_media_type: str
    sender: str
    reciver: str
    content_type: str
    content: str
    direction: str
    create_time: str
    confirm_flag: str
    status: str
    result: str


class ContentPage(Paged):
    """`callcontent`: oldest first."""

    wecc_call_content_list: list[ContentLine]


class Bill(Result):
    """A chat in the history. Times are ms since the epoch, empty for what has not happened."""

    id: str
    cc_id: str
    vdn_id: str
    call_id: str
    inner_call: str
    media_type: str
    sub_media_type: str
    access_type: str
    caller: str
    called: str
    access_code: str
    skill_id: str
    real_caller: str
    caller_name: str
    begin_time: str
    connect_time: str
    end_time: str
    release_cause: str
    platform_release_cause: str
    log_date: str
    callid_num: str
    remark: str
    receive_msg_num: str
    send_msg_num: str


class BillPage(Paged):
    """`callsession`: newest first."""

    wecc_call_bill_list: list[Bill]


CHAT_BYTES = 3800
AGENT, QUEUE = 2, 1
ADDRESS_TYPES: Final = {"1": AGENT, "10": QUEUE}
"""`addesstype` -> `devicetype`."""

ChatId = Annotated[CallId, Field(alias="callid", validation_alias=AliasChoices("callid", "callId"))]
"""Public clients spell it `callId` where they say something, `callid` where they transfer."""


class PartnerParameters(Parameters):
    """`internalcall`: the agent to chat with."""

    destno: AgentId


class ChatBody(Body):
    """`chatmessage`: a text for a chat."""

    callid: ChatId
    content: Annotated[str, Field(examples=["good morning"]), max_bytes(CHAT_BYTES)]
    chat_id: MessageId = ""


class ChatTransferBody(Body):
    """`transfer`: the members of mediacall's transfer, or of public clients: `addesstype` (1 agent, 10 skill queue),
    `destaddr` and `attachdata`.
    """

    callid: ChatId
    devicetype: Annotated[int, one_of(QUEUE, AGENT)] = AGENT
    mode: Annotated[int, one_of(0, 2)] = 0
    address: str = Field(
        min_length=1, max_length=24, examples=["102"], validation_alias=AliasChoices("address", "destaddr")
    )
    attachdata: CallData = ""

    @model_validator(mode="before")
    @classmethod
    def _older_type(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("addesstype") is None:
            return data
        kind = ADDRESS_TYPES.get(str(data["addesstype"]))
        if kind is None:
            raise ValueError("addesstype must be 1 or 10")
        return {**data, "devicetype": kind}


_NO_CHAT = (retcodes.DROP_NO_CALL,)

CHATS: tuple[Operation, ...] = (
    Operation(
        "chatInternalCall",
        "PUT",
        "textchat/{workno}/internalcall/{destno}",
        "chat with another agent",
        parameters=PartnerParameters,
        retcodes=(retcodes.WRONG_STATE, retcodes.CALLED_NUMBER, retcodes.TOO_MANY_SESSIONS),
        result=str,
    ),
    Operation(
        "chatAnswer",
        "PUT",
        "textchat/{workno}/answer/{callid}",
        "answer a chat",
        parameters=CallParameters,
        retcodes=(retcodes.ANSWER_NO_CALL,),
        result=str,
    ),
    Operation(
        "chatReject",
        "DELETE",
        "textchat/{workno}/reject/{callid}",
        "reject a chat",
        parameters=CallParameters,
        retcodes=(retcodes.ANSWER_NO_CALL,),
    ),
    Operation(
        "chatMessage",
        "PUT",
        "textchat/{workno}/chatmessage",
        "say something in a chat",
        body=ChatBody,
        retcodes=(*_NO_CHAT, retcodes.EMPTY_MESSAGE, retcodes.FORBIDDEN_WORD),
        result=str,
    ),
    Operation(
        "chatTransfer",
        "POST",
        "textchat/{workno}/transfer",
        "hand a chat to an agent or a skill queue",
        body=ChatTransferBody,
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_TARGET_TYPE, retcodes.CALLED_NUMBER),
    ),
    Operation(
        "chatDrop",
        "DELETE",
        "textchat/{workno}/drop/{callid}",
        "end a chat",
        parameters=CallParameters,
        retcodes=_NO_CHAT,
        result=str,
    ),
)

CONTENT: tuple[Operation, ...] = (
    Operation(
        "sendMessageWithoutCall",
        "POST",
        "textchat/{workno}/sendmessagewithoutcall",
        "write to customers who are in no chat",
        body=MessageWithoutCallBody,
        retcodes=(
            retcodes.MULTIMEDIA_OFF,
            retcodes.EMPTY_MESSAGE,
            retcodes.NO_QUEUE_OF_MEDIA,
            retcodes.FORBIDDEN_WORD,
        ),
    ),
    *(
        Operation(
            "confirmMessage",
            "PUT",
            f"textchat/{{workno}}/{action}",
            "say that messages were read",
            body=ConfirmBody,
            retcodes=_NO_CHAT,
        )
        for action in ("confirmmessage", "sendmessagewithoutcall")
    ),
    Upload(
        "uploadMediaFile",
        "POST",
        "textchat/{workno}/mediafile",
        "send a file in a chat",
        parameters=UploadParameters,
        retcodes=(*_NO_CHAT, retcodes.EMPTY_MESSAGE, retcodes.FORBIDDEN_WORD),
        result=StoredFile,
    ),
    Operation(
        "downloadMediaFile",
        "GET",
        "textchat/{workno}/mediafile",
        "a file of an own chat",
        parameters=FilePathParameters,
        answer=AnswerKind.FILE,
    ),
    Operation(
        "queryCallContent",
        "GET",
        "textchat/{workno}/callcontent",
        "what was written in a chat",
        parameters=ContentParameters,
        result=ContentPage,
    ),
    Operation(
        "queryCallSession",
        "POST",
        "textchat/{workno}/callsession",
        "own chats of a time span",
        body=HistoryBody,
        result=BillPage,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*CHATS, *CONTENT)
