"""Calls of the asking agent: making, answering, talking, ending them."""

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.contact_centre.floor import (
    answering,
    chatting,
    legality,
    midcall,
    originate,
    phones,
    releasing,
    state_machine,
    transferring,
)
from gateway.contact_centre.floor.calls import AgentDesk, Purpose, ReachedParty
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.floor.transferring import TransferRequest
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import directory, roles
from gateway.contact_centre.operations.voicecall.rows import (
    CallOutBody,
    CancelPreviewBody,
    HelpBody,
    InnerCallBody,
    InnerSkillCallBody,
    JoinBody,
    OptionalCallParameters,
    PartyParameters,
    PreviewCallBody,
    QueuedCallParameters,
    RejectBody,
    SnatchParameters,
    TransferBody,
)
from gateway.interface.fields import CallParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

Move = Callable[[Transaction, AgentDesk, Invocation], None]


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group, making = _VoiceCall(services), _Making(services)
    return {
        **{name: _performer(services, move) for name, move in MOVES.items()},
        "callout": making.call_out,
        "previewCallOut": making.preview,
        "cancelPreviewCallout": making.cancel_preview,
        "callInner": making.call_inner,
        "callInnerSkill": making.call_inner_skill,
        "requestAppointedCall": making.request_call,
        "snatchPickup": making.snatch,
        "phonePickup": making.pick_up,
        "transfer": group.transfer,
        "innerHelp": group.help,
    }


def _call_id(invocation: Invocation) -> str:
    if isinstance(invocation.parameters, OptionalCallParameters | CallParameters):
        return invocation.parameters.callid
    return ""


def _answer(transaction: Transaction, desk: AgentDesk, invocation: Invocation) -> None:
    call_id = _call_id(invocation)
    answer = chatting.answer if call_id in transaction.world.activities.chats else answering.answer
    answer(transaction.out, transaction.world, desk.session_id, call_id)


def _reject(transaction: Transaction, desk: AgentDesk, invocation: Invocation[Any, RejectBody]) -> None:
    body = invocation.body
    reject = chatting.reject if body.callid in transaction.world.activities.chats else answering.reject
    reject(transaction.out, transaction.world, desk.session_id, body.mode, body.callid)


def _drop(transaction: Transaction, desk: AgentDesk, invocation: Invocation) -> None:
    call_id = _call_id(invocation)
    drop = chatting.drop if call_id in transaction.world.activities.chats else releasing.drop_call
    drop(transaction.out, transaction.world, desk.session_id, call_id)


def _join(transaction: Transaction, desk: AgentDesk, invocation: Invocation[Any, JoinBody]) -> None:
    body = invocation.body
    midcall.join(transaction.out, transaction.world, desk.session_id, body.callid, body.callappdata)


def _disconnect(transaction: Transaction, desk: AgentDesk, invocation: Invocation[PartyParameters]) -> None:
    releasing.disconnect(transaction.out, transaction.world, desk, invocation.parameters.number)


def _mute(transaction: Transaction, desk: AgentDesk, invocation: Invocation) -> None:
    midcall.mute(transaction.out, transaction.world, desk.session_id, invocation.operation.name)


def _mute_video(transaction: Transaction, desk: AgentDesk, invocation: Invocation) -> None:
    midcall.mute_video(transaction.world, desk.session_id, invocation.operation.name)


def _digits(transaction: Transaction, desk: AgentDesk, invocation: Invocation) -> None:
    midcall.digits(transaction.world, desk.session_id, invocation.operation.name)


MOVES: dict[str, Move] = {
    "answer": _answer,
    "reject": _reject,
    "phoneHangUp": lambda transaction, desk, _: answering.hang_up(transaction.out, transaction.world, desk),
    "beginMute": _mute,
    "endMute": _mute,
    "beginMuteVideo": _mute_video,
    "endMuteVideo": _mute_video,
    "secondDial": _digits,
    "secondDialEx": _digits,
    "reportSound": _digits,
    "hold": lambda transaction, desk, _: midcall.hold(transaction.out, transaction.world, desk.session_id),
    "getHold": lambda transaction, desk, invocation: midcall.get_hold(
        transaction.out, transaction.world, desk.session_id, _call_id(invocation)
    ),
    "connectHold": lambda transaction, desk, invocation: midcall.connect_hold(
        transaction.out, transaction.world, desk.session_id, _call_id(invocation)
    ),
    "confJoin": _join,
    "cancelTransfer": lambda transaction, desk, _: releasing.cancel_transfer(
        transaction.out, transaction.world, desk.session_id
    ),
    "release": lambda transaction, desk, _: releasing.release(transaction.out, transaction.world, desk.session_id),
    "dropCall": _drop,
    "disconnect": _disconnect,
    "releasePhone": lambda transaction, desk, _: releasing.release_phone(transaction.out, transaction.world, desk),
}
"""Operations on calls that need nobody else to be occupied, by name."""


