"""What only a contact centre behind HTTP performs: recording files, and conferences that share a screen.

No page describes the latter; the members are those that public clients send.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from gateway.contact_centre.operations.recordplay import rows
from gateway.interface.fields import Body, CallId, Parameters
from gateway.interface.operation import AnswerKind, Operation
from gateway.interface.results import JsonObject, Nothing
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


MULTIMEDIA_CONFERENCES: tuple[Operation, ...] = (
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


def _file(name: str, path: str, summary: str, parameters: type[Parameters]) -> Operation:
    away = retcodes.DOWNLOAD_OFF
    return Operation(
        name, "GET", path, summary, parameters=parameters, answer=AnswerKind.FILE, retcodes=(away,), relayed_only=away
    )


RECORD_FILES: tuple[Operation, ...] = (
    _file("downloadRecordFile", "recordfile/{agentid}", "a recording", rows.DownloadParameters),
    _file(
        "recordfiledownloadEx",
        "recordfile/{agentid}/recordfiledownloadEx",
        "a recording of another recording server",
        rows.OtherServerParameters,
    ),
    _file(
        "downloadVideoFile",
        "recordfile/{agentid}/videofiledownload",
        "the video of a call",
        rows.VideoFileParameters,
    ),
)
