"""Conferences: how they begin and end, and what their chair may do, who is in one from the start.

What became of participants (outside, signed out, hung up) is seen at the end of every transaction. Asking, joining and
leaving are in `conference_parties`.
"""

from typing import Final

from gateway.contact_centre.floor import phones, recording
from gateway.contact_centre.floor.activities import Attribute, Conference, ConferenceMember
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
    tell_stopped,
)
from gateway.contact_centre.floor.effects import CallEnding, Effects, Timer, TimerKey
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

FIRST_ID: Final = 1_030_000
NO_SEATS: Final = 21_001
"""Cause of a refused conference: all seats of the VDN are taken."""
END, REMINDER = "conference end", "conference reminder"
LONGEST_MIN: Final = 1440
MOST_SEATS: Final = 120
VOICE, PARTICIPANT_VOICE = "conference voice", "participant voice"

_CHANGES: Final = {Attribute.LISTEN: ParticipantChange.SILENCED, Attribute.BOTH: ParticipantChange.MAY_SPEAK}
"""What is told of a new attribute; nothing of the others."""


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
    out.tell_desk(desk, "AgentConf_RequestFailed", {"cause": NO_SEATS})


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
        out.tell_desk(desk, "AgentState_Busy")
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


def chaired(world: World, session_id: str) -> Conference:
    """The conference that the agent has the chair of. Raises Refused: `101-001`, `101-002`."""
    conference, member = joined(world, session_id)
    if member is not conference.chair:
        raise Refused(retcodes.NOT_CHAIRPERSON)
    return conference


def participant(conference: Conference, number: str, *, agent: bool) -> ConferenceMember:
    """A participant who is in the conference. Raises Refused `000-002`."""
    found = conference.named(number, agent=agent)
    if found is None or not found.joined_ms:
        raise Refused(retcodes.BAD_PARAMETER, "address: is not in the conference")
    return found


def hold(out: Effects, world: World, conference: Conference, member: ConferenceMember, *, on: bool) -> None:
    """A participant hears a file instead of the conference, or the conference again. Raises Refused `100-007`."""
    if member.held is on:
        raise Refused(retcodes.UNAVAILABLE, "the participant is on hold already" if on else "nobody is on hold there")
    member.held = on
    tell_change(
        out, world, conference, member, ParticipantChange.HELD if on else ParticipantChange.BACK, to_itself=True
    )


def set_attribute(
    out: Effects, world: World, conference: Conference, member: ConferenceMember, attribute: Attribute
) -> None:
    """What a participant may do from now on."""
    member.attribute = attribute
    if attribute in _CHANGES:
        tell_change(out, world, conference, member, _CHANGES[attribute], to_itself=True)


def prolong(out: Effects, conference: Conference, minutes: int) -> int:
    """More time, at most up to a day; the minutes really added. Raises Refused `000-002` when there are none."""
    added = min(minutes, LONGEST_MIN - conference.minutes)
    if added < 1:
        raise Refused(retcodes.BAD_PARAMETER, f"prolongTime: the conference has {LONGEST_MIN} minutes already")
    conference.minutes += added
    set_timers(out, conference)
    return added


def pass_on(out: Effects, world: World, conference: Conference, agent_id: int) -> None:
    """Another agent of the conference has the chair. Raises Refused: `101-005`, `000-002`."""
    if agent_id == conference.chair.leg.agent_id:
        raise Refused(retcodes.CHAIR_TO_ITSELF)
    conference.chair = participant(conference, str(agent_id), agent=True)
    tell_change(out, world, conference, conference.chair, ParticipantChange.CHAIR, to_itself=True)
    tell_agent(out, world, conference, conference.chair, "PresidentChanged")


def change_seats(world: World, conference: Conference, by: int) -> None:
    """More or fewer seats. Raises Refused `100-007` when the VDN has none left, or too many are taken."""
    seats = conference.seats + by
    if seats > MOST_SEATS or (by > 0 and not has_seats(world, by)):
        raise Refused(retcodes.UNAVAILABLE, "there are not so many seats left")
    if seats < max(1, len(conference.members)):
        raise Refused(retcodes.UNAVAILABLE, "the seats are taken: remove participants first")
    conference.seats = seats


def play_to_all(out: Effects, world: World, conference: Conference, path: str) -> None:
    """Everybody hears a file; the chair is told when it is over. Raises Refused `100-007` while one is playing."""
    if conference.playing:
        raise Refused(retcodes.UNAVAILABLE, "a file is playing already")
    length_s = recording.length_s(world, path)
    if length_s is None:
        tell_stopped(out, world, conference, "StopVoice", well=False)
        return
    conference.playing = True
    out.add(Timer(TimerKey(VOICE, conference.call.id), length_s))


def stop_to_all(out: Effects, conference: Conference) -> None:
    """The file is cut off; there is no event. Raises Refused `100-007` when none is playing."""
    if not conference.playing:
        raise Refused(retcodes.UNAVAILABLE, "no file is playing")
    conference.playing = False
    out.add(Timer(TimerKey(VOICE, conference.call.id), None))


def play_to_one(out: Effects, world: World, conference: Conference, member: ConferenceMember, path: str) -> None:
    """As `play_to_all`, for one participant."""
    if member.playing:
        raise Refused(retcodes.UNAVAILABLE, "a file is playing already")
    length_s = recording.length_s(world, path)
    if length_s is None:
        tell_stopped(out, world, conference, "StopParticipantVoice", well=False)
        return
    member.playing = True
    out.add(Timer(_key(conference, member), length_s))


def stop_to_one(out: Effects, conference: Conference, member: ConferenceMember) -> None:
    """As `stop_to_all`, for one participant."""
    if not member.playing:
        raise Refused(retcodes.UNAVAILABLE, "no file is playing")
    member.playing = False
    out.add(Timer(_key(conference, member), None))


def _key(conference: Conference, member: ConferenceMember) -> TimerKey:
    return TimerKey(PARTICIPANT_VOICE, conference.call.id, member.leg.session_id or member.leg.number)


def voice_is_over(out: Effects, world: World, key: TimerKey) -> None:
    """The file for everybody has ended."""
    conference = world.activities.conference_by_call(key.call_id)
    if conference is not None and conference.playing:
        conference.playing = False
        tell_stopped(out, world, conference, "StopVoice", well=True)


def participant_voice_is_over(out: Effects, world: World, key: TimerKey) -> None:
    """The file for one participant has ended."""
    conference = world.activities.conference_by_call(key.call_id)
    for member in conference.members if conference is not None else ():
        if conference is not None and member.playing and _key(conference, member) == key:
            member.playing = False
            tell_stopped(out, world, conference, "StopParticipantVoice", well=True)
