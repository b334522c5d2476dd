"""Events of conferences (contract events.yaml, agent conference)."""

from enum import IntEnum
from typing import Final

from gateway.backends.embedded.core.conference import Conference, Member
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World

NO_REASON: Final = 255
PHONE, AGENT = 6, 9


class Change(IntEnum):
    """`changeType`."""

    JOINED = 0
    LEFT = 1
    CHAIR = 2
    SILENCED = 3
    MAY_SPEAK = 4
    HELD = 5
    BACK = 6


class Leaving(IntEnum):
    """`changeReason` of one who left."""

    BY_ITSELF = 0
    REMOVED = 1
    HUNG_UP = 2
    ENDED = 3
    SIGNED_OUT = 4


def tell(out: Outcome, world: World, conference: Conference, member: Member, name: str) -> None:
    """`AgentConf_<name>` for an agent; nothing for one outside, or who is signed out."""
    if world.desk(member.leg) is not None:
        out.tell(member.leg, f"AgentConf_{name}", {"confId": conference.id})


def tell_stopped(out: Outcome, world: World, conference: Conference, name: str, *, well: bool) -> None:
    """Tells the chair that a file is over, or could not be played."""
    if world.desk(conference.chair.leg) is not None:
        out.tell(conference.chair.leg, f"AgentConf_{name}", {"result": 0 if well else 1})


def tell_change(
    out: Outcome,
    world: World,
    conference: Conference,
    member: Member,
    change: Change,
    reason: int = NO_REASON,
    *,
    well: bool = True,
    to_itself: bool = False,
) -> None:
    """Tells the agents in the conference what became of a participant; the participant only with `to_itself`."""
    content: dict[str, object] = {
        "result": 0 if well else 1,
        "changeReason": int(reason),
        "changeType": int(change),
        "confId": conference.id,
        "participant": member.leg.number,
        "participantType": AGENT if member.is_agent else PHONE,
        "deviceCallType": 0,
        "deviceType": 0,
    }
    for other in conference.agents():
        if (to_itself or other is not member) and world.desk(other.leg) is not None:
            out.tell(other.leg, "AgentConf_ParticipantChanged", content)