def _performer(services: CentreServices, move: Move) -> Callable[[Invocation], Awaitable[object]]:
    async def perform(invocation: Invocation) -> object:
        with services.board.transaction() as transaction:
            move(transaction, invocation.desk, invocation)
        return NOTHING

    return perform


class _VoiceCall:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def transfer(self, invocation: Invocation[Any, TransferBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            own, leg = legality.active(transaction.world, desk.session_id, "transfer")
            skill_id = transferring.check(transaction.world, own, body.devicetype, body.mode, body.address)
            target = None
            if body.devicetype == transferring.AGENT:
                target = directory.occupy_called(self._services, transaction, body.address, desk)
            order = TransferRequest(body.address, body.caller, body.holdflag, target, skill_id)
            own.data = body.callappdata or own.data
            transferring.WAYS[body.devicetype, body.mode](transaction.out, transaction.world, own, leg, order)
        return NOTHING

    async def help(self, invocation: Invocation[Any, HelpBody]) -> object:
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            own, leg = originate.check_help(transaction.world, desk.session_id)
            if body.devicetype == transferring.QUEUE:
                target = directory.occupy_one_of_queue(transaction, int(body.dstaddress), desk)
            else:
                target = directory.occupy_agent(self._services, transaction, body.dstaddress, desk)
            made = originate.ask_help(
                transaction.out,
                transaction.world,
                own,
                leg,
                target,
                body.devicetype,
                body.mode,
                hold=body.holdflag,
                data=body.callappdata,
            )
        return made.id


class _Making:
    """What occupies an agent for a call."""

    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def call_out(self, invocation: Invocation[Any, CallOutBody]) -> object:
        """A number outside; the call's id."""
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = self._caller(transaction, invocation)
            originate.check_number(transaction.world, body.called)
            transaction.occupy(desk, CallOrigin.OWN)
            made = originate.call_out(
                transaction.out,
                transaction.world,
                desk,
                body.called,
                caller=body.caller,
                skill_id=body.skillid or 0,
                data=body.callappdata,
            )
        return made.id

    async def preview(self, invocation: Invocation[Any, PreviewCallBody]) -> object:
        """A number of an offered preview call; the call's id."""
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = self._caller(transaction, invocation)
            offer = transaction.world.offers.get(body.callcontrolid)
            if offer is None or offer.session_id != desk.session_id:
                raise Refused(retcodes.WRONG_STATE, "no preview call with this control id was offered")
            if body.called not in offer.numbers:
                raise Refused(retcodes.CALLED_NUMBER, "not a number of this preview call")
            transaction.occupy(desk, CallOrigin.OWN)
            del transaction.world.offers[body.callcontrolid]
            made = originate.call_out(
                transaction.out, transaction.world, desk, body.called, caller="", skill_id=0, data=offer.data
            )
        return made.id

    async def cancel_preview(self, invocation: Invocation[Any, CancelPreviewBody]) -> object:
        """Declines a preview call."""
        with self._services.board.transaction() as transaction:
            control = invocation.body.callcontrolid
            offer = transaction.world.offers.get(control)
            if offer is None or offer.session_id != invocation.desk.session_id:
                raise Refused(retcodes.WRONG_STATE, "no preview call with this control id was offered")
            del transaction.world.offers[control]
        return NOTHING

    async def call_inner(self, invocation: Invocation[Any, InnerCallBody]) -> object:
        """Another agent; the call's id. One who cannot be reached brings the event of a failed internal call."""
        body = invocation.body
        with self._services.board.transaction() as transaction:
            desk = self._caller(transaction, invocation)
            if originate.must_lift(desk):
                directory.other_agent(self._services, body.called, desk)
                transaction.occupy(desk, CallOrigin.OWN)
                return originate.call_agent(
                    transaction.out,
                    transaction.world,
                    desk,
                    body.called,
                    None,
                    data=body.callappdata,
                    skill_id=body.skillid or 0,
                ).id
            target = directory.occupy_called(self._services, transaction, body.called, desk)
            if target is None:
                return originate.call_fails_at_once(
                    transaction.out, transaction.world, desk, body.called, "inside_call_fail"
                ).id
            return self._to_agent(transaction, desk, body.called, target, body.callappdata, body.skillid or 0)

    async def call_inner_skill(self, invocation: Invocation[Any, InnerSkillCallBody]) -> object:
        """An idle agent of a skill queue; the call's id."""
        skill_id = invocation.body.skill_id
        with self._services.board.transaction() as transaction:
            desk = self._caller(transaction, invocation)
            if originate.must_lift(desk) and any(idle is not desk for idle in transaction.world.idle(skill_id)):
                transaction.occupy(desk, CallOrigin.OWN)
                return originate.call_agent(transaction.out, transaction.world, desk, "", None, skill_id=skill_id).id
            target = directory.occupy_one_of_queue(transaction, skill_id, desk)
            if target is None:
                raise Refused(retcodes.WRONG_STATE, "no agent of this skill queue is idle")
            return self._to_agent(transaction, desk, str(target.agent_id), ReachedParty(target), "", skill_id)

    def _to_agent(
        self, transaction: Transaction, desk: AgentDesk, number: str, target: ReachedParty, data: str, skill_id: int
    ) -> str:
        transaction.occupy(desk, CallOrigin.OWN)
        return originate.call_agent(
            transaction.out, transaction.world, desk, number, target, data=data, skill_id=skill_id
        ).id

    async def request_call(self, invocation: Invocation[QueuedCallParameters]) -> object:
        """A chosen call out of a queue; not with a call on hold."""
        parameters = invocation.parameters
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            if transaction.world.legs_of(desk.session_id):
                raise Refused(retcodes.WRONG_STATE, "not possible during a call, also one on hold")
            waiting = answering.appointed(
                transaction.world, desk, parameters.callid, parameters.skilltype, parameters.skill_id or 0
            )
            transaction.occupy(desk, CallOrigin.OWN)
            answering.take_waiting(transaction.out, transaction.world, desk, waiting)
        return NOTHING

    async def snatch(self, invocation: Invocation[SnatchParameters]) -> object:
        """A call that rings at another agent of the group."""
        if not roles.has(self._services, invocation.desk.agent_id, roles.PICKUP):
            raise Refused(retcodes.WRONG_STATE, "this agent may not pick up the calls of others")
        with self._services.board.transaction() as transaction:
            desk = self._caller(transaction, invocation)
            target = transaction.world.desks.get(invocation.parameters.dest_work_no)
            found = answering.ringing_at(transaction.world, desk, target)
            transaction.occupy(desk, CallOrigin.ROUTED)
            answering.snatch(transaction.out, transaction.world, desk, *found)
        return NOTHING

    async def pick_up(self, invocation: Invocation) -> object:
        """Lifts the linked phone: answers, or goes on with the call that the agent is making."""
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            dial = answering.to_dial(transaction.world, desk)
            target = None
            if dial is not None and dial.skill_id:
                idle = directory.occupy_one_of_queue(transaction, dial.skill_id, desk)
                target = ReachedParty(idle) if idle is not None else None
            elif dial is not None and dial.purpose is Purpose.INTERNAL:
                target = directory.occupy_called(self._services, transaction, dial.number, desk)
            answering.pick_up(transaction.out, transaction.world, desk, target)
        return NOTHING

    def _caller(self, transaction: Transaction, invocation: Invocation) -> AgentDesk:
        """The desk of an agent who is free to make a call. Raises Refused `100-009`."""
        desk = invocation.desk
        phones.check(desk)
        legality.no_active(transaction.world, desk.session_id)
        if not transaction.world.legs_of(desk.session_id):
            state_machine.check_origin(invocation.desk.state, CallOrigin.OWN)
        return desk
