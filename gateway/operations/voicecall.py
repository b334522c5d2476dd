"""The voicecall group: calls of a signed-in agent (contract voicecall.yaml)."""

from dataclasses import replace

from gateway.operations import voicecall_models as models
from gateway.operations.operation import Operation
from gateway.operations.parameters import CallParameters
from gateway.wire import retcodes

_STATE = (retcodes.WRONG_STATE,)
_CALLING = (retcodes.WRONG_STATE, retcodes.CALLED_NUMBER)
_MUTE = (retcodes.MUTE_NO_CALL, retcodes.MUTE_STATE)
_UNMUTE = (retcodes.UNMUTE_NO_CALL, retcodes.UNMUTE_STATE)
_RELEASE = (retcodes.RELEASE_NO_CALL,)

_PREVIEW = Operation(
    "previewCallOut",
    "PUT",
    "voicecall/{agentid}/previewcallout",
    "call a number of an offered preview call",
    body=models.PreviewCallBody,
    retcodes=_CALLING,
    result=str,
)
_RELEASE_ROW = Operation(
    "release", "DELETE", "voicecall/{agentid}/release", "hang up the present call", retcodes=_RELEASE
)
_PICK_UP = Operation(
    "phonePickup", "POST", "voicecall/{agentid}/phonepickup", "lift the linked desk phone", retcodes=_STATE
)
_HANG_UP = Operation(
    "phoneHangUp", "POST", "voicecall/{agentid}/phonehangup", "reject a call on the linked desk phone", retcodes=_STATE
)

MAKING: tuple[Operation, ...] = (
    Operation(
        "callout",
        "PUT",
        "voicecall/{agentid}/callout",
        "call a number",
        body=models.CallOutBody,
        retcodes=_CALLING,
        result=str,
    ),
    _PREVIEW,
    replace(_PREVIEW, path="voicecall/{agentid}/previewCallout"),
    Operation(
        "cancelPreviewCallout",
        "PUT",
        "voicecall/{agentid}/cancelPreviewCallout",
        "decline an offered preview call",
        body=models.CancelPreviewBody,
        retcodes=_STATE,
    ),
    Operation(
        "callInner",
        "PUT",
        "voicecall/{agentid}/callinner",
        "call another agent",
        body=models.InnerCallBody,
        retcodes=_CALLING,
        result=str,
    ),
    Operation(
        "callInnerSkill",
        "PUT",
        "voicecall/{agentid}/callinnerskill",
        "call an idle agent of a skill queue",
        body=models.InnerSkillCallBody,
        retcodes=_STATE,
        result=str,
    ),
    Operation(
        "requestAppointedCall",
        "POST",
        "voicecall/{agentid}/requestcall/{callid}/{skilltype}",
        "take a chosen call out of a queue",
        parameters=models.QueuedCallParameters,
        retcodes=_STATE,
    ),
)

ANSWERING: tuple[Operation, ...] = (
    Operation(
        "answer",
        "PUT",
        "voicecall/{agentid}/answer",
        "answer the ringing call",
        parameters=models.OptionalCallParameters,
        retcodes=(retcodes.ANSWER_NO_CALL,),
    ),
    Operation(
        "reject",
        "POST",
        "voicecall/{agentid}/reject",
        "reject the ringing call",
        body=models.RejectBody,
        retcodes=(retcodes.ANSWER_NO_CALL, retcodes.REJECT_STATE),
    ),
    Operation(
        "snatchPickup",
        "PUT",
        "voicecall/{agentid}/snatchpickup",
        "answer a call that rings at another agent of the group",
        parameters=models.SnatchParameters,
        retcodes=_STATE,
    ),
    _PICK_UP,
    replace(_PICK_UP, method="PUT"),
    _HANG_UP,
    replace(_HANG_UP, method="PUT"),
)

