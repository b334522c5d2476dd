"""The catalogue of events: what fits a type and what does not."""

import pytest

from gateway.events.catalogue import CATALOGUE, ROWS, check

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


def test_every_type_says_when_it_comes() -> None:
    assert all(row.when and row.group for row in CATALOGUE.values())


def test_no_type_is_listed_twice() -> None:
    assert len(ROWS) == len(CATALOGUE)
