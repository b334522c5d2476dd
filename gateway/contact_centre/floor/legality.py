"""When an operation on a call is allowed, as a table, and which call it means.

Nothing has changed yet when a refusal is raised, and no event was sent.
"""

from dataclasses import dataclass
from typing import Final

from gateway.contact_centre.floor.calls import Call, Leg, Stage
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_TALKING = frozenset({Stage.TALKING})
_ACTIVE = frozenset({Stage.TALKING, Stage.DIALLING, Stage.ALERTING, Stage.AT_IVR})
_ANY = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Rule:
    """Stages of the active call in which an operation is allowed; the codes without a call, and in another stage or
    with calls on hold alone.
    """

    stages: frozenset[Stage]
    no_call: str
    wrong: str


LEGAL: Final[dict[str, Rule]] = {
    "answer": Rule(frozenset({Stage.RINGING}), retcodes.ANSWER_NO_CALL, retcodes.ANSWER_NO_CALL),
    "reject": Rule(frozenset({Stage.RINGING}), retcodes.ANSWER_NO_CALL, retcodes.REJECT_STATE),
    "phonePickup": Rule(frozenset({Stage.RINGING, Stage.ALERTING}), retcodes.WRONG_STATE, retcodes.WRONG_STATE),
    "phoneHangUp": Rule(frozenset({Stage.RINGING, Stage.ALERTING}), retcodes.WRONG_STATE, retcodes.WRONG_STATE),
    "beginMute": Rule(_TALKING, retcodes.MUTE_NO_CALL, retcodes.MUTE_STATE),
    "endMute": Rule(_TALKING, retcodes.UNMUTE_NO_CALL, retcodes.UNMUTE_STATE),
    "beginMuteVideo": Rule(_TALKING, retcodes.MUTE_NO_CALL, retcodes.MUTE_STATE),
    "endMuteVideo": Rule(_TALKING, retcodes.UNMUTE_NO_CALL, retcodes.UNMUTE_STATE),
    "hold": Rule(_TALKING, retcodes.HOLD_NO_CALL, retcodes.HOLD_STATE),
    "connectHold": Rule(_TALKING, retcodes.CONNECT_NO_CALL, retcodes.CONNECT_NO_CALL),
    "confJoin": Rule(_TALKING, retcodes.JOIN_NO_CALL, retcodes.JOIN_NO_CALL),
    "transfer": Rule(_TALKING, retcodes.TRANSFER_NO_CALL, retcodes.TRANSFER_NO_CALL),
    "cancelTransfer": Rule(_ACTIVE, retcodes.TRANSFER_NO_CALL, retcodes.WRONG_STATE),
    "innerHelp": Rule(_TALKING, retcodes.HELP_NO_CALL, retcodes.WRONG_STATE),
    "secondDial": Rule(_TALKING, retcodes.WRONG_STATE, retcodes.WRONG_STATE),
    "secondDialEx": Rule(_TALKING, retcodes.WRONG_STATE, retcodes.WRONG_STATE),
    "reportSound": Rule(_TALKING, retcodes.REPORT_NO_CALL, retcodes.REPORT_NO_CALL),
    "release": Rule(_ACTIVE, retcodes.RELEASE_NO_CALL, retcodes.RELEASE_NO_CALL),
    "disconnect": Rule(_ACTIVE, retcodes.NO_SUCH_PARTY, retcodes.NO_SUCH_PARTY),
}
"""Operations on the active call, by name."""

HELD: Final[dict[str, str]] = {
    "getHold": retcodes.UNHOLD_NO_HELD,
    "connectHold": retcodes.CONNECT_NO_HELD,
    "confJoin": retcodes.JOIN_NO_HELD,
}
"""Operations on a call on hold, with the code when there is no such call."""


SETTLED: Final = frozenset({"connectHold", "confJoin"})
"""Operations on calls into which nobody is being called, and which wait for nobody."""


def _fits(call: Call, operation: str) -> bool:
    return operation not in SETTLED or not (call.waiting or call.at_ivr or any(not leg.connected for leg in call.legs))


def active(world: World, session_id: str, operation: str, call_id: str = "") -> tuple[Call, Leg]:
    """The active call, in a stage that allows the operation. Raises Refused as the table says."""
    rule = LEGAL[operation]
    found = world.active(session_id)
    if found is None or (call_id and found[0].id != call_id):
        raise Refused(rule.wrong if found is None and world.held(session_id) else rule.no_call)
    if found[1].stage not in rule.stages or not _fits(found[0], operation):
        raise Refused(rule.wrong)
    return found


def held(world: World, session_id: str, operation: str, call_id: str = "") -> tuple[Call, Leg]:
    """The call on hold with this id, or the latest one. Raises Refused as the table says."""
    held_pairs = (pair for pair in world.held(session_id) if _fits(pair[0], operation))
    pairs = [pair for pair in held_pairs if call_id in ("", pair[0].id)]
    if not pairs:
        raise Refused(HELD[operation])
    return pairs[-1]


def no_active(world: World, session_id: str) -> None:
    """Raises Refused `100-009` unless the agent is in no call but calls on hold."""
    if world.active(session_id) is not None:
        raise Refused(retcodes.WRONG_STATE, "not possible during a call: hold or release it first")
