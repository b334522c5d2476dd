"""Limits of multimedia sessions and text chats at their boundaries."""

from typing import Any

from pydantic import BaseModel

from gateway.contact_centre.operations.mediacall import rows as mediacall
from gateway.contact_centre.operations.textchat import rows as textchat
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within

CHANNEL = {"mediaType": 51, "callNum": 2}
LIMITS: tuple[Limit, ...] = (
    (mediacall.MessageBody, "data", ("", "a" * 3800), ("a" * 3801, "ä" * 1901, ABSENT)),
    (mediacall.MessageBody, "callid", ("1-1",), ("", ABSENT)),
    (mediacall.SessionsBody, "mediaType", ("1", 53), (3, 52, ABSENT)),
    (mediacall.SessionsBody, "callnums", ("1", 60), (0, 61, ABSENT)),
    (mediacall.MediaTransferBody, "devicetype", (1, 2, 4), (3, 5)),
    (mediacall.MediaTransferBody, "mode", (0, 2), (1, 3)),
    (mediacall.MediaTransferBody, "address", ("1" * 24,), ("", "1" * 25)),
    (mediacall.MediaTransferBody, "calldata", ("a" * 2048,), ("a" * 2049,)),
    (mediacall.ChannelsBody, "totalCallNum", (1, "60"), (0, 61)),
    (mediacall.ChannelsBody, "agentMediaCallNums", ([], [CHANNEL]), ([{}], [{"mediaType": 51, "callNum": 61}], ABSENT)),
    (textchat.PartnerParameters, "destno", ("102",), ("x",)),
    (textchat.ChatBody, "content", ("", "a" * 3800), ("a" * 3801, ABSENT)),
    (textchat.ChatTransferBody, "devicetype", (1, 2, ABSENT), (3,)),
    (textchat.ChatTransferBody, "addesstype", (1, "10", ABSENT), (2, "agent")),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)
