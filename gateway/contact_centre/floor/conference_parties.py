"""Who is asked into a conference, joins it and leaves it, and what agents are told of that.

Parties outside are legs of the conference's call, and go by the rules of calls; agents are in no call.
"""

from enum import IntEnum
from typing import Final

from gateway.contact_centre.floor import legs, phones, recording
from gateway.contact_centre.floor.activities import Conference, ConferenceMember
from gateway.contact_centre.floor.calls import AgentDesk, Leg, Purpose, Stage
from gateway.contact_centre.floor.effects import (
    CallEnding,
    Effects,
    Free,
    PartyChange,
    PartyChanged,
    Timer,
    TimerKey,
)
from gateway.contact_centre.floor.notices import tell as tell_call
from gateway.contact_centre.floor.world import World

NO_REASON: Final = 255
PHONE, AGENT = 6, 9
INVITATION: Final = "conference invitation"


class ParticipantChange(IntEnum):
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


def tell_agent(out: Effects, world: World, conference: Conference, member: ConferenceMember, name: str) -> None:
    """`AgentConf_<name>` for an agent; nothing for one outside, or who is signed out."""
    if world.desk(member.leg) is not None:
        out.tell(member.leg, f"AgentConf_{name}", {"confId": conference.id})


def tell_stopped(out: Effects, world: World, conference: Conference, name: str, *, well: bool) -> None:
    """Tells the chair that a file is over, or could not be played."""
    if world.desk(conference.chair.leg) is not None:
        out.tell(conference.chair.leg, f"AgentConf_{name}", {"result": 0 if well else 1})


def tell_change(
    out: Effects,
    world: World,
    conference: Conference,
    member: ConferenceMember,
    change: ParticipantChange,
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


def agent_leg(out: Effects, desk: AgentDesk) -> Leg:
    """An agent as a party of no call."""
    return Leg(str(desk.agent_id), Stage.TALKING, Purpose.CONFERENCE, out.now_ms, desk.agent_id, desk.session_id)


def invitation(conference: Conference, member: ConferenceMember) -> TimerKey:
    """The timer of an agent who is asked."""
    return TimerKey(INVITATION, conference.call.id, member.leg.session_id)


def ask_agent(out: Effects, world: World, conference: Conference, desk: AgentDesk) -> None:
    """The occupied agent is asked to join; where calls are answered automatically it joins at once."""
    member = ConferenceMember(agent_leg(out, desk))
    conference.members.append(member)
    out.tell_desk(desk, "AgentState_Busy")
    if not phones.ring(out, desk, conference.call):
        decline(out, world, conference, member, CallEnding.NO_PHONE)
        return
    tell_agent(out, world, conference, member, "Ringing")
    if desk.state.auto_answer and not desk.state.linkage:
        join(out, world, conference, member)
    else:
        out.add(Timer(invitation(conference, member), world.plan.timing.no_answer_s))


def ask_outside(out: Effects, world: World, conference: Conference, number: str) -> None:
    """A party outside is called; it joins when it answers."""
    leg = world.add(conference.call, Leg(number, Stage.RINGING, Purpose.CONFERENCE, out.now_ms))
    conference.members.append(ConferenceMember(leg))
    out.add(Timer(legs.no_answer_key(conference.call, leg), world.plan.timing.dial_s))
    out.add(PartyChanged(PartyChange.RINGS, conference.call, leg))


def cannot_join(out: Effects, world: World, conference: Conference, number: str, *, agent: bool) -> None:
    """Somebody who was to be asked cannot be reached: the agents in the conference are told."""
    leg = Leg(number, Stage.RINGING, Purpose.CONFERENCE, out.now_ms, int(number) if agent else 0)
    tell_change(out, world, conference, ConferenceMember(leg), ParticipantChange.JOINED, well=False)


def join(out: Effects, world: World, conference: Conference, member: ConferenceMember) -> None:
    """One who was asked is in the conference from now on."""
    member.joined_ms = out.now_ms
    desk = world.desk(member.leg)
    if desk is not None:
        out.add(Timer(invitation(conference, member), None))
        phones.lift(out, desk)
        tell_agent(out, world, conference, member, "SelfJoinResult")
        member.leg.talking_since_ms = out.now_ms
        recording.begin_if_wanted(out, world, conference.call, member.leg)
    tell_change(out, world, conference, member, ParticipantChange.JOINED)


def decline(
    out: Effects,
    world: World,
    conference: Conference,
    member: ConferenceMember,
    after: CallEnding = CallEnding.NOT_TALKED,
) -> None:
    """One who was asked does not join."""
    conference.members.remove(member)
    out.add(Timer(invitation(conference, member), None))
    part(out, world, conference, member, after)
    tell_change(out, world, conference, member, ParticipantChange.JOINED, well=False)


def leave(out: Effects, world: World, conference: Conference, member: ConferenceMember, reason: Leaving) -> None:
    """One who was in it, or asked to be, is so no longer. Not for the chair: `conferring.end`."""
    if not member.joined_ms:
        decline(out, world, conference, member)
        return
    conference.members.remove(member)
    part(out, world, conference, member, CallEnding.TALKED)
    tell_change(out, world, conference, member, ParticipantChange.LEFT, reason)


def part(out: Effects, world: World, conference: Conference, member: ConferenceMember, after: CallEnding) -> None:
    """A member is in no conference any more; an agent is free again."""
    leg, call = member.leg, conference.call
    if not member.is_agent:
        if leg in call.legs:
            legs.end(out, world, call, leg)
        return
    desk = world.desk(leg)
    if desk is None:
        return
    if member.came_with:
        tell_call(out, world, call, leg, "call_release")
    recording.end(out, world, leg)
    phones.drop(out, desk)
    if member.joined_ms:
        tell_agent(out, world, conference, member, "SelfLeaveResult")
    out.add(Free(leg.agent_id, leg.session_id, after))


def invitation_runs_out(out: Effects, world: World, key: TimerKey) -> None:
    """An agent did not answer in time."""
    conference = world.activities.conference_by_call(key.call_id)
    member = conference.of_session(key.party) if conference is not None else None
    if conference is not None and member is not None and not member.joined_ms:
        decline(out, world, conference, member, CallEnding.NO_ANSWER)
