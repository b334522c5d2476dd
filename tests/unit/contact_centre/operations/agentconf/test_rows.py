"""Limits of the agentconf group at their boundaries."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.contact_centre.operations.agentconf import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

ONE = {"addressType": 9, "address": 102}
LIMITS: tuple[Limit, ...] = (
    (rows.ConferenceBody, "memberNum", (1, "120"), (0, 121, ABSENT)),
    (rows.ConferenceBody, "time", (4, 1440, ABSENT), (3, 1441)),
    (rows.ConferenceBody, "confCallerNo", ("", "1" * 24), ("1" * 25,)),
    (rows.ConferenceBody, "playMode", (2,), (1, 3)),
    (rows.ConferenceBody, "voicePath", ("", "a" * 127), ("a" * 128,)),
    (rows.ParticipantBody, "addressType", ("6", "9", 9), ("7", "", ABSENT)),
    (rows.ParticipantBody, "address", ("1", "1" * 24), ("", "1" * 25, ABSENT)),
    (rows.HoldParticipantBody, "voicePath", ("a", "a" * 127), ("", "a" * 128, ABSENT)),
    (rows.ParticipantModeBody, "attribute", (1, 4), (0, 5, ABSENT)),
    (rows.ProlongBody, "prolongTime", (1, "1440"), (0, 1441, ABSENT)),
    (rows.ShiftBody, "destAgentNo", (102, "102"), (0, "x", ABSENT)),
    (rows.InviteBody, "addresses", ([ONE], [ONE] * 120), ([], [ONE] * 121, [{}], ABSENT)),
    (rows.RemoveBody, "addresses", ([ONE], [ONE] * 30), ([], [ONE] * 31)),
    (rows.SeatsBody, "modifyType", (0, 1), (2,)),
    (rows.SeatsBody, "modifyNum", (2, 118), (1, 119)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


def test_a_welcome_needs_its_file() -> None:
    with pytest.raises(ValidationError, match="voicePath is required"):
        rows.InviteBody.model_validate({"addresses": [ONE], "beepTone": "true"})


def test_an_older_client_names_the_new_chairperson_otherwise() -> None:
    assert rows.ShiftBody.model_validate({"destWorkNo": "102"}).dest_agent_no == 102


def test_minutes_are_60_unless_asked_otherwise() -> None:
    assert rows.ConferenceBody.model_validate({"memberNum": 3}).time == 60
