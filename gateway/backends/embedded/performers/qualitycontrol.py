"""Inspection by an inspector (contract qualitycontrol.yaml): listen, insert, whisper, change, take over, stop.

Forcing agents and watching them are in `qualitycontrol_forcing` and `qualitycontrol_watching`.
"""

from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import inspecting
from gateway.backends.embedded.core.besides import Inspection, Mode
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import reach, rights
from gateway.backends.embedded.turn import Turn
from gateway.operations.parameters import WorkNoParameters
from gateway.operations.qualitycontrol_models import (
    InterceptParameters,
    MediaParameters,
    SwitchParameters,
    WhisperParameters,
)
from gateway.sessions.agent_state import State
from gateway.wire import retcodes
from gateway.wire.errors import Refused

VOICE: Final = frozenset({None, 5})
"""Media types that can be inspected; None where the client names none."""
SWITCH_TYPES: Final = (Mode.LISTEN, Mode.INSERT, Mode.WHISPER)
"""By `switchtype`."""


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _QualityControl(parts)
    return {
        "addSupervise": group.listen,
        "addInsert": group.insert,
        "requestWhisperAgent": group.whisper,
        "switchSuperviseOrInsert": group.switch,
        "requestSwitchInsertWhisperAgent": group.switch_to,
        "stopSuperviseOrInsert": group.stop,
        "requestStopWhisperAgent": group.stop_whisper,
        "intercept": group.intercept,
    }


def check(parts: Parts, call: Call, target_id: int) -> None:
    """Whether the caller may inspect this agent. Raises Refused: `900-002`, `000-005`, `900-004`."""
    rights.require(parts, call, retcodes.NOT_INSPECTOR, rights.INSPECTOR)
    if target_id == call.record.agent_id:
        raise Refused(retcodes.SELF_INSPECTION)
    if parts.registry.get(target_id) is None:
        raise Refused(retcodes.INSPECTED_UNKNOWN)


class _QualityControl:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def listen(self, call: Call) -> object:
        return await self._begin_silent(call, Mode.LISTEN)

    async def insert(self, call: Call) -> object:
        return await self._begin_silent(call, Mode.INSERT)

    async def _begin_silent(self, call: Call, mode: Mode) -> object:
        asked = cast(MediaParameters, call.parameters)
        check(self._parts, call, asked.work_no)
        if asked.media_type not in VOICE:
            raise Refused(retcodes.INSPECTION_RESOURCE, "only voice calls can be inspected here")
        return await self._begin(call, asked.work_no, mode)

    async def whisper(self, call: Call) -> object:
        target_id = cast(WhisperParameters, call.parameters).whisperagentid
        check(self._parts, call, target_id)
        return await self._begin(call, target_id, Mode.WHISPER)

    async def _begin(self, call: Call, target_id: int, mode: Mode) -> object:
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            target = await self._target(turn, target_id)
            inspecting.check_free(turn.world, target)
            await self._occupy(turn, desk)
            inspecting.begin(turn.out, turn.world, desk, target, mode)
        return NOTHING

    async def _target(self, turn: Turn, target_id: int) -> Desk:
        target = await reach.signed_in(self._parts, target_id)
        if target is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN, "this agent is not signed in")
        away = target.state.state is State.TALKING and target.state.centre != self._parts.records.centre
        if away and not turn.world.legs_of(target.session_id):
            raise Refused(retcodes.UNAVAILABLE, "the call of this agent is held by another node: ask that one")
        return target

    async def _occupy(self, turn: Turn, desk: Desk) -> None:
        """The inspector must be idle."""
        if turn.world.legs_of(desk.session_id):
            raise Refused(retcodes.INSPECTION_STATE, "not possible during a call")
        try:
            await turn.occupy(desk, Way.ROUTED)
        except Refused as refused:
            if refused.retcode == retcodes.WRONG_STATE:
                raise Refused(retcodes.INSPECTION_STATE, refused.message) from None
            raise

    async def switch(self, call: Call) -> object:
        async with self._parts.board.turn() as turn:
            found = self._running(turn, call, cast(WorkNoParameters, call.parameters).work_no)
            inspecting.change(turn.out, found, inspecting.OTHER[found.mode])
        return NOTHING

    async def switch_to(self, call: Call) -> object:
        asked = cast(SwitchParameters, call.parameters)
        async with self._parts.board.turn() as turn:
            found = self._running(turn, call, asked.whisperagentid or 0)
            inspecting.change(turn.out, found, SWITCH_TYPES[asked.switchtype])
        return NOTHING

    async def stop(self, call: Call) -> object:
        return await self._end(call, cast(WorkNoParameters, call.parameters).work_no)

    async def stop_whisper(self, call: Call) -> object:
        return await self._end(call, cast(WhisperParameters, call.parameters).whisperagentid)

    async def _end(self, call: Call, target_id: int) -> object:
        async with self._parts.board.turn() as turn:
            inspecting.end(turn.out, turn.world, self._running(turn, call, target_id))
        return NOTHING

    async def intercept(self, call: Call) -> object:
        asked = cast(InterceptParameters, call.parameters)
        async with self._parts.board.turn() as turn:
            found = self._running(turn, call, asked.work_no)
            taken, leg = inspecting.to_intercept(turn.world, found, asked.call_id)
            inspecting.intercept(turn.out, turn.world, found, taken, leg)
        return NOTHING

    def _running(self, turn: Turn, call: Call, target_id: int) -> Inspection:
        if target_id:
            check(self._parts, call, target_id)
        else:
            rights.require(self._parts, call, retcodes.NOT_INSPECTOR, rights.INSPECTOR)
        return inspecting.running(turn.world, turn.desk(call).session_id, call.operation.name, target_id)
