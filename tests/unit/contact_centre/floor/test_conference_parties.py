"""Who is asked into a conference joins it, declines or cannot be reached, and the agents in it are told."""

import pytest

from gateway.contact_centre.floor import conference_parties as parties
from gateway.contact_centre.floor import conferring
from gateway.contact_centre.floor.calls import Phone, Stage
from gateway.contact_centre.floor.conference_parties import Leaving
from gateway.contact_centre.floor.effects import CallEnding, TimerKey
from tests.unit.contact_centre.floor.pieces import (
    contents,
    freed,
    new_world,
    out_now,
    outside,
    session,
    timers,
    told,
)


class Room:
    """101 has the chair of a conference that nobody else is in; 102 and 103 are signed in."""

    def __init__(self, **state: object) -> None:
        self.world = new_world(None, 101, 102, 103, **{"auto_answer": False, **state})
        self.conference = conferring.begin(out_now(), self.world, self.world.desks[101], None, 5, 60, 0)
        self.out = out_now()

    def ask(self, agent_id: int = 102) -> None:
        parties.ask_agent(self.out, self.world, self.conference, self.world.desks[agent_id])

    def changes(self) -> list[tuple[object, ...]]:
        """Whom the chair was told about: number, kind of change, reason, and 0 where it went well."""
        members = ("participant", "changeType", "changeReason", "result")
        found = [one for one in contents(self.out, "AgentConf_ParticipantChanged") if isinstance(one, dict)]
        return [tuple(one[name] for name in members) for one in found]


def test_an_agent_who_is_asked_is_occupied_and_hears_it_ring() -> None:
    room = Room()
    room.ask()
    assert told(room.out, 102) == ["AgentState_Busy", "AgentOther_PhoneAlerting", "AgentConf_Ringing"]
    assert timers(room.out) == {"conference invitation": 20.0}


@pytest.mark.parametrize(("linkage", "joins"), [(False, True), (True, False)])
def test_who_answers_automatically_joins_at_once_but_not_with_a_linked_phone(linkage: bool, joins: bool) -> None:
    room = Room(auto_answer=True, linkage=linkage)
    room.ask()
    assert bool(room.conference.members[1].joined_ms) is joins


def test_who_joins_is_told_so_itself_and_the_others_of_it() -> None:
    room = Room()
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    assert told(room.out, 102)[-2:] == ["AgentOther_PhoneOffhook", "AgentConf_SelfJoinResult"]
    assert room.changes() == [("102", 0, 255, 0)]
    assert timers(room.out)["conference invitation"] is None


def test_who_declines_is_free_and_the_others_are_told_that_it_does_not_come() -> None:
    room = Room()
    room.ask()
    parties.decline(room.out, room.world, room.conference, room.conference.members[1])
    assert (room.changes(), freed(room.out)) == ([("102", 0, 255, 1)], {102: "NOT_TALKED"})


def test_who_does_not_answer_in_time_is_busy_for_it() -> None:
    room = Room()
    room.ask()
    key = TimerKey(parties.INVITATION, room.conference.call.id, session(102))
    parties.invitation_runs_out(room.out, room.world, key)
    assert freed(room.out) == {102: "NO_ANSWER"}


def test_an_invitation_that_was_taken_does_not_run_out() -> None:
    room = Room()
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    room.out.effects.clear()
    parties.invitation_runs_out(
        room.out, room.world, TimerKey(parties.INVITATION, room.conference.call.id, session(102))
    )
    assert (room.out.effects, len(room.conference.members)) == ([], 2)


def test_an_agent_whose_phone_cannot_be_reached_does_not_come() -> None:
    room = Room()
    room.world.desks[102].phone = Phone.ENGAGED
    room.ask()
    assert (freed(room.out), len(room.conference.members)) == ({102: CallEnding.NO_PHONE.name}, 1)
    assert "AgentOther_PhoneBusy" in told(room.out, 102)


