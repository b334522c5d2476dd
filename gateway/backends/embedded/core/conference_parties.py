"""Who is asked into a conference, joins it and leaves it (contract agentconf.yaml).

Parties outside are legs of the conference's call, and go by the rules of calls; agents are in no call.
"""

from typing import Final

from gateway.backends.embedded.core import legs, phones, recording
from gateway.backends.embedded.core.conference import Conference, Member
from gateway.backends.embedded.core.conference_notices import Change, Leaving, tell, tell_change
from gateway.backends.embedded.core.model import Desk, Leg, Purpose, Stage
from gateway.backends.embedded.core.notices import tell as tell_call
from gateway.backends.embedded.core.outcome import After, Free, Moves, Outcome, Outside, Tell, Timer, TimerKey
from gateway.backends.embedded.core.world import World

INVITATION: Final = "conference invitation"


def agent_leg(out: Outcome, desk: Desk) -> Leg:
    """An agent as a party of no call."""
    return Leg(str(desk.agent_id), Stage.TALKING, Purpose.CONFERENCE, out.now_ms, desk.agent_id, desk.session_id)


def invitation(conference: Conference, member: Member) -> TimerKey:
    """The timer of an agent who is asked."""
    return TimerKey(INVITATION, conference.call.id, member.leg.session_id)


def ask_agent(out: Outcome, world: World, conference: Conference, desk: Desk) -> None:
    """The occupied agent is asked to join; where calls are answered automatically it joins at once."""
    member = Member(agent_leg(out, desk))
    conference.members.append(member)
    out.add(Tell(desk.agent_id, desk.session_id, "AgentState_Busy", None))
    if not phones.ring(out, desk, conference.call):
        decline(out, world, conference, member, After.NO_PHONE)
        return
    tell(out, world, conference, member, "Ringing")
    if desk.state.auto_answer and not desk.state.linkage:
        join(out, world, conference, member)
    else:
        out.add(Timer(invitation(conference, member), world.plan.timing.no_answer_s))


def ask_outside(out: Outcome, world: World, conference: Conference, number: str) -> None:
    """A party outside is called; it joins when it answers."""
    leg = world.add(conference.call, Leg(number, Stage.RINGING, Purpose.CONFERENCE, out.now_ms))
    conference.members.append(Member(leg))
    out.add(Timer(legs.no_answer_key(conference.call, leg), world.plan.timing.dial_s))
    out.add(Moves(Outside.RINGS, conference.call, leg))


def cannot_join(out: Outcome, world: World, conference: Conference, number: str, *, agent: bool) -> None:
    """Somebody who was to be asked cannot be reached: the agents in the conference are told."""
    leg = Leg(number, Stage.RINGING, Purpose.CONFERENCE, out.now_ms, int(number) if agent else 0)
    tell_change(out, world, conference, Member(leg), Change.JOINED, well=False)


def join(out: Outcome, world: World, conference: Conference, member: Member) -> None:
    """One who was asked is in the conference from now on."""
    member.joined_ms = out.now_ms
    desk = world.desk(member.leg)
    if desk is not None:
        out.add(Timer(invitation(conference, member), None))
        phones.lift(out, desk)
        tell(out, world, conference, member, "SelfJoinResult")
        member.leg.talking_since_ms = out.now_ms
        recording.begin_if_wanted(out, world, conference.call, member.leg)
    tell_change(out, world, conference, member, Change.JOINED)


def decline(
    out: Outcome, world: World, conference: Conference, member: Member, after: After = After.NOT_TALKED
) -> None:
    """One who was asked does not join."""
    conference.members.remove(member)
    out.add(Timer(invitation(conference, member), None))
    part(out, world, conference, member, after)
    tell_change(out, world, conference, member, Change.JOINED, well=False)


def leave(out: Outcome, world: World, conference: Conference, member: Member, reason: Leaving) -> None:
    """One who was in it, or asked to be, is so no longer. Not for the chair: `conferring.end`."""
    if not member.joined_ms:
        decline(out, world, conference, member)
        return
    conference.members.remove(member)
    part(out, world, conference, member, After.TALKED)
    tell_change(out, world, conference, member, Change.LEFT, reason)


def part(out: Outcome, world: World, conference: Conference, member: Member, after: After) -> None:
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
        tell(out, world, conference, member, "SelfLeaveResult")
    out.add(Free(leg.agent_id, leg.session_id, after))


def invitation_runs_out(out: Outcome, world: World, key: TimerKey) -> None:
    """An agent did not answer in time."""
    conference = world.besides.conference_by_call(key.call_id)
    member = conference.of_session(key.party) if conference is not None else None
    if conference is not None and member is not None and not member.joined_ms:
        decline(out, world, conference, member, After.NO_ANSWER)
