"""What the chair of a conference may do, and what is refused to it."""

import pytest

from gateway.contact_centre.floor import conferring
from gateway.contact_centre.floor.activities import Attribute, Conference, ConferenceMember
from gateway.contact_centre.floor.calls import Stage
from gateway.contact_centre.floor.effects import TimerKey
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.floor.world import World
from gateway.wire.errors import Refused
from tests.unit.contact_centre.floor.pieces import (
    CUSTOMER,
    contents,
    new_call,
    new_world,
    out_now,
    session,
    timers,
    told,
)

T = Stage.TALKING


class Room:
    """A conference of 101, who has the chair, 102 and a customer; `out` has what followed."""

    def __init__(self, seats: int = 5, minutes: int = 60, plan: Plan | None = None) -> None:
        self.world: World = new_world(plan, 101, 102)
        call = new_call(self.world, (CUSTOMER, T), (101, T), (102, T))
        self.conference: Conference = conferring.begin(
            out_now(), self.world, self.world.desks[101], call, seats, minutes, 0
        )
        self.out = out_now()

    def member(self, number: str) -> ConferenceMember:
        """One who is in it."""
        return conferring.participant(self.conference, number, agent=len(number) == 3)

    def changes(self) -> list[tuple[object, object]]:
        """Whom the agents were told about, and what."""
        told_of = [one for one in contents(self.out, "AgentConf_ParticipantChanged") if isinstance(one, dict)]
        return [(one["participant"], one["changeType"]) for one in told_of]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize(("agent", "code"), [(102, "101-002"), (103, "101-001")])
