"""Limits of the onlineagent group at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.contact_centre.operations.onlineagent import rows
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (rows.BusyParameters, "reason", (0, "0", 200, "250", ABSENT), (1, 199, 251, "x")),
    (rows.BusyParameters, "prolong", ("true", "false", ABSENT), ("maybe",)),
    (rows.RestParameters, "time", (1, "86399"), (0, 86_400, ABSENT)),
    (rows.RestParameters, "restcause", (0, 255), (-1, 256, ABSENT)),
    (rows.SkillParameters, "skillid", ("", "1;2;3", "1" * 4000), ("1;x", "1" * 4001)),
    (rows.SkillParameters, "phonelinkage", (0, 1), (-1, 2)),
    (rows.AutoAnswerParameters, "isautoanswer", ("true", "no", "0"), (ABSENT,)),
    (rows.TalkRightParameters, "flag", (0, 1), (2, "true", ABSENT)),
    (rows.CustomStateParameters, "customstate", (0, 65_534), (-1, 65_535, ABSENT)),
    (rows.SelfRecordParameters, "recordflag", (0, 1), (2,)),
    (rows.SelfRecordParameters, "recordbeforetalking", (0, 1), (2,)),
    (rows.NoteBody, "content", ("", "a" * 1023, "ä" * 511), ("a" * 1024, "ä" * 512, ABSENT)),
    (rows.NoteBody, "agentIds", (101, "101", [101, 102], list(range(1, 101))), ([], list(range(1, 102)), ["x"])),
    (rows.NoteParameters, "content", ("", "a" * 1023), ("a" * 1024,)),
    (rows.BulletinBody, "targettype", (0, 1, "1"), (2, ABSENT)),
    (rows.BulletinBody, "targetname", ("a" * 100,), ("", "a" * 101)),
    (rows.BulletinBody, "bulletindata", ("", "a" * 900), ("a" * 901, ABSENT)),
    (rows.PhoneBody, "phonenum", ("4", "4" * 24), ("", "4" * 25, ABSENT)),
    (rows.PasswordBody, "oldPassword", ("", "a" * 32), ("a" * 33, ABSENT)),
    (rows.PasswordParameters, "newpassword", ("a",), (ABSENT,)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


def test_a_phone_may_be_spelt_with_a_capital() -> None:
    assert rows.PhoneBody.model_validate({"phoneNum": "40038"}).phonenum == "40038"
