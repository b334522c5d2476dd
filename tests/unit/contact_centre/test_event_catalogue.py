"""The catalogue of events: what fits a type and what does not."""

from contextlib import nullcontext

import pytest

from gateway.contact_centre.event_catalogue import CATALOGUE, ROWS, EventType, check

TALKING = {
    "caller": "13800000000",
    "called": "60001",
    "callid": "1760000000-12",
    "feature": "0",
    "type": "main",
    "mediaAbility": "1",
}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("AgentState_Ready", None),
        ("AgentEvent_Hold", "1760000000-12"),
        ("AgentState_SetNotReady_Success", {"reason": "205"}),
        ("AgentEvent_Talking", TALKING),
        ("AgentEvent_Ringing", {**TALKING, "transfer": "no", "transfrom": "", "mediaType": "5"}),
        ("AgentEvent_Auto_Answer", {**TALKING, "transfer": "no", "transfrom": "", "mediaType": 5}),
        ("AgentEvent_SuccTransResult", {"callId": "1760000000-12", "result": 0}),
        ("AgentMediaEvent_StopPlayDone", {"cause": 1, "jsonKey": ["cause"]}),
        ("AgentOther_Note", {"sender": "102", "context": "lunch at noon"}),
        ("AgentOther_PhoneAlerting", {"callid": "1760000000-12", "caller": "13800000000"}),
    ],
)
def test_contents_as_the_wire_has_them_fit(kind: str, content: object) -> None:
    check(kind, content)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("AgentState_Ready", {}),
        ("AgentState_NoSuchThing", None),
        ("AgentEvent_Hold", {"callid": "1760000000-12"}),
        ("AgentEvent_Hold", ""),
        ("AgentState_SetNotReady_Success", {"reason": 205}),
        ("AgentEvent_Talking", {**TALKING, "callId": "1760000000-12"}),
        ("AgentEvent_Talking", {**TALKING, "feature": 0}),
        ("AgentEvent_SuccTransResult", {"callid": "1760000000-12", "result": 0}),
    ],
)
def test_any_other_content_does_not(kind: str, content: object) -> None:
    with pytest.raises(ValueError, match=kind):
        check(kind, content)


NULL = frozenset(
    {
        "AgentState_Busy",
        "AgentState_Work",
        "AgentState_Ready",
        "AgentState_CancelNotReady_Success",
        "AgentState_CancelRest_Success",
        "AgentState_Rest_Timeout",
        "AgentState_SetWork_Success",
        "AgentState_CancelWork_Success",
        "AgentState_Force_Ready",
        "AgentState_Force_SetNotReady",
        "AgentEvent_Agent_Occupyed",
        "AgentMediaEvent_Play",
        "AgentMediaEvent_Play_Succ",
        "AgentMediaEvent_Play_Fail",
        "AgentMediaEvent_PausePlayDone",
        "AgentMediaEvent_ResumePlayDone",
        "AgentMediaEvent_JumpPlayDone",
        "AgentOther_PhoneUnknow",
        "AgentOther_PhoneBusy",
        "AgentOther_InService",
        "AgentOther_All_Agent_Busy",
        "AgentOther_PhoneAlerting",
    }
)
"""The types of which the interface documents no members; the last one is null for a call of the agent's own."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_only_a_type_without_documented_members_may_be_sent_with_null(row: EventType) -> None:
    """Desktops read members without asking whether there is a content, and end on null."""
    with nullcontext() if row.name in NULL else pytest.raises(ValueError, match=row.name):
        check(row.name, None)


def test_every_type_says_when_it_comes() -> None:
    assert all(row.when and row.group for row in CATALOGUE.values())


def test_no_type_is_listed_twice() -> None:
    assert len(ROWS) == len(CATALOGUE)
