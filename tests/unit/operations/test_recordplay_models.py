"""Limits of recordings and files at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.operations import recordplay_models as models
from tests.unit.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (models.PlayBody, "voicepath", ("a", "a" * 100), ("", "a" * 101, ABSENT)),
    (models.PlayBody, "startpostion", (0, "9"), (-1,)),
    (models.PlayBody, "times", (1, 0, 7), ("x",)),
    (models.PlayBody, "codeformat", (0,), (1,)),
    (models.NetPlayBody, "fileName", ("a" * 100,), ("", "a" * 101, ABSENT)),
    (models.NetPlayBody, "playTime", (0, 1), (2,)),
    (models.NetPlayBody, "fileFormat", (0, 2), (3,)),
    (models.NetPlayBody, "locationId", (0, 65_535, ABSENT), (65_536,)),
    (models.NetPlayBody, "ccId", (0, "1"), (ABSENT,)),
    (models.JumpParameters, "time", (1, "30"), (0, ABSENT)),
    (models.FileParameters, "filepath", ("a", "a" * 4000), ("", "a" * 4001)),
    (models.DownloadParameters, "recordId", ("y:/1/0/a.V3",), ("", "a" * 256, ABSENT)),
    (models.DownloadParameters, "filetype", ("1", "2", ABSENT), ("0", "3")),
    (models.VideoFileParameters, "fileType", (0, 2), (3, ABSENT)),
    (models.VideoFileParameters, "conferenceId", ("a",), ("", "a" * 65, ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
