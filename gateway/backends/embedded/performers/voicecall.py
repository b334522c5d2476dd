"""Calls of the calling agent (contract voicecall.yaml): answering, talking, ending. Making is in `voicecall_making`."""

from collections.abc import Awaitable, Callable
from typing import cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import (
    answering,
    chatting,
    helping,
    holding,
    legality,
    pictures,
    releasing,
    transferring,
)
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.core.transferring import Order
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import reach
from gateway.backends.embedded.performers.voicecall_making import Making
from gateway.backends.embedded.turn import Turn
from gateway.operations.parameters import CallParameters
from gateway.operations.voicecall_models import (
    HelpBody,
    JoinBody,
    OptionalCallParameters,
    PartyParameters,
    RejectBody,
    TransferBody,
)

Move = Callable[[Turn, Desk, Call], None]


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _VoiceCall(parts)
    moves = {name: _performer(parts, move) for name, move in MOVES.items()}
    return {**moves, **Making(parts).performers(), "transfer": group.transfer, "innerHelp": group.help}


def _call_id(call: Call) -> str:
    if isinstance(call.parameters, OptionalCallParameters | CallParameters):
        return call.parameters.callid
    return ""


def _answer(turn: Turn, desk: Desk, call: Call) -> None:
    call_id = _call_id(call)
    answer = chatting.answer if call_id in turn.world.besides.chats else answering.answer
    answer(turn.out, turn.world, desk.session_id, call_id)


def _reject(turn: Turn, desk: Desk, call: Call) -> None:
    body = cast(RejectBody, call.body)
    reject = chatting.reject if body.callid in turn.world.besides.chats else answering.reject
    reject(turn.out, turn.world, desk.session_id, body.mode, body.callid)


def _drop(turn: Turn, desk: Desk, call: Call) -> None:
    call_id = _call_id(call)
    drop = chatting.drop if call_id in turn.world.besides.chats else releasing.drop_call
    drop(turn.out, turn.world, desk.session_id, call_id)


def _join(turn: Turn, desk: Desk, call: Call) -> None:
    body = cast(JoinBody, call.body)
    holding.join(turn.out, turn.world, desk.session_id, body.callid, body.callappdata)


def _disconnect(turn: Turn, desk: Desk, call: Call) -> None:
    releasing.disconnect(turn.out, turn.world, desk, cast(PartyParameters, call.parameters).number)


def _mute(turn: Turn, desk: Desk, call: Call) -> None:
    holding.mute(turn.out, turn.world, desk.session_id, call.operation.name)


def _picture(turn: Turn, desk: Desk, call: Call) -> None:
    pictures.mute(turn.world, desk.session_id, call.operation.name)


def _digits(turn: Turn, desk: Desk, call: Call) -> None:
    holding.digits(turn.world, desk.session_id, call.operation.name)


MOVES: dict[str, Move] = {
    "answer": _answer,
    "reject": _reject,
    "phoneHangUp": lambda turn, desk, _call: answering.hang_up(turn.out, turn.world, desk),
    "beginMute": _mute,
    "endMute": _mute,
    "beginMuteVideo": _picture,
    "endMuteVideo": _picture,
    "secondDial": _digits,
    "secondDialEx": _digits,
    "reportSound": _digits,
    "hold": lambda turn, desk, _call: holding.hold(turn.out, turn.world, desk.session_id),
    "getHold": lambda turn, desk, call: holding.get_hold(turn.out, turn.world, desk.session_id, _call_id(call)),
    "connectHold": lambda turn, desk, call: holding.connect_hold(turn.out, turn.world, desk.session_id, _call_id(call)),
    "confJoin": _join,
    "cancelTransfer": lambda turn, desk, _call: releasing.cancel_transfer(turn.out, turn.world, desk.session_id),
    "release": lambda turn, desk, _call: releasing.release(turn.out, turn.world, desk.session_id),
    "dropCall": _drop,
    "disconnect": _disconnect,
    "releasePhone": lambda turn, desk, _call: releasing.release_phone(turn.out, turn.world, desk),
}
"""Operations on calls that need nobody else to be occupied, by name."""


def _performer(parts: Parts, move: Move) -> Callable[[Call], Awaitable[object]]:
    async def perform(call: Call) -> object:
        async with parts.board.turn() as turn:
            move(turn, turn.desk(call), call)
        return NOTHING

    return perform


class _VoiceCall:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def transfer(self, call: Call) -> object:
        body = cast(TransferBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            own, leg = legality.active(turn.world, desk.session_id, "transfer")
            skill_id = transferring.check(turn.world, own, body.devicetype, body.mode, body.address)
            target = None
            if body.devicetype == transferring.AGENT:
                target = await reach.called(self._parts, turn, body.address, desk)
            order = Order(body.address, body.caller, body.holdflag, target, skill_id)
            own.data = body.callappdata or own.data
            transferring.WAYS[body.devicetype, body.mode](turn.out, turn.world, own, leg, order)
        return NOTHING

    async def help(self, call: Call) -> object:
        body = cast(HelpBody, call.body)
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            own, leg = helping.check(turn.world, desk.session_id)
            if body.devicetype == transferring.QUEUE:
                target = await reach.one_of_queue(turn, int(body.dstaddress), desk)
            else:
                target = await reach.agent(self._parts, turn, body.dstaddress, desk)
            made = helping.ask(
                turn.out,
                turn.world,
                own,
                leg,
                target,
                body.devicetype,
                body.mode,
                hold=body.holdflag,
                data=body.callappdata,
            )
        return made.id
