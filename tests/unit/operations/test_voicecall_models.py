"""Limits of the voicecall group at their boundaries."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.operations import voicecall_models as models
from gateway.operations.fields import CALL_DATA_MAX
from tests.unit.operations.limits import ABSENT, Limit, outside, takes, within
from tests.unit.operations.samples import sample

LIMITS: tuple[Limit, ...] = (
    (models.CallOutBody, "called", ("1", "*#0", "1" * 24, 10086), ("", "1" * 25, "12a", "1,2", ABSENT)),
    (models.CallOutBody, "caller", ("", "1" * 24), ("1" * 25, "*")),
    (models.CallOutBody, "skillid", ("", 0, 5, ABSENT), (-1, "x")),
    (models.CallOutBody, "callappdata", ("a" * CALL_DATA_MAX,), ("a" * (CALL_DATA_MAX + 1), "ä" * CALL_DATA_MAX)),
    (models.CallOutBody, "mediaability", (0, "2"), (3,)),
    (models.CallOutBody, "userVideoDirection", (1, 4), (0, 5)),
    (models.InnerSkillCallBody, "skillId", (1, "5"), (0, "", ABSENT)),
    (models.PreviewCallBody, "callcontrolid", (0, 2**40), (-1, ABSENT)),
    (models.HelpBody, "dstaddress", ("102", 102), ("", "a", ABSENT)),
    (models.HelpBody, "devicetype", (1, 2), (0, 3)),
    (models.HelpBody, "mode", (1, 2), (0, 3)),
    (models.HelpBody, "holdflag", ("true", False), ("so",)),
    (models.TransferBody, "address", ("1", "1" * 24), ("", "*1", "1" * 25, ABSENT)),
    (models.TransferBody, "devicetype", (1, "2", 3, 4), (0, 6, ABSENT)),
    (models.RejectBody, "mode", (1, "2"), (0, 3, ABSENT)),
    (models.JoinBody, "callid", ("1455885056-1095",), ("", ABSENT)),
    (models.PartyParameters, "number", ("1", "1" * 24), ("", "1" * 25, "#")),
    (models.DialParameters, "number", ("1", "*#", "1" * 24), ("", "1,2", "1" * 25)),
    (models.OlderDialParameters, "number", ("1,2", "*"), ("a", "1" * 25)),
    (models.SnatchParameters, "destWorkNo", ("102",), ("0", "x", ABSENT)),
    (models.QueuedCallParameters, "skilltype", (1,), (2,)),
    (models.QueuedCallParameters, "skillId", (1, 0, ABSENT), (-1,)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


@pytest.mark.parametrize("devicetype", models.TRANSFER_MODES)
@pytest.mark.parametrize("mode", range(-1, 6))
def test_the_mode_of_a_transfer_fits_its_target(devicetype: int, mode: int) -> None:
    body = sample(models.TransferBody) | {"devicetype": str(devicetype)}
    allowed = mode in models.TRANSFER_MODES[devicetype]
    try:
        models.TransferBody.model_validate(body | {"mode": str(mode)})
    except ValueError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize("spelling", ["skillId", "skillid"])
def test_the_queue_of_a_chosen_call_has_two_spellings(spelling: str) -> None:
    found = models.QueuedCallParameters.model_validate({"callid": "1-1", "skilltype": "0", spelling: "5"})
    assert found.skill_id == 5


@pytest.mark.parametrize("numbered", [{}, {"skillId": "0"}, {"skillId": ""}])
def test_a_public_queue_is_named(numbered: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="skillId is required"):
        models.QueuedCallParameters.model_validate({"callid": "1-1", "skilltype": "0", **numbered})
