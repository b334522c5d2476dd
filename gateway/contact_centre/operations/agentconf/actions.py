"""Conferences of agents: what each may do, and what the chair alone may (MOVES)."""

from collections.abc import Callable
from typing import Any, Final

from gateway.contact_centre.floor import conference_parties, conferring
from gateway.contact_centre.floor.activities import Attribute, Conference, ConferenceMember
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.conference_parties import Leaving
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import roles
from gateway.contact_centre.operations.agentconf import rows
from gateway.contact_centre.operations.agentconf.rows import (
    ConferenceBody,
    ConferenceQueryBody,
    InviteBody,
    ParticipantBody,
)
from gateway.wire import retcodes
from gateway.wire.errors import Refused

AGENT: Final = "9"
MORE: Final = 0
_DIALLED: Final = frozenset("0123456789*#")
_MS_A_MINUTE: Final = 60_000
_NORMAL, _HELD, _HEARS_FILE = 0, 1, 2

Move = Callable[[Transaction, Conference, Invocation], object]
"""What the chair does; the JSON value of `result`."""


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _AgentConf(services)
    return {
        "requestAgentConf": group.request,
        "answerAgentConf": group.answer,
        "rejectAgentConf": group.reject,
        "requestLeaveAgentConf": group.leave,
        "batchAddParticipant": group.invite,
        "queryConfInfos": group.infos,
        "queryAllConfIds": group.ids,
        **{name: _performer(services, move) for name, move in MOVES.items()},
    }


class _AgentConf:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def request(self, invocation: Invocation[Any, ConferenceBody]) -> object:
        """The asking agent must be idle, or in a steady call, which becomes the conference."""
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            brought = conferring.check(transaction.world, desk)
            if not conferring.has_seats(transaction.world, body.member_num):
                conferring.refuse(transaction.out, desk)
                return NOTHING
            if brought is not None and len(brought.legs) > body.member_num:
                raise Refused(retcodes.BAD_PARAMETER, "memberNum: is less than the parties of the call")
            if brought is None:
                transaction.occupy(desk, CallOrigin.ROUTED)
            conferring.begin(
                transaction.out,
                transaction.world,
                desk,
                brought,
                body.member_num,
                body.time,
                body.prompt_time,
                body.conf_caller_no,
            )
        return NOTHING

    async def answer(self, invocation: Invocation) -> object:
        with self._services.board.transaction() as transaction:
            conference_parties.join(
                transaction.out, transaction.world, *conferring.invited(transaction.world, invocation.desk.session_id)
            )
        return NOTHING

    async def reject(self, invocation: Invocation) -> object:
        with self._services.board.transaction() as transaction:
            conference_parties.decline(
                transaction.out, transaction.world, *conferring.invited(transaction.world, invocation.desk.session_id)
            )
        return NOTHING

    async def leave(self, invocation: Invocation) -> object:
        with self._services.board.transaction() as transaction:
            conference, member = conferring.joined(transaction.world, invocation.desk.session_id)
            if member is conference.chair:
                raise Refused(retcodes.CHAIR_LEAVES)
            conference_parties.leave(transaction.out, transaction.world, conference, member, Leaving.BY_ITSELF)
        return NOTHING

    async def invite(self, invocation: Invocation[Any, InviteBody]) -> object:
        """Those who are asked already, or in the conference, are passed over."""
        body = invocation.body
        with self._services.board.transaction() as transaction:
            conference = conferring.chaired(transaction.world, invocation.desk.session_id)
            wanted = {(one.address_type, one.address): one for one in body.addresses}.values()
            new = [one for one in wanted if not conference.named(one.address, agent=one.address_type == AGENT)]
            for one in new:
                self._check(one)
            if len(conference.members) + len(new) > conference.seats:
                raise Refused(retcodes.BAD_PARAMETER, "addresses: there are not so many seats in the conference")
            reached = [(one, self._reach(transaction, one)) for one in new]
            for one, desk in reached:
                _ask(transaction, conference, one, desk)
        return NOTHING

    def _check(self, one: ParticipantBody) -> None:
        if one.address_type == AGENT:
            known = one.address.isdigit() and self._services.registry.get(int(one.address)) is not None
        else:
            known = _DIALLED.issuperset(one.address)
        if not known:
            raise Refused(retcodes.BAD_PARAMETER, "addresses: no such agent, or no phone number")

    def _reach(self, transaction: Transaction, one: ParticipantBody) -> AgentDesk | None:
        """Occupies an agent who is free; None for everybody else."""
        if one.address_type != AGENT:
            return None
        desk = self._services.world.desks.get(int(one.address))
        return desk if transaction.try_occupy(desk, CallOrigin.ASKED) else None

    async def infos(self, invocation: Invocation[Any, ConferenceQueryBody]) -> object:
        """An inspector sees all conferences, or those with the ids it lists; an agent its own."""
        now_ms = self._services.roster.now_ms()
        if roles.has(self._services, invocation.desk.agent_id, roles.INSPECTOR):
            listed = _listed_ids(invocation.body)
            all_ = self._services.world.activities.conferences.values()
            return [conference_view(one, now_ms) for one in all_ if listed is None or one.id in listed]
        found = self._services.world.activities.conference_of(invocation.desk.session_id)
        return [conference_view(found[0], now_ms)] if found is not None and found[1].joined_ms else []

    async def ids(self, invocation: Invocation) -> object:
        roles.require(self._services, invocation, retcodes.NOT_INSPECTOR_OF_CONFERENCES, roles.INSPECTOR)
        return list(self._services.world.activities.conferences)