def test_a_number_outside_is_rung_and_is_no_member_that_joined_yet() -> None:
    room = Room()
    parties.ask_outside(room.out, room.world, room.conference, "139")
    assert (outside(room.out), [one.leg.number for one in room.conference.joined()]) == ([("139", "RINGS")], ["101"])
    assert timers(room.out) == {"no answer": 45.0}


@pytest.mark.parametrize(("number", "agent", "kind"), [("104", True, 9), ("110", False, 6)])
def test_who_cannot_be_reached_at_all_is_told_by_the_one_event(number: str, agent: bool, kind: int) -> None:
    room = Room()
    parties.cannot_join(room.out, room.world, room.conference, number, agent=agent)
    [content] = contents(room.out, "AgentConf_ParticipantChanged")
    assert isinstance(content, dict)
    assert (content["result"], content["participantType"], len(room.conference.members)) == (1, kind, 1)


@pytest.mark.parametrize("reason", list(Leaving))
def test_the_others_are_told_why_somebody_left(reason: Leaving) -> None:
    room = Room()
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    room.out.effects.clear()
    parties.leave(room.out, room.world, room.conference, room.conference.members[1], reason)
    assert (room.changes(), told(room.out, 102)[-1]) == ([("102", 1, int(reason), 0)], "AgentConf_SelfLeaveResult")


def test_who_is_removed_before_it_answered_is_told_of_as_one_who_does_not_come() -> None:
    room = Room()
    room.ask()
    parties.leave(room.out, room.world, room.conference, room.conference.members[1], Leaving.REMOVED)
    assert room.changes() == [("102", 0, 255, 1)]


def test_a_party_outside_that_leaves_is_cut_off() -> None:
    room = Room()
    parties.ask_outside(room.out, room.world, room.conference, "139")
    member = room.conference.members[1]
    member.leg.stage = Stage.TALKING
    parties.join(room.out, room.world, room.conference, member)
    parties.leave(room.out, room.world, room.conference, member, Leaving.REMOVED)
    assert (outside(room.out)[-1], room.conference.call.legs) == (("139", "GONE"), [])


def test_an_agent_whose_session_is_over_is_not_told_of_its_leaving() -> None:
    room = Room()
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    room.out.effects.clear()
    del room.world.desks[102]
    parties.leave(room.out, room.world, room.conference, room.conference.members[1], Leaving.SIGNED_OUT)
    assert (told(room.out, 102), freed(room.out)) == ([], {})


def test_who_leaves_hangs_up() -> None:
    room = Room()
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    parties.leave(room.out, room.world, room.conference, room.conference.members[1], Leaving.BY_ITSELF)
    assert room.world.desks[102].phone is Phone.ON_HOOK


def test_who_wants_its_talk_recorded_is_recorded_from_joining_to_leaving() -> None:
    room = Room(self_record=True)
    room.ask()
    parties.join(room.out, room.world, room.conference, room.conference.members[1])
    assert told(room.out, 102)[-1] == "AgentMediaEvent_Record"
    parties.leave(room.out, room.world, room.conference, room.conference.members[1], Leaving.BY_ITSELF)
    assert "AgentMediaEvent_StopRecordDone" in told(room.out, 102)


@pytest.mark.parametrize("came_with", [True, False])
def test_who_came_out_of_a_call_is_told_that_it_is_over(came_with: bool) -> None:
    room = Room()
    room.ask()
    member = room.conference.members[1]
    member.came_with = came_with
    parties.join(room.out, room.world, room.conference, member)
    parties.leave(room.out, room.world, room.conference, member, Leaving.BY_ITSELF)
    assert ("AgentEvent_Call_Release" in told(room.out, 102)) is came_with


@pytest.mark.parametrize(("well", "result"), [(True, 0), (False, 1)])
def test_the_chair_is_told_that_a_file_is_over_and_how(well: bool, result: int) -> None:
    room = Room()
    parties.tell_stopped(room.out, room.world, room.conference, "StopVoice", well=well)
    assert (told(room.out, 101), contents(room.out, "AgentConf_StopVoice")) == (
        ["AgentConf_StopVoice"],
        [{"result": result}],
    )
