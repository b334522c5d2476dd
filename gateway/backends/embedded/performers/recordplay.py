"""Playing files to the calling agent, and recording its own talk (contract recordplay.yaml)."""

from collections.abc import Callable
from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import phones, playing, recording
from gateway.backends.embedded.core.besides import Playback
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.turn import Turn
from gateway.operations.recordplay_models import JumpParameters, NetPlayBody, PlayBody, RecordParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

ENDLESS: Final = 0


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _RecordPlay(parts)
    return {
        **{name: _performer(parts, move) for name, move in MOVES.items()},
        "beginPlay": group.play,
        "beginNetPlay": group.play_of_node,
        "queryVoiceRecordScore": group.scores,
    }


Move = Callable[[Turn, str, Call], None]


def _performer(parts: Parts, move: Move) -> Performer:
    async def perform(call: Call) -> object:
        async with parts.board.turn() as turn:
            move(turn, turn.desk(call).session_id, call)
        return NOTHING

    return perform


def _of_playing(act: Callable[[Turn, Playback, Call], None]) -> Move:
    def move(turn: Turn, session_id: str, call: Call) -> None:
        act(turn, playing.running(turn.world, session_id, call.operation.name), call)

    return move


def _jump(sign: int) -> Move:
    def act(turn: Turn, playback: Playback, call: Call) -> None:
        playing.jump(turn.out, turn.world, playback, sign * cast(JumpParameters, call.parameters).time)

    return _of_playing(act)


def _record(turn: Turn, session_id: str, call: Call) -> None:
    named = call.parameters.filename if isinstance(call.parameters, RecordParameters) else ""
    recording.begin(turn.out, turn.world, session_id, named)


MOVES: Final[dict[str, Move]] = {
    "pausePlay": _of_playing(lambda turn, playback, _call: playing.pause(turn.out, turn.world, playback)),
    "resumePlay": _of_playing(lambda turn, playback, _call: playing.resume(turn.out, turn.world, playback)),
    "foreFastPlay": _jump(1),
    "backFastPlay": _jump(-1),
    "stopPlay": _of_playing(
        lambda turn, playback, _call: playing.end(turn.out, turn.world, playback, playing.BY_AGENT)
    ),
    "beginRecord": _record,
    "beginRecordWithoutFilename": _record,
    "pauseRecord": lambda turn, session_id, _call: recording.pause(turn.out, turn.world, session_id),
    "resumeRecord": lambda turn, session_id, _call: recording.resume(turn.out, turn.world, session_id),
    "startRecordScreen": lambda turn, session_id, _call: recording.start_screen(turn.world, session_id),
    "stopRecordScreen": lambda turn, session_id, _call: recording.stop_screen(turn.world, session_id),
    "stopRecord": lambda turn, session_id, _call: recording.stop(turn.out, turn.world, session_id),
}
"""Operations on what is played or recorded, by name."""


class _RecordPlay:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def play(self, call: Call) -> object:
        body = cast(PlayBody, call.body)
        return await self._play(call, body.voicepath, body.startpostion)

    async def play_of_node(self, call: Call) -> object:
        body = cast(NetPlayBody, call.body)
        return await self._play(call, body.file_name, body.position, endless=body.play_time == ENDLESS)

    async def _play(self, call: Call, path: str, position_s: int, *, endless: bool = False) -> object:
        async with self._parts.board.turn() as turn:
            desk = turn.desk(call)
            if call.record.state.state not in Way.OWN.value or not phones.usable(desk):
                raise Refused(retcodes.PLAY_STATE)
            if not playing.fails(turn.out, turn.world, desk, path, position_s):
                await turn.occupy(desk, Way.OWN)
                playing.begin(turn.out, turn.world, desk, path, position_s, endless=endless)
        return NOTHING

    async def scores(self, _call: Call) -> object:
        """Nobody scores recordings here."""
        return []
