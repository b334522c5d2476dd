"""Limits of the queuedevice and querymonitor groups at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.contact_centre.operations.querymonitor import rows as querymonitor
from gateway.contact_centre.operations.queuedevice import rows as queuedevice
from gateway.interface.fields import QueueParameters
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (queuedevice.VdnParameters, "vdnid", (1, "512"), (0, 513)),
    (queuedevice.SkillsBody, "skills", ([1], ["5", "6"], list(range(1, 101))), ([], list(range(1, 102)), [0], ABSENT)),
    (queuedevice.VdnSkillsBody, "skills", ([], [5], ABSENT), (["x"], list(range(1, 102)))),
    (QueueParameters, "skillid", (1, "5"), (0, "x", ABSENT)),
    (querymonitor.ClusterParameters, "clustername", ("a", "a" * 64), ("a" * 65, ABSENT)),
    (querymonitor.MaxChatParameters, "chatnum", (0, "60"), (-1, ABSENT)),
    (querymonitor.MaxChatParameters, "agents", ("101;102", "", ABSENT), ("x",)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
