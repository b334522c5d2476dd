"""Conferences of agents (contract agentconf.yaml). What the chair does to one is in `agentconf_chair`."""

from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import conference_chair, conference_parties, conferring
from gateway.backends.embedded.core.conference import Conference
from gateway.backends.embedded.core.conference_notices import Leaving
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import reach, rights
from gateway.backends.embedded.performers.conference_views import conference_view
from gateway.backends.embedded.turn import Turn
from gateway.operations.agentconf_models import ConferenceBody, ConferenceQueryBody, InviteBody, ParticipantBody
from gateway.wire import retcodes
from gateway.wire.errors import Refused

AGENT: Final = "9"
_DIALLED: Final = frozenset("0123456789*#")


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _AgentConf(parts)
    return {
        "requestAgentConf": group.request,
        "answerAgentConf": group.answer,
        "rejectAgentConf": group.reject,
        "requestLeaveAgentConf": group.leave,
        "batchAddParticipant": group.invite,
        "queryConfInfos": group.infos,
        "queryAllConfIds": group.ids,
    }


class _AgentConf:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def request(self, call: Call) -> object:
        """The asking agent must be idle, or in a steady call, which becomes the conference."""
        body = cast(ConferenceBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            brought = conferring.check(turn.world, desk)
            if not conferring.has_seats(turn.world, body.member_num):
                conferring.refuse(turn.out, desk)
                return NOTHING
            if brought is not None and len(brought.legs) > body.member_num:
                raise Refused(retcodes.BAD_PARAMETER, "memberNum: is less than the parties of the call")
            if brought is None:
                await turn.occupy(desk, Way.ROUTED)
            conferring.begin(
                turn.out,
                turn.world,
                desk,
                brought,
                body.member_num,
                body.time,
                body.prompt_time,
                body.conf_caller_no,
            )
        return NOTHING

    async def answer(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            conference_parties.join(turn.out, turn.world, *conferring.invited(turn.world, turn.desk(call).session_id))
        return NOTHING

    async def reject(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            conference_parties.decline(
                turn.out, turn.world, *conferring.invited(turn.world, turn.desk(call).session_id)
            )
        return NOTHING

    async def leave(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            conference, member = conferring.joined(turn.world, turn.desk(call).session_id)
            if member is conference.chair:
                raise Refused(retcodes.CHAIR_LEAVES)
            conference_parties.leave(turn.out, turn.world, conference, member, Leaving.BY_ITSELF)
        return NOTHING

    async def invite(self, call: Call) -> object:
        """Those who are asked already, or in the conference, are passed over."""
        body = cast(InviteBody, call.body)
        async with self._parts.board.turn() as turn:
            conference = conference_chair.chaired(turn.world, turn.desk(call).session_id)
            wanted = {(one.address_type, one.address): one for one in body.addresses}.values()
            new = [one for one in wanted if not conference.named(one.address, agent=one.address_type == AGENT)]
            for one in new:
                self._check(one)
            if len(conference.members) + len(new) > conference.seats:
                raise Refused(retcodes.BAD_PARAMETER, "addresses: there are not so many seats in the conference")
            reached = [(one, await self._reach(turn, one)) for one in new]
            for one, desk in reached:
                _ask(turn, conference, one, desk)
        return NOTHING

    def _check(self, one: ParticipantBody) -> None:
        if one.address_type == AGENT:
            known = one.address.isdigit() and self._parts.registry.get(int(one.address)) is not None
        else:
            known = _DIALLED.issuperset(one.address)
        if not known:
            raise Refused(retcodes.BAD_PARAMETER, "addresses: no such agent, or no phone number")

    async def _reach(self, turn: Turn, one: ParticipantBody) -> Desk | None:
        """Occupies an agent who is free; None for everybody else."""
        if one.address_type != AGENT:
            return None
        desk = await reach.signed_in(self._parts, int(one.address))
        return desk if await turn.try_occupy(desk, Way.ASKED) else None

    async def infos(self, call: Call) -> object:
        """An inspector sees all conferences, or those with the ids it lists; an agent its own."""
        now_ms = self._parts.records.now_ms()
        if rights.has(self._parts, call.record.agent_id, rights.INSPECTOR):
            listed = _listed_ids(cast(ConferenceQueryBody, call.body))
            all_ = self._parts.world.besides.conferences.values()
            return [conference_view(one, now_ms) for one in all_ if listed is None or one.id in listed]
        found = self._parts.world.besides.conference_of(call.session_id)
        return [conference_view(found[0], now_ms)] if found is not None and found[1].joined_ms else []

    async def ids(self, call: Call) -> object:
        rights.require(self._parts, call, retcodes.NOT_INSPECTOR_OF_CONFERENCES, rights.INSPECTOR)
        return list(self._parts.world.besides.conferences)


def _ask(turn: Turn, conference: Conference, one: ParticipantBody, desk: Desk | None) -> None:
    if desk is not None:
        conference_parties.ask_agent(turn.out, turn.world, conference, desk)
    elif one.address_type == AGENT:
        conference_parties.cannot_join(turn.out, turn.world, conference, one.address, agent=True)
    elif one.address.startswith(turn.world.plan.barred):
        conference_parties.cannot_join(turn.out, turn.world, conference, one.address, agent=False)
    else:
        conference_parties.ask_outside(turn.out, turn.world, conference, one.address)


def _listed_ids(body: ConferenceQueryBody) -> set[int] | None:
    """The list of ids in the body, under whatever name; None where there is none."""
    lists = [value for value in (body.model_extra or {}).values() if isinstance(value, list) and value]
    return {int(value) for value in lists[0] if str(value).isdigit()} if lists else None