def _ask(transaction: Transaction, conference: Conference, one: ParticipantBody, desk: AgentDesk | None) -> None:
    if desk is not None:
        conference_parties.ask_agent(transaction.out, transaction.world, conference, desk)
    elif one.address_type == AGENT:
        conference_parties.cannot_join(transaction.out, transaction.world, conference, one.address, agent=True)
    elif one.address.startswith(transaction.world.plan.barred):
        conference_parties.cannot_join(transaction.out, transaction.world, conference, one.address, agent=False)
    else:
        conference_parties.ask_outside(transaction.out, transaction.world, conference, one.address)


def _listed_ids(body: ConferenceQueryBody) -> set[int] | None:
    """The list of ids in the body, under whatever name; None where there is none."""
    lists = [value for value in (body.model_extra or {}).values() if isinstance(value, list) and value]
    return {int(value) for value in lists[0] if str(value).isdigit()} if lists else None


def conference_view(conference: Conference, now_ms: int) -> rows.ConferenceInfo:
    """The conference with those who are in it."""
    return rows.ConferenceInfo(
        conf_id=conference.id,
        conf_state=int(conference.playing),
        start_time=conference.since_ms,
        apply_conf_time=conference.minutes,
        conf_have_been_time=(now_ms - conference.since_ms) // _MS_A_MINUTE,
        addresses=[_member(member, chair=member is conference.chair) for member in conference.joined()],
    )


def _member(member: ConferenceMember, *, chair: bool) -> rows.ParticipantInfo:
    state = _HELD if member.held else _HEARS_FILE if member.playing else _NORMAL
    return rows.ParticipantInfo(
        address_type="9" if member.is_agent else "6",
        address=member.leg.number,
        device_call_type=0,
        device_type=0,
        channel_attrib=int(member.attribute),
        channel_state=state,
        role=int(chair),
        enter_time=member.joined_ms,
    )


def _performer(services: CentreServices, move: Move) -> Action:
    async def perform(invocation: Invocation) -> object:
        with services.board.transaction() as transaction:
            return move(transaction, conferring.chaired(transaction.world, invocation.desk.session_id), invocation)

    return perform


def _participant(conference: Conference, body: rows.ParticipantBody) -> ConferenceMember:
    return conferring.participant(conference, body.address, agent=body.address_type == AGENT)


def _end(transaction: Transaction, conference: Conference, _invocation: Invocation) -> object:
    conferring.end(transaction.out, transaction.world, conference)
    return NOTHING


def _hold(*, on: bool) -> Move:
    def move(
        transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.ParticipantBody]
    ) -> object:
        conferring.hold(
            transaction.out, transaction.world, conference, _participant(conference, invocation.body), on=on
        )
        return NOTHING

    return move


def _prolong(transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.ProlongBody]) -> object:
    minutes = invocation.body.prolong_time
    return rows.Prolonged(applyed_time=conferring.prolong(transaction.out, conference, minutes))


def _pass_on(transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.ShiftBody]) -> object:
    conferring.pass_on(transaction.out, transaction.world, conference, invocation.body.dest_agent_no)
    return NOTHING


def _remove(transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.RemoveBody]) -> object:
    """Those who are asked may be removed too; who is not there is answered as it was named."""
    named = invocation.body.addresses
    found = [(one, conference.named(one.address, agent=one.address_type == AGENT)) for one in named]
    if any(member is conference.chair for _, member in found):
        raise Refused(retcodes.CHAIR_REMOVES_ITSELF)
    for member in dict.fromkeys(member for _, member in found if member is not None):
        conference_parties.leave(transaction.out, transaction.world, conference, member, Leaving.REMOVED)
    missing = [one for one, member in found if member is None]
    return rows.NotRemoved(
        no_exist_participants=[rows.Participant(address_type=one.address_type, address=one.address) for one in missing]
    )


def _set_mode(
    transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.ParticipantModeBody]
) -> object:
    attribute = Attribute(invocation.body.attribute)
    conferring.set_attribute(
        transaction.out, transaction.world, conference, _participant(conference, invocation.body), attribute
    )
    return NOTHING


def _play_to_all(
    transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.PlayToAllBody]
) -> object:
    path = invocation.body.voice_path
    conferring.play_to_all(transaction.out, transaction.world, conference, path)
    return NOTHING


def _stop_to_all(transaction: Transaction, conference: Conference, _invocation: Invocation) -> object:
    conferring.stop_to_all(transaction.out, conference)
    return NOTHING


def _play_to_one(
    transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.HoldParticipantBody]
) -> object:
    path = invocation.body.voice_path
    conferring.play_to_one(
        transaction.out, transaction.world, conference, _participant(conference, invocation.body), path
    )
    return NOTHING


def _stop_to_one(transaction: Transaction, conference: Conference, invocation: Invocation) -> object:
    conferring.stop_to_one(transaction.out, conference, _participant(conference, invocation.body))
    return NOTHING


def _change_seats(
    transaction: Transaction, conference: Conference, invocation: Invocation[Any, rows.SeatsBody]
) -> object:
    body = invocation.body
    conferring.change_seats(
        transaction.world, conference, body.modify_num if body.modify_type == MORE else -body.modify_num
    )
    return NOTHING


MOVES: Final[dict[str, Move]] = {
    "releaseAgentConf": _end,
    "holdParticipant": _hold(on=True),
    "unholdParticipant": _hold(on=False),
    "prolongTime": _prolong,
    "applyToShiftPresident": _pass_on,
    "batchRemoveParticipant": _remove,
    "changeParticipantMode": _set_mode,
    "playVoiceToConf": _play_to_all,
    "stopVoiceToConf": _stop_to_all,
    "playVoiceToParticipant": _play_to_one,
    "stopVoiceToParticipant": _stop_to_one,
    "modifyConfResource": _change_seats,
}
"""Operations of the chair alone, by name."""
