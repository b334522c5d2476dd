"""Playing files to the asking agent, and recording its own talk."""

from collections.abc import Callable
from typing import Any, Final

from gateway.contact_centre.floor import phones, playing, recording
from gateway.contact_centre.floor.activities import Playback
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations.recordplay.rows import JumpParameters, NetPlayBody, PlayBody, RecordParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

ENDLESS: Final = 0


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group = _RecordPlay(services)
    return {
        **{name: _performer(services, move) for name, move in MOVES.items()},
        "beginPlay": group.play,
        "beginNetPlay": group.play_of_node,
        "queryVoiceRecordScore": group.scores,
    }


Move = Callable[[Transaction, str, Invocation], None]


def _performer(services: CentreServices, move: Move) -> Action:
    async def perform(invocation: Invocation) -> object:
        with services.board.transaction() as transaction:
            move(transaction, invocation.desk.session_id, invocation)
        return NOTHING

    return perform


def _of_playing(act: Callable[[Transaction, Playback, Invocation], None]) -> Move:
    def move(transaction: Transaction, session_id: str, invocation: Invocation) -> None:
        act(transaction, playing.running(transaction.world, session_id, invocation.operation.name), invocation)

    return move


def _jump(sign: int) -> Move:
    def act(transaction: Transaction, playback: Playback, invocation: Invocation[JumpParameters]) -> None:
        playing.jump(transaction.out, transaction.world, playback, sign * invocation.parameters.time)

    return _of_playing(act)


def _record(transaction: Transaction, session_id: str, invocation: Invocation) -> None:
    named = invocation.parameters.filename if isinstance(invocation.parameters, RecordParameters) else ""
    recording.begin(transaction.out, transaction.world, session_id, named)


MOVES: Final[dict[str, Move]] = {
    "pausePlay": _of_playing(
        lambda transaction, playback, _call: playing.pause(transaction.out, transaction.world, playback)
    ),
    "resumePlay": _of_playing(
        lambda transaction, playback, _call: playing.resume(transaction.out, transaction.world, playback)
    ),
    "foreFastPlay": _jump(1),
    "backFastPlay": _jump(-1),
    "stopPlay": _of_playing(
        lambda transaction, playback, _call: playing.end(transaction.out, transaction.world, playback, playing.BY_AGENT)
    ),
    "beginRecord": _record,
    "beginRecordWithoutFilename": _record,
    "pauseRecord": lambda transaction, session_id, _call: recording.pause(
        transaction.out, transaction.world, session_id
    ),
    "resumeRecord": lambda transaction, session_id, _call: recording.resume(
        transaction.out, transaction.world, session_id
    ),
    "startRecordScreen": lambda transaction, session_id, _call: recording.start_screen(transaction.world, session_id),
    "stopRecordScreen": lambda transaction, session_id, _call: recording.stop_screen(transaction.world, session_id),
    "stopRecord": lambda transaction, session_id, _call: recording.stop(transaction.out, transaction.world, session_id),
}
"""Operations on what is played or recorded, by name."""


class _RecordPlay:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def play(self, invocation: Invocation[Any, PlayBody]) -> object:
        body = invocation.body
        return self._play(invocation, body.voicepath, body.startpostion)

    async def play_of_node(self, invocation: Invocation[Any, NetPlayBody]) -> object:
        body = invocation.body
        return self._play(invocation, body.file_name, body.position, endless=body.play_time == ENDLESS)

    def _play(self, invocation: Invocation, path: str, position_s: int, *, endless: bool = False) -> object:
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            if invocation.desk.state.state not in CallOrigin.OWN.value or not phones.usable(desk):
                raise Refused(retcodes.PLAY_STATE)
            if not playing.fails(transaction.out, transaction.world, desk, path, position_s):
                transaction.occupy(desk, CallOrigin.OWN)
                playing.begin(transaction.out, transaction.world, desk, path, position_s, endless=endless)
        return NOTHING

    async def scores(self, _invocation: Invocation) -> object:
        """Nobody scores recordings here."""
        return []
