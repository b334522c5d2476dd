"""The multimediaconf group: conferences that share a screen, relayed to an upstream, never served here.

No page describes them; the members are those that public clients send.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from gateway.operations.fields import Body, CallId
from gateway.operations.operation import Operation
from gateway.operations.results import JsonObject, Nothing
from gateway.wire import retcodes

ConferenceId = Annotated[str, Field(min_length=1, max_length=128, examples=["1"])]


class RequestConfBody(Body):
    """`requestconf`: the call that becomes the conference, and who is asked in, in a form of the platform."""

    callid: CallId
    addressinfo: Any = None


class InviteConfBody(Body):
    """`inviteconf`: one client names the conference `callid`."""

    confid: ConferenceId = Field(validation_alias=AliasChoices("confid", "callid"))
    addressinfo: Any = None


class JoinConfResultBody(Body):
    """`joinconfresult`: how an invitation went."""

    confid: ConferenceId
    confresult: str = Field("", max_length=32)
    cause: str = Field("", max_length=32)


class StopConfBody(Body):
    """`stopconf`."""

    confid: ConferenceId


class ConfStateBody(Body):
    """`getconfstate`: whom it is about."""

    addressinfo: Any = None


def _row(name: str, method: str, action: str, summary: str, body: type[Body], result: Any = Nothing) -> Operation:
    path, off = f"multimediaconf/{{agentid}}/{action}", retcodes.MULTIMEDIA_OFF
    return Operation(name, method, path, summary, body=body, retcodes=(off,), result=result, relayed_only=off)


OPERATIONS: tuple[Operation, ...] = (
    _row("requestMultimediaConf", "PUT", "requestconf", "ask for a multimedia conference", RequestConfBody),
    _row("inviteMultimediaConf", "PUT", "inviteconf", "invite to the multimedia conference", InviteConfBody),
    _row("joinMultimediaConfResult", "POST", "joinconfresult", "tell how joining one went", JoinConfResultBody),
    _row("stopMultimediaConf", "DELETE", "stopconf", "end the multimedia conference", StopConfBody),
    _row(
        "getMultimediaConfState",
        "POST",
        "getconfstate",
        "state of the multimedia conference",
        ConfStateBody,
        list[JsonObject],
    ),
)
