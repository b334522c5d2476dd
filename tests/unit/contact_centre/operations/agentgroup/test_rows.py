"""Limits of the agentgroup group at their boundaries."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from gateway.contact_centre.operations.agentgroup import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (rows.StatusParameters, "status", (0, "9"), (-1, 10, ABSENT)),
    (rows.GroupParameters, "groupid", (0, "7", "", ABSENT), (-1, "x")),
    (rows.AgentListParameters, "agentlist", ("101;102", "", ABSENT), ("x",)),
    (rows.AgentListBody, "agentlist", (["101"], [101, 102]), ([], ["x"], ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


@pytest.mark.parametrize("limit", [1, "500"])
def test_a_filter_has_limit_and_states(limit: object) -> None:
    found = rows.AgentFilterBody.model_validate({"agentLimit": limit, "agentStatus": ["4", 7]})
    assert (found.agent_limit, found.agent_status) == (int(str(limit)), (4, 7))


@pytest.mark.parametrize(
    "body",
    [
        {"agentLimit": 10},
        {"agentStatus": [4]},
        {"agentLimit": 0, "agentStatus": [4]},
        {"agentLimit": 501, "agentStatus": [4]},
        {"agentLimit": 10, "agentStatus": [10]},
    ],
)
def test_half_a_filter_or_a_wrong_one_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rows.AgentFilterBody.model_validate(body)


def test_no_filter_at_all_is_none() -> None:
    assert rows.AgentFilterBody.model_validate({}).agent_limit is None
