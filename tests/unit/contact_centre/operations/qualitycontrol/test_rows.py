"""Limits of the qualitycontrol group at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.contact_centre.operations.qualitycontrol import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (rows.MediaParameters, "workNo", (1, "999999"), (0, 1_000_000, "x", ABSENT)),
    (rows.MediaParameters, "mediaType", (1, "", ABSENT), ("x",)),
    (rows.InterceptParameters, "callId", ("1-1", "", ABSENT), ("1" * 129,)),
    (rows.ForceRestParameters, "time", (1, 86_399), (0, 86_400)),
    (rows.ForceRestParameters, "reason", (1, 255), (0, 256)),
    (rows.WhisperParameters, "whisperagentid", ("102",), ("x", ABSENT)),
    (rows.SwitchParameters, "switchtype", (0, "2"), (-1, 3, ABSENT)),
    (rows.SwitchParameters, "whisperagentid", ("102", ABSENT), ("x",)),
    (rows.AgentsParameters, "agents", ("101", "101;102"), ("", "x", ABSENT)),
    (rows.RecordAgentsParameters, "recordflag", (0, 1), (2,)),
    (rows.PortParameters, "port", (1, 65_535), (0, 65_536)),
    (rows.AdjustSkillBody, "skills", ([], [1], "1;2", list(range(1, 1001))), (["x"], list(range(1, 1002)))),
    (rows.AdjustSkillBody, "workNo", (102, ABSENT), ("x",)),
    (rows.UrlParameters, "urlname", ("a" * 255,), ("a" * 256, ABSENT)),
    (rows.VideoRecordParameters, "startposition", (0,), (-1, ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