TALKING: tuple[Operation, ...] = (
    Operation("beginMute", "POST", "voicecall/{agentid}/beginmute", "mute the call", retcodes=_MUTE),
    Operation("endMute", "POST", "voicecall/{agentid}/endmute", "unmute the call", retcodes=_UNMUTE),
    Operation("beginMuteVideo", "POST", "voicecall/{agentid}/beginmutevideo", "stop the own picture", retcodes=_MUTE),
    Operation("endMuteVideo", "POST", "voicecall/{agentid}/endmutevideo", "show the own picture", retcodes=_UNMUTE),
    Operation(
        "hold",
        "POST",
        "voicecall/{agentid}/hold",
        "hold the call",
        retcodes=(retcodes.HOLD_NO_CALL, retcodes.HOLD_STATE),
    ),
    Operation(
        "getHold",
        "POST",
        "voicecall/{agentid}/gethold",
        "take a held call back",
        parameters=models.OptionalCallParameters,
        retcodes=(retcodes.UNHOLD_NO_HELD, retcodes.UNHOLD_STATE),
    ),
    Operation(
        "connectHold",
        "POST",
        "voicecall/{agentid}/connecthold/{callid}",
        "connect the held call with the present one and leave",
        parameters=CallParameters,
        retcodes=(
            retcodes.CONNECT_NO_CALL,
            retcodes.CONNECT_NO_HELD,
            retcodes.HOLD_NO_CALL,
            retcodes.HOLD_STATE,
        ),
    ),
    Operation(
        "transfer",
        "POST",
        "voicecall/{agentid}/transfer",
        "transfer the call",
        body=models.TransferBody,
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_STATE, retcodes.CALLED_NUMBER),
    ),
    Operation(
        "cancelTransfer",
        "POST",
        "voicecall/{agentid}/canceltransfer",
        "take a transferred call back",
        retcodes=(retcodes.TRANSFER_NO_CALL, retcodes.WRONG_STATE),
    ),
    Operation(
        "innerHelp",
        "POST",
        "voicecall/{agentid}/innerhelp",
        "ask another agent for help in the call",
        body=models.HelpBody,
        retcodes=(retcodes.HELP_NO_CALL, retcodes.WRONG_STATE, retcodes.CALLED_NUMBER),
        result=str,
    ),
    Operation(
        "confJoin",
        "POST",
        "voicecall/{agentid}/confjoin",
        "join a held call to a three-party call",
        body=models.JoinBody,
        retcodes=(retcodes.JOIN_NO_CALL, retcodes.JOIN_NO_HELD),
    ),
    Operation(
        "secondDialEx",
        "POST",
        "voicecall/{agentid}/seconddialex",
        "send digits",
        parameters=models.DialParameters,
        retcodes=_STATE,
    ),
    Operation(
        "secondDial",
        "POST",
        "voicecall/{agentid}/seconddial/{number}",
        "send digits, older form",
        parameters=models.OlderDialParameters,
        retcodes=_STATE,
    ),
    Operation(
        "reportSound",
        "POST",
        "voicecall/{agentid}/reportsound",
        "announce a number in the call",
        body=models.ReportSoundBody,
        retcodes=(retcodes.REPORT_NO_CALL,),
    ),
)

ENDING: tuple[Operation, ...] = (
    _RELEASE_ROW,
    replace(_RELEASE_ROW, path="voicecall/{agentid}", summary="hang up the present call, older form"),
    Operation(
        "dropCall",
        "POST",
        "voicecall/{agentid}/dropcall/{callid}",
        "hang up a call by its id",
        parameters=CallParameters,
        retcodes=(retcodes.DROP_NO_CALL,),
    ),
    Operation(
        "disconnect",
        "POST",
        "voicecall/{agentid}/disconnect/{number}",
        "release one party of the call",
        parameters=models.PartyParameters,
        retcodes=(retcodes.NO_SUCH_PARTY, retcodes.PARTY_STAYS),
    ),
    Operation("releasePhone", "DELETE", "voicecall/{agentid}/releasephone", "hang up the phone", retcodes=_STATE),
)

OPERATIONS: tuple[Operation, ...] = (*MAKING, *ANSWERING, *TALKING, *ENDING)
