"""The agentconf group: conferences of agents (contract agentconf.yaml)."""

from typing import Any

from gateway.operations import agentconf_models as models
from gateway.operations.fields import Body
from gateway.operations.operation import Operation
from gateway.operations.results import Nothing
from gateway.wire import retcodes

_CHAIR = (retcodes.NO_CONFERENCE, retcodes.NOT_CHAIRPERSON)


def _chair(
    name: str, action: str, summary: str, body: type[Body] | None = None, *more: str, result: Any = Nothing
) -> Operation:
    """An operation of the chairperson."""
    path = f"agentconf/{{agentid}}/{action}"
    return Operation(name, "POST", path, summary, body=body, retcodes=(*_CHAIR, *more), result=result)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "requestAgentConf",
        "POST",
        "agentconf/{agentid}/requestagentconf",
        "ask for a conference",
        body=models.ConferenceBody,
        retcodes=(retcodes.IN_CONFERENCE, retcodes.WRONG_STATE),
    ),
    Operation(
        "answerAgentConf",
        "POST",
        "agentconf/{agentid}/answeragentconf",
        "accept an invitation",
        retcodes=(retcodes.NO_CONFERENCE,),
    ),
    Operation(
        "rejectAgentConf",
        "POST",
        "agentconf/{agentid}/rejectagentconf",
        "decline an invitation",
        retcodes=(retcodes.NO_CONFERENCE,),
    ),
    Operation(
        "requestLeaveAgentConf",
        "POST",
        "agentconf/{agentid}/requestleaveagentconf",
        "leave the conference",
        retcodes=(retcodes.NO_CONFERENCE, retcodes.CHAIR_LEAVES),
    ),
    _chair("releaseAgentConf", "releaseagentconf", "end the conference"),
    _chair("holdParticipant", "holdparticipant", "hold a participant", models.HoldParticipantBody),
    _chair("unholdParticipant", "unholdparticipant", "take a participant off hold", models.ParticipantBody),
    _chair("prolongTime", "prolongtime", "ask for more time", models.ProlongBody, result=models.Prolonged),
    _chair(
        "applyToShiftPresident",
        "applytoshiftpresident",
        "give the chair to another agent",
        models.ShiftBody,
        retcodes.CHAIR_TO_ITSELF,
    ),
    _chair("batchAddParticipant", "batchaddparticipant", "invite participants", models.InviteBody),
    _chair(
        "batchRemoveParticipant",
        "batchremoveparticipant",
        "remove participants",
        models.RemoveBody,
        retcodes.CHAIR_REMOVES_ITSELF,
        result=models.NotRemoved,
    ),
    _chair(
        "changeParticipantMode",
        "changeparticipantmode",
        "let a participant listen or speak",
        models.ParticipantModeBody,
    ),
    _chair("playVoiceToConf", "playvoicetoconf", "play a file to all", models.PlayToAllBody),
    _chair("stopVoiceToConf", "stopvoicetoconf", "stop playing to all"),
    _chair("playVoiceToParticipant", "playvoicetoparticipant", "play a file to one", models.HoldParticipantBody),
    _chair("stopVoiceToParticipant", "stopvoicetoparticipant", "stop playing to one", models.ParticipantBody),
    _chair("modifyConfResource", "modifyconfresource", "change the number of seats", models.SeatsBody),
    Operation(
        "queryConfInfos",
        "POST",
        "agentconf/{agentid}/queryconfinfos",
        "conferences: own, or all of the VDN for an inspector",
        body=models.ConferenceQueryBody,
        result=list[models.Conference],
    ),
    Operation(
        "queryAllConfIds",
        "GET",
        "agentconf/{agentid}/queryvdnconfid",
        "ids of the conferences of the VDN, for inspectors",
        retcodes=(retcodes.NOT_INSPECTOR_OF_CONFERENCES,),
        result=list[int],
    ),
)
