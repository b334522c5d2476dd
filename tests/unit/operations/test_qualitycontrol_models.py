"""Limits of the qualitycontrol group at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.operations import qualitycontrol_models as models
from tests.unit.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (models.MediaParameters, "workNo", (1, "999999"), (0, 1_000_000, "x", ABSENT)),
    (models.MediaParameters, "mediaType", (1, "", ABSENT), ("x",)),
    (models.InterceptParameters, "callId", ("1-1", "", ABSENT), ("1" * 129,)),
    (models.ForceRestParameters, "time", (1, 86_399), (0, 86_400)),
    (models.ForceRestParameters, "reason", (1, 255), (0, 256)),
    (models.WhisperParameters, "whisperagentid", ("102",), ("x", ABSENT)),
    (models.SwitchParameters, "switchtype", (0, "2"), (-1, 3, ABSENT)),
    (models.SwitchParameters, "whisperagentid", ("102", ABSENT), ("x",)),
    (models.AgentsParameters, "agents", ("101", "101;102"), ("", "x", ABSENT)),
    (models.RecordAgentsParameters, "recordflag", (0, 1), (2,)),
    (models.PortParameters, "port", (1, 65_535), (0, 65_536)),
    (models.AdjustSkillBody, "skills", ([], [1], "1;2", list(range(1, 1001))), (["x"], list(range(1, 1002)))),
    (models.AdjustSkillBody, "workNo", (102, ABSENT), ("x",)),
    (models.UrlParameters, "urlname", ("a" * 255,), ("a" * 256, ABSENT)),
    (models.VideoRecordParameters, "startposition", (0,), (-1, ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
