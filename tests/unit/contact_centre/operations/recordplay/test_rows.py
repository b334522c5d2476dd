"""Limits of recordings and files at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.contact_centre.operations.recordplay import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (rows.PlayBody, "voicepath", ("a", "a" * 100), ("", "a" * 101, ABSENT)),
    (rows.PlayBody, "startpostion", (0, "9"), (-1,)),
    (rows.PlayBody, "times", (1, 0, 7), ("x",)),
    (rows.PlayBody, "codeformat", (0,), (1,)),
    (rows.NetPlayBody, "fileName", ("a" * 100,), ("", "a" * 101, ABSENT)),
    (rows.NetPlayBody, "playTime", (0, 1), (2,)),
    (rows.NetPlayBody, "fileFormat", (0, 2), (3,)),
    (rows.NetPlayBody, "locationId", (0, 65_535, ABSENT), (65_536,)),
    (rows.NetPlayBody, "ccId", (0, "1"), (ABSENT,)),
    (rows.JumpParameters, "time", (1, "30"), (0, ABSENT)),
    (rows.FileParameters, "filepath", ("a", "a" * 4000), ("", "a" * 4001)),
    (rows.DownloadParameters, "recordId", ("y:/1/0/a.V3",), ("", "a" * 256, ABSENT)),
    (rows.DownloadParameters, "filetype", ("1", "2", ABSENT), ("0", "3")),
    (rows.VideoFileParameters, "fileType", (0, 2), (3, ABSENT)),
    (rows.VideoFileParameters, "conferenceId", ("a",), ("", "a" * 65, ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
