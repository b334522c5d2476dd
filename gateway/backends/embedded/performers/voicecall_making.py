"""Getting into a call (contract voicecall.yaml): calling out, calling agents, picking up, taking waiting calls."""

from typing import cast

from gateway.backends.base import Call
from gateway.backends.embedded import occupation
from gateway.backends.embedded.core import answering, legality, originate, phones
from gateway.backends.embedded.core.model import Desk, Purpose, Reached
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import reach
from gateway.backends.embedded.turn import Turn
from gateway.operations.voicecall_models import (
    CallOutBody,
    CancelPreviewBody,
    InnerCallBody,
    InnerSkillCallBody,
    PreviewCallBody,
    QueuedCallParameters,
    SnatchParameters,
)
from gateway.wire import retcodes
from gateway.wire.errors import Refused

PICKUP_ROLE = "pickup"


class Making:
    """Performers of operations that occupy an agent."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def performers(self) -> dict[str, Performer]:
        """By operation name."""
        return {
            "callout": self.call_out,
            "previewCallOut": self.preview,
            "cancelPreviewCallout": self.cancel_preview,
            "callInner": self.call_inner,
            "callInnerSkill": self.call_inner_skill,
            "requestAppointedCall": self.request_call,
            "snatchPickup": self.snatch,
            "phonePickup": self.pick_up,
        }

    async def call_out(self, call: Call) -> object:
        """A number outside; the call's id."""
        body = cast(CallOutBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = self._caller(turn, call)
            originate.check_number(turn.world, body.called)
            await turn.occupy(desk, Way.OWN)
            made = originate.call_out(
                turn.out,
                turn.world,
                desk,
                body.called,
                caller=body.caller,
                skill_id=body.skillid or 0,
                data=body.callappdata,
            )
        return made.id

    async def preview(self, call: Call) -> object:
        """A number of an offered preview call; the call's id."""
        body = cast(PreviewCallBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = self._caller(turn, call)
            offer = turn.world.offers.get(body.callcontrolid)
            if offer is None or offer.session_id != desk.session_id:
                raise Refused(retcodes.WRONG_STATE, "no preview call with this control id was offered")
            if body.called not in offer.numbers:
                raise Refused(retcodes.CALLED_NUMBER, "not a number of this preview call")
            await turn.occupy(desk, Way.OWN)
            del turn.world.offers[body.callcontrolid]
            made = originate.call_out(turn.out, turn.world, desk, body.called, caller="", skill_id=0, data=offer.data)
        return made.id

    async def cancel_preview(self, call: Call) -> object:
        """Declines a preview call."""
        async with self._parts.board.turn() as turn:
            control = cast(CancelPreviewBody, call.body).callcontrolid
            offer = turn.world.offers.get(control)
            if offer is None or offer.session_id != call.session_id:
                raise Refused(retcodes.WRONG_STATE, "no preview call with this control id was offered")
            del turn.world.offers[control]
        return NOTHING

    async def call_inner(self, call: Call) -> object:
        """Another agent; the call's id. One who cannot be reached brings the event of a failed internal call."""
        body = cast(InnerCallBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = self._caller(turn, call)
            if originate.must_lift(desk):
                reach.known(self._parts, body.called, desk)
                await turn.occupy(desk, Way.OWN)
                return originate.call_agent(
                    turn.out, turn.world, desk, body.called, None, data=body.callappdata, skill_id=body.skillid or 0
                ).id
            target = await reach.called(self._parts, turn, body.called, desk)
            if target is None:
                return originate.call_fails_at_once(turn.out, turn.world, desk, body.called, "inside_call_fail").id
            return await self._to_agent(turn, desk, body.called, target, body.callappdata, body.skillid or 0)

    async def call_inner_skill(self, call: Call) -> object:
        """An idle agent of a skill queue; the call's id."""
        skill_id = cast(InnerSkillCallBody, call.body).skill_id
        async with self._parts.board.turn() as turn:
            desk = self._caller(turn, call)
            if originate.must_lift(desk) and any(idle is not desk for idle in turn.world.idle(skill_id)):
                await turn.occupy(desk, Way.OWN)
                return originate.call_agent(turn.out, turn.world, desk, "", None, skill_id=skill_id).id
            target = await reach.one_of_queue(turn, skill_id, desk)
            if target is None:
                raise Refused(retcodes.WRONG_STATE, "no agent of this skill queue is idle")
            return await self._to_agent(turn, desk, str(target.agent_id), Reached(target), "", skill_id)

    async def _to_agent(self, turn: Turn, desk: Desk, number: str, target: Reached, data: str, skill_id: int) -> str:
        await turn.occupy(desk, Way.OWN)
        return originate.call_agent(turn.out, turn.world, desk, number, target, data=data, skill_id=skill_id).id

    async def request_call(self, call: Call) -> object:
        """A chosen call out of a queue; not with a call on hold."""
        parameters = cast(QueuedCallParameters, call.parameters)
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            if turn.world.legs_of(desk.session_id):
                raise Refused(retcodes.WRONG_STATE, "not possible during a call, also one on hold")
            waiting = answering.appointed(
                turn.world, desk, parameters.callid, parameters.skilltype, parameters.skill_id or 0
            )
            await turn.occupy(desk, Way.OWN)
            answering.take_waiting(turn.out, turn.world, desk, waiting)
        return NOTHING

    async def snatch(self, call: Call) -> object:
        """A call that rings at another agent of the group."""
        agent = self._parts.registry.get(call.record.agent_id)
        if agent is None or PICKUP_ROLE not in agent.roles:
            raise Refused(retcodes.WRONG_STATE, "this agent may not pick up the calls of others")
        async with self._parts.board.turn() as turn:
            desk = self._caller(turn, call)
            target = turn.world.desks.get(cast(SnatchParameters, call.parameters).dest_work_no)
            found = answering.ringing_at(turn.world, desk, target)
            await turn.occupy(desk, Way.ROUTED)
            answering.snatch(turn.out, turn.world, desk, *found)
        return NOTHING

    async def pick_up(self, call: Call) -> object:
        """Lifts the linked phone: answers, or goes on with the call that the agent is making."""
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            dial = answering.to_dial(turn.world, desk)
            target = None
            if dial is not None and dial.skill_id:
                idle = await reach.one_of_queue(turn, dial.skill_id, desk)
                target = Reached(idle) if idle is not None else None
            elif dial is not None and dial.purpose is Purpose.INTERNAL:
                target = await reach.called(self._parts, turn, dial.number, desk)
            answering.pick_up(turn.out, turn.world, desk, target)
        return NOTHING

    def _caller(self, turn: Turn, call: Call) -> Desk:
        """The desk of an agent who is free to make a call. Raises Refused `100-009`."""
        desk = turn.desk(call)
        phones.check(desk)
        legality.no_active(turn.world, desk.session_id)
        if not turn.world.legs_of(desk.session_id):
            occupation.check(call.record.state, Way.OWN)
        return desk
