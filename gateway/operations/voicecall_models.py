"""Parameters and bodies of the voicecall group (contract voicecall.yaml)."""

from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field, model_validator

from gateway.operations.fields import (
    AgentId,
    Bit,
    Body,
    CallData,
    Called,
    Caller,
    CallId,
    OpenBody,
    OptionalCallId,
    OptionalSkillId,
    Parameters,
    SkillId,
    one_of,
)

TRANSFER_MODES: Final[dict[int, tuple[int, ...]]] = {
    1: (0, 2),
    2: (0, 2, 3),
    3: (0, 1),
    4: (0, 2),
    5: (1, 2, 3, 4),
}
"""Modes by type of target: 1 skill queue, 2 agent, 3 IVR, 4 access code, 5 outbound number. Towards 1 to 4: 0 release,
1 suspend, 2 success; towards 5: 1 release, 2 success, 3 talk, 4 three-party. Mode 3 towards an agent is in no table of
the contract but in its example, so clients send it.
"""

MediaAbility = Annotated[int, Field(ge=0, le=2)]
"""0 audio, 1 video, 2 the most that both sides can."""
Digits = Annotated[str, Field(min_length=1, max_length=24, pattern=r"^[0-9]+$", examples=["40038"])]


class OptionalCallParameters(Parameters):
    """`answer` and `gethold`: which call, where there are several."""

    callid: OptionalCallId = ""


class PartyParameters(Parameters):
    """`disconnect`: the number of the party to release."""

    number: Digits


class DialParameters(Parameters):
    """`seconddialex`: the digits to send; `#` is percent-encoded."""

    number: Called


class OlderDialParameters(Parameters):
    """`seconddial`: the older form also takes a comma."""

    number: str = Field(min_length=1, max_length=24, pattern=r"^[0-9*#,]+$", examples=["12*3"])


class SnatchParameters(Parameters):
    """`snatchpickup`: the agent whose ringing call is taken."""

    dest_work_no: AgentId


class QueuedCallParameters(Parameters):
    """`requestcall`: a call in the public queue skillId (older clients: skillid), or in the own private one."""

    callid: CallId
    skilltype: Bit = Field(examples=[1])
    skill_id: OptionalSkillId = Field(
        None, alias="skillId", validation_alias=AliasChoices("skillId", "skillid"), examples=[5]
    )

    @model_validator(mode="after")
    def _public_queues_are_named(self) -> Self:
        if not (self.skilltype or self.skill_id):
            raise ValueError("skillId is required for a public queue")
        return self


class CallOutBody(Body):
    """`callout`. `user_video_direction`: 1 receives, 2 sends, 3 both, 4 not set."""

    called: Called
    caller: Caller = ""
    skillid: OptionalSkillId = None
    callappdata: CallData = ""
    mediaability: MediaAbility = 0
    user_video_direction: int = Field(4, ge=1, le=4)


class InnerCallBody(Body):
    """`callinner`: another agent; `mediaability` is read and has no effect."""

    called: Called = Field(examples=["102"])
    caller: Caller = ""
    skillid: OptionalSkillId = None
    callappdata: CallData = ""
    mediaability: MediaAbility = 0


class InnerSkillCallBody(Body):
    """`callinnerskill`: any idle agent of a skill queue."""

    skill_id: SkillId


class PreviewCallBody(Body):
    """`previewcallout`: one of the numbers offered by the event with this control id."""

    called: Called
    callcontrolid: int = Field(ge=0, examples=[7])


class CancelPreviewBody(Body):
    """`cancelPreviewCallout`: the control id of the offer."""

    callcontrolid: int = Field(ge=0, examples=[7])


class HelpBody(Body):
    """`innerhelp`. `devicetype`: 1 skill queue, 2 agent. `mode`: 1 two parties, 2 three."""

    dstaddress: Digits = Field(examples=["102"])
    devicetype: int = Field(2, ge=1, le=2)
    mode: int = Field(1, ge=1, le=2)
    callappdata: CallData = ""
    holdflag: bool = True


class TransferBody(Body):
    """`transfer`; see TRANSFER_MODES. `caller` and `mediaability` count for an outbound number only."""

    devicetype: Annotated[int, one_of(*TRANSFER_MODES), Field(examples=[2])]
    address: Digits = Field(examples=["102"])
    mode: Annotated[int, one_of(0, 1, 2, 3, 4)]
    callappdata: CallData = ""
    caller: Caller = ""
    mediaability: MediaAbility = 0
    holdflag: bool = True

    @model_validator(mode="after")
    def _mode_fits(self) -> Self:
        allowed = TRANSFER_MODES[self.devicetype]
        if self.mode not in allowed:
            raise ValueError(f"mode must be one of {', '.join(map(str, allowed))} for devicetype {self.devicetype}")
        return self


class JoinBody(Body):
    """`confjoin`: the held call that joins the present one."""

    callid: CallId
    callappdata: CallData = ""


class RejectBody(Body):
    """`reject`. `mode`: 1 back to the queue and busy, 2 release and idle."""

    callid: OptionalCallId = ""
    mode: int = Field(ge=1, le=2)


class ReportSoundBody(OpenBody):
    """`reportsound`; no source shows the members."""
