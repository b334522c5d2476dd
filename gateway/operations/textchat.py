"""The textchat group: text chats of older clients; the calling agent is named workno (contract mediacall.yaml)."""

from typing import Annotated, Any, Final

from pydantic import AliasChoices, Field, model_validator

from gateway.operations import textchat_models as models
from gateway.operations.fields import AgentId, Body, CallData, CallId, Parameters, max_bytes, one_of
from gateway.operations.operation import Answer, Operation, Upload
from gateway.operations.parameters import CallParameters
from gateway.wire import retcodes

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
    chat_id: models.MessageId = ""


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
        body=models.MessageWithoutCallBody,
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
            body=models.ConfirmBody,
            retcodes=_NO_CHAT,
        )
        for action in ("confirmmessage", "sendmessagewithoutcall")
    ),
    Upload(
        "uploadMediaFile",
        "POST",
        "textchat/{workno}/mediafile",
        "send a file in a chat",
        parameters=models.UploadParameters,
        retcodes=(*_NO_CHAT, retcodes.EMPTY_MESSAGE, retcodes.FORBIDDEN_WORD),
        result=models.StoredFile,
    ),
    Operation(
        "downloadMediaFile",
        "GET",
        "textchat/{workno}/mediafile",
        "a file of an own chat",
        parameters=models.FilePathParameters,
        answer=Answer.FILE,
    ),
    Operation(
        "queryCallContent",
        "GET",
        "textchat/{workno}/callcontent",
        "what was written in a chat",
        parameters=models.ContentParameters,
        result=models.ContentPage,
    ),
    Operation(
        "queryCallSession",
        "POST",
        "textchat/{workno}/callsession",
        "own chats of a time span",
        body=models.HistoryBody,
        result=models.BillPage,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*CHATS, *CONTENT)
