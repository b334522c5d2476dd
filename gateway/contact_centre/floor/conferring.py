"""Conferences: how they begin and end. The chair is in one from the start.

What became of participants (outside, signed out, hung up) is seen at the end of every transaction.
"""

from typing import Final

from gateway.contact_centre.floor import phones, recording
from gateway.contact_centre.floor.activities import Conference, ConferenceMember
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Stage
from gateway.contact_centre.floor.conference_parties import (
    Leaving,
    ParticipantChange,
    agent_leg,
    invitation,
    join,
    leave,
    part,
    tell_agent,
    tell_change,
)
from gateway.contact_centre.floor.effects import CallEnding, Effects, Tell, Timer, TimerKey
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

FIRST_ID: Final = 1_030_000
NO_SEATS: Final = 21_001
"""Cause of a refused conference: all seats of the VDN are taken."""
END, REMINDER = "conference end", "conference reminder"


def joined(world: World, session_id: str) -> tuple[Conference, ConferenceMember]:
    """The conference that the agent is in. Raises Refused `101-001`."""
    found = world.activities.conference_of(session_id)
    if found is None or not found[1].joined_ms:
        raise Refused(retcodes.NO_CONFERENCE)
    return found


def invited(world: World, session_id: str) -> tuple[Conference, ConferenceMember]:
    """The conference that the agent is asked to join. Raises Refused `101-001`."""
    found = world.activities.conference_of(session_id)
    if found is None or found[1].joined_ms:
        raise Refused(retcodes.NO_CONFERENCE, "the agent is asked into no conference")
    return found


def check(world: World, desk: AgentDesk) -> Call | None:
    """The call that the agent would bring along. Raises Refused: `101-003`, `100-009` where it is not steady."""
    if world.activities.conference_of(desk.session_id) is not None:
        raise Refused(retcodes.IN_CONFERENCE)
    pairs = world.legs_of(desk.session_id)
    if not pairs:
        return None
    call, leg = pairs[0]
    steady = leg.stage is Stage.TALKING and not leg.muted and leg.joins is None and call.waiting is None
    others = [other for other in call.legs if other is not leg]
    if len(pairs) > 1 or not steady or call.at_ivr or any(other.stage is not Stage.TALKING for other in others):
        raise Refused(retcodes.WRONG_STATE, "the call must be steady: nothing on hold, muted, or under way")
    if leg.by is not None and len(list(call.agents())) > 1:
        raise Refused(retcodes.WRONG_STATE, "an agent who was called may not ask for a conference")
    return call


def has_seats(world: World, wanted: int) -> bool:
    """Whether the VDN has so many seats left."""
    taken = sum(conference.seats for conference in world.activities.conferences.values())
    return taken + wanted <= world.plan.conference_seats


def refuse(out: Effects, desk: AgentDesk) -> None:
    """There are not enough seats: nothing but the one event happens."""
    out.add(Tell(desk.agent_id, desk.session_id, "AgentConf_RequestFailed", {"cause": NO_SEATS}))


def begin(
    out: Effects,
    world: World,
    desk: AgentDesk,
    call: Call | None,
    seats: int,
    minutes: int,
    prompt: int,
    caller: str = "",
) -> Conference:
    """The occupied agent has the chair of a new conference; the parties of its call are in it."""
    brought = call is not None
    held = call or world.new_call(Feature.MULTI_PARTY, caller or world.plan.number, str(desk.agent_id), out.now_ms)
    members = _members(world, held, out.now_ms)
    chair = next((one for one in members if one.leg.session_id == desk.session_id), None)
    if chair is None:
        chair = ConferenceMember(agent_leg(out, desk), out.now_ms)
        members = [chair]
    number = FIRST_ID + next(world.numbers)
    made = Conference(number, held, chair, seats, minutes, prompt, out.now_ms, members)
    held.conference = number
    world.activities.conferences[number] = made
    if not brought:
        out.add(Tell(desk.agent_id, desk.session_id, "AgentState_Busy", None))
        phones.ring(out, desk)
        phones.lift(out, desk)
    for member in made.agents():
        tell_agent(out, world, made, member, "SelfJoinResult")
        recording.begin_if_wanted(out, world, held, member.leg)
    tell_agent(out, world, made, chair, "RequestSuccess")
    set_timers(out, made)
    return made


def _members(world: World, call: Call, now_ms: int) -> list[ConferenceMember]:
    """The parties of a call as participants; its agents leave the call for it."""
    found = [ConferenceMember(leg, now_ms, came_with=bool(leg.agent_id)) for leg in call.legs]
    for leg in list(call.agents()):
        world.remove(call, leg)
    return found


def set_timers(out: Effects, conference: Conference) -> None:
    """Counts the conference's time from now on."""
    gone_s = (out.now_ms - conference.since_ms) / 1000
    left_s = conference.minutes * 60 - gone_s
    reminder_s = left_s - conference.prompt * 60
    reminds = conference.prompt and reminder_s > 0
    out.add(Timer(TimerKey(END, conference.call.id), left_s))
    out.add(Timer(TimerKey(REMINDER, conference.call.id), reminder_s if reminds else None))


def end(out: Effects, world: World, conference: Conference) -> None:
    """It is over for everybody; the chair leaves last and is told of all the others."""
    others = [member for member in conference.members if member is not conference.chair]
    conference.members = [conference.chair]
    for member in others:
        out.add(Timer(invitation(conference, member), None))
        part(out, world, conference, member, CallEnding.TALKED if member.joined_ms else CallEnding.NOT_TALKED)
        if member.joined_ms:
            tell_change(out, world, conference, member, ParticipantChange.LEFT, Leaving.ENDED)
    conference.members.clear()
    part(out, world, conference, conference.chair, CallEnding.TALKED)
    for name in (END, REMINDER):
        out.add(Timer(TimerKey(name, conference.call.id), None))
    del world.activities.conferences[conference.id]
    world.forget(conference.call, out.now_ms)


def look_after(out: Effects, world: World) -> None:
    """What became of participants in this transaction: outside, signed out, hung up."""
    for conference in list(world.activities.conferences.values()):
        for member in list(conference.members):
            if conference.id in world.activities.conferences and member in conference.members:
                _see(out, world, conference, member)


def _see(out: Effects, world: World, conference: Conference, member: ConferenceMember) -> None:
    if not member.is_agent:
        _see_outside(out, world, conference, member)
        return
    desk = world.desk(member.leg)
    if desk is not None and phones.in_use(desk):
        return
    if member is conference.chair:
        end(out, world, conference)
    else:
        leave(out, world, conference, member, Leaving.SIGNED_OUT if desk is None else Leaving.HUNG_UP)


def _see_outside(out: Effects, world: World, conference: Conference, member: ConferenceMember) -> None:
    if member.leg not in conference.call.legs:
        leave(out, world, conference, member, Leaving.HUNG_UP)
    elif member.leg.connected and not member.joined_ms:
        join(out, world, conference, member)


def time_is_over(out: Effects, world: World, key: TimerKey) -> None:
    """The conference's time is over."""
    conference = world.activities.conference_by_call(key.call_id)
    if conference is not None:
        end(out, world, conference)


def reminds(out: Effects, world: World, key: TimerKey) -> None:
    """The conference's time is nearly over."""
    conference = world.activities.conference_by_call(key.call_id)
    if conference is not None:
        tell_agent(out, world, conference, conference.chair, "Timeout")
