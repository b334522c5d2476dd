"""What public clients send and read of the content, the files and the history of text chats (docs/protocol.md)."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from gateway.operations.fields import Body, CallId, OpenBody, OptionalCallId, Ordinal, Parameters, SkillId, TrueOrElse
from gateway.operations.results import Result

RECEIVERS_MAX = 4000
MESSAGE_MAX = 6144
FILE_TYPE = "22"
"""`msgType` of a file where the client names none."""
PAGE_MAX = 500


def _or(default: int) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value in {"", 0, "0"} else value)


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


class Page(Result):
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


class ContentPage(Page):
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


class BillPage(Page):
    """`callsession`: newest first."""

    wecc_call_bill_list: list[Bill]
