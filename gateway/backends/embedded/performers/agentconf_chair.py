"""What the chair does to its conference (contract agentconf.yaml)."""

from collections.abc import Callable
from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded.core import conference_chair, conference_parties, conferring
from gateway.backends.embedded.core.conference import Attribute, Conference, Member
from gateway.backends.embedded.core.conference_notices import Leaving
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers.agentconf import AGENT
from gateway.backends.embedded.turn import Turn
from gateway.operations import agentconf_models as models
from gateway.wire import retcodes
from gateway.wire.errors import Refused

MORE: Final = 0

Move = Callable[[Turn, Conference, Call], object]


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    return {name: _performer(parts, move) for name, move in MOVES.items()}


def _performer(parts: Parts, move: Move) -> Performer:
    async def perform(call: Call) -> object:
        async with parts.board.turn() as turn:
            return move(turn, conference_chair.chaired(turn.world, turn.desk(call).session_id), call)

    return perform


def _member(conference: Conference, call: Call) -> Member:
    body = cast(models.ParticipantBody, call.body)
    return conference_chair.participant(conference, body.address, agent=body.address_type == AGENT)


def _release(turn: Turn, conference: Conference, _call: Call) -> object:
    conferring.end(turn.out, turn.world, conference)
    return NOTHING


def _hold(*, on: bool) -> Move:
    def move(turn: Turn, conference: Conference, call: Call) -> object:
        conference_chair.hold(turn.out, turn.world, conference, _member(conference, call), on=on)
        return NOTHING

    return move


def _prolong(turn: Turn, conference: Conference, call: Call) -> object:
    minutes = cast(models.ProlongBody, call.body).prolong_time
    return models.Prolonged(applyed_time=conference_chair.prolong(turn.out, conference, minutes))


def _pass_on(turn: Turn, conference: Conference, call: Call) -> object:
    conference_chair.pass_on(turn.out, turn.world, conference, cast(models.ShiftBody, call.body).dest_agent_no)
    return NOTHING


def _remove(turn: Turn, conference: Conference, call: Call) -> object:
    """Those who are asked may be removed too; who is not there is answered as it was named."""
    named = cast(models.RemoveBody, call.body).addresses
    found = [(one, conference.named(one.address, agent=one.address_type == AGENT)) for one in named]
    if any(member is conference.chair for _, member in found):
        raise Refused(retcodes.CHAIR_REMOVES_ITSELF)
    for member in dict.fromkeys(member for _, member in found if member is not None):
        conference_parties.leave(turn.out, turn.world, conference, member, Leaving.REMOVED)
    missing = [one for one, member in found if member is None]
    return models.NotRemoved(
        no_exist_participants=[
            models.Participant(address_type=one.address_type, address=one.address) for one in missing
        ]
    )


def _set_mode(turn: Turn, conference: Conference, call: Call) -> object:
    attribute = Attribute(cast(models.ParticipantModeBody, call.body).attribute)
    conference_chair.set_attribute(turn.out, turn.world, conference, _member(conference, call), attribute)
    return NOTHING


def _play_to_all(turn: Turn, conference: Conference, call: Call) -> object:
    path = cast(models.PlayToAllBody, call.body).voice_path
    conference_chair.play_to_all(turn.out, turn.world, conference, path)
    return NOTHING


def _stop_to_all(turn: Turn, conference: Conference, _call: Call) -> object:
    conference_chair.stop_to_all(turn.out, conference)
    return NOTHING


def _play_to_one(turn: Turn, conference: Conference, call: Call) -> object:
    path = cast(models.HoldParticipantBody, call.body).voice_path
    conference_chair.play_to_one(turn.out, turn.world, conference, _member(conference, call), path)
    return NOTHING


def _stop_to_one(turn: Turn, conference: Conference, call: Call) -> object:
    conference_chair.stop_to_one(turn.out, conference, _member(conference, call))
    return NOTHING


def _change_seats(turn: Turn, conference: Conference, call: Call) -> object:
    body = cast(models.SeatsBody, call.body)
    conference_chair.change_seats(
        turn.world, conference, body.modify_num if body.modify_type == MORE else -body.modify_num
    )
    return NOTHING


MOVES: Final[dict[str, Move]] = {
    "releaseAgentConf": _release,
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
