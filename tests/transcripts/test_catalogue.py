"""Every event type of the catalogue is shown by a scenario (docs/events.md).

What a transcript has was polled by real desks and fits its model: `test_transcripts` replays each of them.
"""

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from gateway.contact_centre.event_catalogue import CATALOGUE

FOLDER: Final = Path(__file__).parent
EVENT: Final = re.compile(r"(?m)^< \S+ s  \d+  (\w+)")

SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "inbound": (
        "AgentOther_InService",
        "AgentState_Ready",
        "AgentState_Busy",
        "AgentState_Work",
        "AgentState_CancelWork_Success",
        "AgentState_SetNotReady_Success",
        "AgentState_CancelNotReady_Success",
        "AgentEvent_Incoming_CallInfo",
        "AgentEvent_Ringing",
        "AgentEvent_Auto_Answer",
        "AgentEvent_Talking",
        "AgentEvent_Call_Release",
        "AgentEvent_Customer_Release",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentOther_PhoneRelease",
    ),
    "outbound": (
        "AgentEvent_Customer_Alerting",
        "AgentEvent_Call_Out_Fail",
        "AgentEvent_Connect_Fail",
        "OUTBOUND_DETECT_EVENT",
    ),
    "no_answer": ("AgentEvent_No_Answer",),
    "reject": ("AgentEvent_Inside_Call_Fail",),
    "hold_and_pick_up": ("AgentEvent_Hold",),
    "consult_transfer": ("AgentEvent_Consult_Fail", "AgentEvent_SuccTransResult"),
    "conference": ("AgentEvent_Conference",),
    "states": (
        "AgentState_SetRest_Success",
        "AgentState_CancelRest_Success",
        "AgentState_Rest_Timeout",
        "AgentState_SetWork_Success",
        "AgentOther_Note",
        "AgentOther_Bulletin",
    ),
    "forced_sign_out": ("AgentState_Force_Ready", "AgentState_Force_SetNotReady", "QC_AgentState_Notify"),
    "whisper_and_intercept": ("AgentOther_BeQcStart", "AgentOther_BeQcStop"),
    "menus_and_full_queues": ("AgentEvent_ReturnFromIvr", "AgentEvent_MediaSwith", "AgentOther_All_Agent_Busy"),
    "preview_calls": (
        "AgentEvent_Agent_Occupyed",
        "AgentEvent_Preview",
        "AgentEvent_Preview_CallOut",
        "AgentEvent_Preview_CallOut_Ex",
    ),
    "recording_and_playing": (
        "AgentMediaEvent_Record",
        "AgentMediaEvent_Record_Fail",
        "AgentMediaEvent_StopRecordDone",
        "AgentMediaEvent_Play",
        "AgentMediaEvent_Play_Succ",
        "AgentMediaEvent_Play_Fail",
        "AgentMediaEvent_StopPlayDone",
        "AgentMediaEvent_PausePlayDone",
        "AgentMediaEvent_ResumePlayDone",
        "AgentMediaEvent_JumpPlayDone",
    ),
    "phone_by_hand": (
        "AgentOther_PhoneBusy",
        "AgentOther_PhoneUnknow",
        "AgentEvent_linkagePhoneCallOut",
        "AgentEvent_linkagePhoneHold",
        "AgentEvent_linkagePhoneUnHold",
        "AgentEvent_linkagePhoneTransferOut",
        "AgentEvent_linkagePhoneTransferOut_Result",
    ),
    "agent_conference": (
        "AgentConf_RequestSuccess",
        "AgentConf_SelfJoinResult",
        "AgentConf_Timeout",
        "AgentConf_Ringing",
        "AgentConf_ParticipantChanged",
        "AgentConf_SelfLeaveResult",
        "AgentConf_PresidentChanged",
        "AgentConf_StopVoice",
    ),
    "conference_refused": ("AgentConf_RequestFailed", "AgentConf_StopParticipantVoice"),
    "chat": (
        "AgentChat_Ring",
        "AgentChat_Connected",
        "AgentChat_Disconnected",
        "AgentChat_DataRecved",
        "AgentChat_CallOutCreated",
    ),
    "messages": ("AgentEvent_MessageData", "AgentChat_CalloutFailed"),
}
"""Transcript -> the event types that it is there to show."""

SHOWN_BY_TEST: Final = {
    "AgentOther_ShutdownService": (
        "contract/test_poll.py",
        "test_the_poll_that_waits_while_an_inspector_forces_the_agent_out_brings_the_last_event",
    ),
}
"""Types that come to a poll that waits only, which no transcript has: the file under tests/ and the test."""


def test_every_type_of_the_catalogue_is_shown_once() -> None:
    claims = Counter([*(kind for kinds in SHOWN.values() for kind in kinds), *SHOWN_BY_TEST])
    assert claims == Counter(dict.fromkeys(CATALOGUE, 1))


@pytest.mark.parametrize("name", SHOWN)
def test_a_transcript_has_the_types_that_it_is_there_to_show(name: str) -> None:
    told = EVENT.findall((FOLDER / f"{name}.txt").read_text("utf-8"))
    assert set(SHOWN[name]) <= set(told)


@pytest.mark.parametrize("kind", SHOWN_BY_TEST)
def test_a_test_that_shows_a_type_is_there(kind: str) -> None:
    file, name = SHOWN_BY_TEST[kind]
    text = (FOLDER.parent / file).read_text("utf-8")
    found = {one.name: one for one in ast.parse(text).body if isinstance(one, ast.AsyncFunctionDef)}
    assert f'"{kind}"' in (ast.get_source_segment(text, found[name]) or "")
