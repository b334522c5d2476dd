"""Limits of the onlineagent group at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.operations import onlineagent_models as models
from tests.unit.operations.limits import ABSENT, Limit, outside, takes, within

LIMITS: tuple[Limit, ...] = (
    (models.BusyParameters, "reason", (0, "0", 200, "250", ABSENT), (1, 199, 251, "x")),
    (models.BusyParameters, "prolong", ("true", "false", ABSENT), ("maybe",)),
    (models.RestParameters, "time", (1, "86399"), (0, 86_400, ABSENT)),
    (models.RestParameters, "restcause", (0, 255), (-1, 256, ABSENT)),
    (models.SkillParameters, "skillid", ("", "1;2;3", "1" * 4000), ("1;x", "1" * 4001)),
    (models.SkillParameters, "phonelinkage", (0, 1), (-1, 2)),
    (models.SignOutReasonParameters, "reason", (1, 255), (0, 256)),
    (models.AutoAnswerParameters, "isautoanswer", ("true", "no", "0"), (ABSENT,)),
    (models.TalkRightParameters, "flag", (0, 1), (2, "true", ABSENT)),
    (models.CustomStateParameters, "customstate", (0, 65_534), (-1, 65_535, ABSENT)),
    (models.SelfRecordParameters, "recordflag", (0, 1), (2,)),
    (models.SelfRecordParameters, "recordbeforetalking", (0, 1), (2,)),
    (models.NoteBody, "content", ("", "a" * 1023, "ä" * 511), ("a" * 1024, "ä" * 512, ABSENT)),
    (models.NoteBody, "agentIds", (101, "101", [101, 102], list(range(1, 101))), ([], list(range(1, 102)), ["x"])),
    (models.NoteParameters, "content", ("", "a" * 1023), ("a" * 1024,)),
    (models.BulletinBody, "targettype", (0, 1, "1"), (2, ABSENT)),
    (models.BulletinBody, "targetname", ("a" * 100,), ("", "a" * 101)),
    (models.BulletinBody, "bulletindata", ("", "a" * 900), ("a" * 901, ABSENT)),
    (models.PhoneBody, "phonenum", ("4", "4" * 24), ("", "4" * 25, ABSENT)),
    (models.PasswordBody, "oldPassword", ("", "a" * 32), ("a" * 33, ABSENT)),
    (models.PasswordParameters, "newpassword", ("a",), (ABSENT,)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


def test_a_phone_may_be_spelt_with_a_capital() -> None:
    assert models.PhoneBody.model_validate({"phoneNum": "40038"}).phonenum == "40038"
