"""Limits of the voicecall group at their boundaries."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.contact_centre.operations.voicecall import rows
from gateway.interface.fields import CALL_DATA_MAX
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within
from tests.unit.contact_centre.operations.samples import sample

LIMITS: tuple[Limit, ...] = (
    (rows.CallOutBody, "called", ("1", "*#0", "1" * 24, 10086), ("", "1" * 25, "12a", "1,2", ABSENT)),
    (rows.CallOutBody, "caller", ("", "1" * 24), ("1" * 25, "*")),
    (rows.CallOutBody, "skillid", ("", 0, 5, ABSENT), (-1, "x")),
    (rows.CallOutBody, "callappdata", ("a" * CALL_DATA_MAX,), ("a" * (CALL_DATA_MAX + 1), "ä" * CALL_DATA_MAX)),
    (rows.CallOutBody, "mediaability", (0, "2"), (3,)),
    (rows.CallOutBody, "userVideoDirection", (1, 4), (0, 5)),
    (rows.InnerSkillCallBody, "skillId", (1, "5"), (0, "", ABSENT)),
    (rows.PreviewCallBody, "callcontrolid", (0, 2**40), (-1, ABSENT)),
    (rows.HelpBody, "dstaddress", ("102", 102), ("", "a", ABSENT)),
    (rows.HelpBody, "devicetype", (1, 2), (0, 3)),
    (rows.HelpBody, "mode", (1, 2), (0, 3)),
    (rows.HelpBody, "holdflag", ("true", False), ("so",)),
    (rows.TransferBody, "address", ("1", "1" * 24), ("", "*1", "1" * 25, ABSENT)),
    (rows.TransferBody, "devicetype", (1, "2", 3, 4), (0, 6, ABSENT)),
    (rows.RejectBody, "mode", (1, "2"), (0, 3, ABSENT)),
    (rows.JoinBody, "callid", ("1455885056-1095",), ("", ABSENT)),
    (rows.PartyParameters, "number", ("1", "1" * 24), ("", "1" * 25, "#")),
    (rows.DialParameters, "number", ("1", "*#", "1" * 24), ("", "1,2", "1" * 25)),
    (rows.OlderDialParameters, "number", ("1,2", "*"), ("a", "1" * 25)),
    (rows.SnatchParameters, "destWorkNo", ("102",), ("0", "x", ABSENT)),
    (rows.QueuedCallParameters, "skilltype", (1,), (2,)),
    (rows.QueuedCallParameters, "skillId", (1, 0, ABSENT), (-1,)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


@pytest.mark.parametrize("devicetype", rows.TRANSFER_MODES)
@pytest.mark.parametrize("mode", range(-1, 6))
def test_the_mode_of_a_transfer_fits_its_target(devicetype: int, mode: int) -> None:
    body = sample(rows.TransferBody) | {"devicetype": str(devicetype)}
    allowed = mode in rows.TRANSFER_MODES[devicetype]
    try:
        rows.TransferBody.model_validate(body | {"mode": str(mode)})
    except ValueError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("spelling", ["skillId", "skillid"])
def test_the_queue_of_a_chosen_call_has_two_spellings(spelling: str) -> None:
    found = rows.QueuedCallParameters.model_validate({"callid": "1-1", "skilltype": "0", spelling: "5"})
    assert found.skill_id == 5


@pytest.mark.parametrize("numbered", [{}, {"skillId": "0"}, {"skillId": ""}])
def test_a_public_queue_is_named(numbered: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="skillId is required"):
        rows.QueuedCallParameters.model_validate({"callid": "1-1", "skilltype": "0", **numbered})
