"""Parameters and bodies of the onlineagent group besides sign-in (contract onlineagent.yaml)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AliasChoices, Field

from gateway.operations.fields import (
    AgentIds,
    AnyAgents,
    Bit,
    Body,
    OpenBody,
    Parameters,
    TrueOrElse,
    max_bytes,
)
from gateway.wire import retcodes

BUSY_REASONS = range(200, 251)
NOTE_BYTES = 1023
CUSTOM_STATE_MAX = 65_534
NO_CUSTOM_STATE = "65535"
"""What `querycustomstate` tells when none is set."""


def _busy_reason(value: int) -> int:
    if value and value not in BUSY_REASONS:
        raise ValueError("must be 0 or 200 to 250")
    return value


class BusyParameters(Parameters):
    """`saybusy`: `prolong` sets the reason anew while already busy."""

    reason: Annotated[int, AfterValidator(_busy_reason)] = 0
    prolong: bool = False


class RestParameters(Parameters):
    """`rest`: time in s and cause; `prolong` sets them anew while already resting."""

    time: int = Field(ge=1, le=86_399)
    restcause: int = Field(ge=0, le=255)
    prolong: bool = False


class SkillParameters(Parameters):
    """`resetskill`: all configured skill queues, or those of `skillid` (`1;2;3`)."""

    autoflag: TrueOrElse
    skillid: str = Field("", max_length=4000, pattern=r"^[0-9;, ]*$")
    phonelinkage: int = Field(0, ge=0, le=1)


class SignOutReasonParameters(Parameters):
    """`forcelogoutwithreason`: the cause for the call records."""

    reason: int = Field(ge=1, le=255)


class AutoAnswerParameters(Parameters):
    """`autoanswer`: true answers by itself, any other text leaves it to the agent."""

    isautoanswer: TrueOrElse = Field(examples=["true"])


class AutoEnterIdleParameters(Parameters):
    """`autoenteridle`: true leads to idle after a call, any other text to wrap-up."""

    flag: TrueOrElse = Field(examples=["true"])


class TalkRightParameters(Parameters):
    """`settalkright`: 1 takes inbound calls, 0 does not."""

    flag: Bit


class CustomStateParameters(Parameters):
    """`setcustomstate`: a status number of the business."""

    customstate: int = Field(ge=0, le=CUSTOM_STATE_MAX)


class SelfRecordParameters(Parameters):
    """`setselfrecord`: whether to record, and whether already before the call is answered."""

    recordflag: Bit
    recordbeforetalking: Bit


class NoteParameters(Parameters):
    """`sendnotelet`, the older form: the receivers are in the path."""

    receiver: AgentIds
    content: Annotated[str, max_bytes(NOTE_BYTES)] = ""


class PasswordParameters(Parameters):
    """`modifyaccountpwd`, the older form of `modifyaccountpwdex`."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"oldpassword", "newpassword"})

    old_password: str = Field(alias="oldpassword", max_length=32, examples=["present"])
    new_password: str = Field(alias="newpassword", max_length=256, examples=["next"])


class PasswordBody(Body):
    """`modifyaccountpwdex`; the rule for the new password is the agent registry's business."""

    old_password: str = Field(max_length=32, examples=["present"])
    new_password: str = Field(max_length=256, examples=["next"])


class NoteBody(Body):
    """`sendnoteletex`: a text of at most 1023 bytes, for up to 100 agents; the page lists 100-001 for a wrong one."""

    own_codes: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"agentIds": retcodes.BAD_SIGN_IN, "content": retcodes.BAD_SIGN_IN}
    )

    agent_ids: AnyAgents = Field(min_length=1, max_length=100, examples=[[102, 103]])
    content: Annotated[str, Field(examples=["lunch at noon"]), max_bytes(NOTE_BYTES)]


class BulletinBody(Body):
    """`notifybulletin`: to a group (0) or to a skill queue (1), by its name."""

    targettype: Bit
    targetname: str = Field(min_length=1, max_length=100, examples=["sales"])
    bulletindata: str = Field(max_length=900, examples=["a new tariff from Monday"])


class PhoneBody(Body):
    """`bindphone`: the phone for this session. No source shows the members: the name is that of sign-in."""

    phonenum: str = Field(
        min_length=1,
        max_length=24,
        examples=["40038"],
        alias="phonenum",
        validation_alias=AliasChoices("phonenum", "phoneNum", "phonenumber", "phoneNumber"),
    )


class ForwardingBody(OpenBody):
    """`setforwarding`. No source shows the members, so an upstream gets what came.

    The embedded contact centre reads those of the service of this name in ECMA-269: `forwardingType` is one of
    forwardImmediate, forwardBusy and forwardNoAns, `forwardDN` the number; `activateForward` false cancels the one
    kind, or all without a kind.
    """

    forwarding_type: Any = Field(None, examples=["forwardBusy"])
    activate_forward: Any = Field(None, examples=[True])
    forward_dn: Any = Field(None, alias="forwardDN", examples=["13800000000"])
