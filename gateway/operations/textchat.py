"""The textchat group: text chats of older clients; the calling agent is named workno (contract mediacall.yaml)."""

from typing import Annotated

from pydantic import Field

from gateway.operations.fields import AgentId, Body, CallId, Parameters, max_bytes, one_of
from gateway.operations.operation import Operation
from gateway.operations.parameters import CallParameters
from gateway.wire import retcodes

CHAT_BYTES = 3800


class PartnerParameters(Parameters):
    """`internalcall`: the agent to chat with."""

    destno: AgentId


class ChatBody(Body):
    """`chatmessage`: a text for the chat `callid`."""

    callid: CallId
    content: Annotated[str, Field(examples=["good morning"]), max_bytes(CHAT_BYTES)]


class ChatTransferBody(Body):
    """`transfer`; no source shows the members: those of mediacall's transfer, of which an older client sends a part."""

    callid: CallId
    devicetype: Annotated[int, one_of(1, 2)] = 2
    mode: Annotated[int, one_of(0, 2)] = 0
    address: str = Field(min_length=1, max_length=24, examples=["102"])


_NO_CHAT = (retcodes.DROP_NO_CALL,)

OPERATIONS: tuple[Operation, ...] = (
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
    ),
)