def test_only_the_chair_may(room: Room, agent: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        conferring.chaired(room.world, session(agent))
    assert refused.value.retcode == code


def test_who_is_not_there_cannot_be_acted_upon(room: Room) -> None:
    with pytest.raises(Refused) as refused:
        conferring.participant(room.conference, "103", agent=True)
    assert refused.value.retcode == "000-002"


def test_an_agent_is_not_found_by_its_number_as_a_phone(room: Room) -> None:
    with pytest.raises(Refused):
        conferring.participant(room.conference, "102", agent=False)


def test_a_participant_is_held_once_and_taken_back_once(room: Room) -> None:
    held = room.member("102")
    conferring.hold(room.out, room.world, room.conference, held, on=True)
    with pytest.raises(Refused):
        conferring.hold(room.out, room.world, room.conference, held, on=True)
    conferring.hold(room.out, room.world, room.conference, held, on=False)
    assert [kind for number, kind in room.changes() if number == "102"] == [5, 5, 6, 6]


@pytest.mark.parametrize(
    ("attribute", "kinds"),
    [(Attribute.LISTEN, [3, 3]), (Attribute.BOTH, [4, 4]), (Attribute.SPEAK, []), (Attribute.NEITHER, [])],
)
def test_agents_are_told_who_is_silenced_and_who_may_speak(room: Room, attribute: Attribute, kinds: list[int]) -> None:
    conferring.set_attribute(room.out, room.world, room.conference, room.member("102"), attribute)
    assert [kind for _, kind in room.changes()] == kinds
    assert room.member("102").attribute is attribute


@pytest.mark.parametrize(("minutes", "asked", "added"), [(60, 30, 30), (1430, 30, 10)])
def test_it_is_prolonged_to_a_day_at_most(minutes: int, asked: int, added: int) -> None:
    room = Room(minutes=minutes)
    assert conferring.prolong(room.out, room.conference, asked) == added
    assert timers(room.out)["conference end"] == (minutes + added) * 60.0


def test_a_conference_of_a_day_cannot_be_prolonged() -> None:
    room = Room(minutes=1440)
    with pytest.raises(Refused) as refused:
        conferring.prolong(room.out, room.conference, 1)
    assert (refused.value.retcode, room.out.effects) == ("000-002", [])


def test_the_chair_is_passed_on_to_another_agent_who_is_told_so(room: Room) -> None:
    conferring.pass_on(room.out, room.world, room.conference, 102)
    assert room.conference.chair.leg.agent_id == 102
    assert told(room.out, 102)[-1] == "AgentConf_PresidentChanged"


@pytest.mark.parametrize(("agent", "code"), [(101, "101-005"), (103, "000-002")])
def test_the_chair_is_not_passed_on_to_itself_or_to_who_is_not_there(room: Room, agent: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        conferring.pass_on(room.out, room.world, room.conference, agent)
    assert (refused.value.retcode, room.conference.chair.leg.agent_id) == (code, 101)


@pytest.mark.parametrize(("by", "seats"), [(3, 8), (-2, 3)])
def test_there_may_be_more_seats_or_fewer(room: Room, by: int, seats: int) -> None:
    conferring.change_seats(room.world, room.conference, by)
    assert room.conference.seats == seats


def test_a_conference_may_have_all_its_seats() -> None:
    room = Room(plan=Plan(conference_seats=1000))
    conferring.change_seats(room.world, room.conference, 115)
    assert room.conference.seats == 120


@pytest.mark.parametrize(("by", "plan"), [(-3, 120), (116, 1000), (2, 6)])
def test_seats_that_are_taken_stay_and_there_are_no_more_than_there_are(by: int, plan: int) -> None:
    """Three are in it; a conference has 120 seats at most; all conferences together have those of the plan."""
    room = Room(plan=Plan(conference_seats=plan))
    with pytest.raises(Refused) as refused:
        conferring.change_seats(room.world, room.conference, by)
    assert (refused.value.retcode, room.conference.seats) == ("100-007", 5)


def test_one_file_at_a_time_is_played_to_all_and_the_chair_told_when_it_is_over(room: Room) -> None:
    conferring.play_to_all(room.out, room.world, room.conference, "a.wav")
    with pytest.raises(Refused):
        conferring.play_to_all(room.out, room.world, room.conference, "b.wav")
    assert timers(room.out) == {"conference voice": 10.0}
    conferring.voice_is_over(room.out, room.world, TimerKey("conference voice", room.conference.call.id))
    assert (told(room.out, 101), told(room.out, 102)) == (["AgentConf_StopVoice"], [])


def test_a_file_that_cannot_be_played_is_told_as_failed_and_plays_not(room: Room) -> None:
    conferring.play_to_all(room.out, room.world, room.conference, "a.mp3")
    assert (contents(room.out, "AgentConf_StopVoice"), room.conference.playing) == ([{"result": 1}], False)


def test_a_file_that_is_cut_off_brings_no_event(room: Room) -> None:
    conferring.play_to_all(room.out, room.world, room.conference, "a.wav")
    conferring.stop_to_all(room.out, room.conference)
    conferring.voice_is_over(room.out, room.world, TimerKey("conference voice", room.conference.call.id))
    assert told(room.out, 101) == []
    with pytest.raises(Refused):
        conferring.stop_to_all(room.out, room.conference)


def test_files_for_one_participant_and_for_another_do_not_hinder_each_other(room: Room) -> None:
    one, other = room.member("102"), room.member(CUSTOMER)
    for member in (one, other):
        conferring.play_to_one(room.out, room.world, room.conference, member, "a.wav")
    over = TimerKey("participant voice", room.conference.call.id, session(102))
    conferring.participant_voice_is_over(room.out, room.world, over)
    assert (one.playing, other.playing) == (False, True)
    assert told(room.out, 101) == ["AgentConf_StopParticipantVoice"]


def test_what_is_not_played_to_a_participant_cannot_be_stopped(room: Room) -> None:
    member = room.member("102")
    with pytest.raises(Refused):
        conferring.stop_to_one(room.out, room.conference, member)
    conferring.play_to_one(room.out, room.world, room.conference, member, "a.wav")
    with pytest.raises(Refused):
        conferring.play_to_one(room.out, room.world, room.conference, member, "a.wav")
    conferring.stop_to_one(room.out, room.conference, member)
    assert not member.playing
