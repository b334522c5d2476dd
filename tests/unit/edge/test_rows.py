"""Limits of the rows that the gateway answers itself, at their boundaries."""

import pytest
from pydantic import ValidationError

from gateway.edge.rows import SignOutReasonParameters


@pytest.mark.parametrize("reason", ["1", "255"])
def test_a_sign_out_cause_is_from_1_to_255(reason: str) -> None:
    assert SignOutReasonParameters.model_validate({"reason": reason}).reason == int(reason)


@pytest.mark.parametrize("reason", ["0", "256", "x", ""])
def test_any_other_cause_is_none(reason: str) -> None:
    with pytest.raises(ValidationError):
        SignOutReasonParameters.model_validate({"reason": reason})
