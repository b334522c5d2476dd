"""Limits of the calldata group at their boundaries."""

from typing import Any

import pytest
from pydantic import BaseModel

from gateway.contact_centre.operations.calldata import rows
from gateway.interface.fields import CALL_DATA_MAX, INT_MAX
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (rows.LastCallParameters, "isNoContainLastCall", ("true", "false", ABSENT), ("so",)),
    (rows.AppDataParameters, "isEncodeResult", ("true", "so", ABSENT), ()),
    (rows.SetAppDataParameters, "calldata", ("", "a" * CALL_DATA_MAX), ("a" * (CALL_DATA_MAX + 1),)),
    (rows.SetAppDataBody, "calldata", ("a" * rows.CALL_DATA_ENCODED_MAX,), ("a" * 30_000,)),
    (rows.SetAppDataBody, "isDataEncoded", ("true", False), ("so",)),
    (rows.SetAppDataBody, "callid", ("1-1", "", ABSENT), ("1" * 129,)),
    (rows.IvrParameters, "ivrid", (1, INT_MAX), (0, INT_MAX + 1, ABSENT)),
    (rows.RecordsParameters, "workno", (101, "", ABSENT), ("x", "0")),
    (rows.RecordsParameters, "skillid", (5, "0", "", ABSENT), ("x",)),
    (rows.RecordsParameters, "startdate", ("2025-11-21 08:00:00", "1760000000000", ""), ("<", "1" * 33)),
    (rows.RecordsParameters, "startposition", (0, INT_MAX), (-1, INT_MAX + 1)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


@pytest.mark.parametrize("spelling", ["callId", "callid"])
def test_the_call_of_its_data_has_two_spellings(spelling: str) -> None:
    assert rows.AppDataParameters.model_validate({spelling: "1-1"}).call_id == "1-1"


def test_business_data_keeps_the_members_of_the_business() -> None:
    body = rows.BusinessDataBody.model_validate({"callid": "1-1", "customer": "7"})
    assert (body.callid, body.model_extra) == ("1-1", {"customer": "7"})
