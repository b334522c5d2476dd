"""What the chair of a conference may do besides asking, removing and ending."""

from typing import Final

from gateway.contact_centre.floor import recording
from gateway.contact_centre.floor.activities import Attribute, Conference, ConferenceMember
from gateway.contact_centre.floor.conference_parties import ParticipantChange, tell_agent, tell_change, tell_stopped
from gateway.contact_centre.floor.conferring import has_seats, joined, set_timers
from gateway.contact_centre.floor.effects import Effects, Timer, TimerKey
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

LONGEST_MIN: Final = 1440
MOST_SEATS: Final = 120
VOICE, PARTICIPANT_VOICE = "conference voice", "participant voice"

_CHANGES: Final = {Attribute.LISTEN: ParticipantChange.SILENCED, Attribute.BOTH: ParticipantChange.MAY_SPEAK}
"""What is told of a new attribute; nothing of the others."""


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
