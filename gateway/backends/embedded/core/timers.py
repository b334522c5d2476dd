"""What follows when a timer runs out: one row for each name."""

from collections.abc import Callable
from typing import Final

from gateway.backends.embedded.core import (
    chatting,
    conference_chair,
    conference_parties,
    conferring,
    inviting,
    ivr,
    legs,
    playing,
)
from gateway.backends.embedded.core.model import Call, Stage
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import Outcome, TimerKey
from gateway.backends.embedded.core.world import World


def _no_answer(out: Outcome, world: World, call: Call, party: str) -> None:
    for leg in call.legs:
        if party == (leg.session_id or leg.number) and leg.stage in (Stage.RINGING, Stage.ALERTING):
            inviting.no_answer(out, world, call, leg)
            return


def _wait(out: Outcome, world: World, call: Call, _party: str) -> None:
    waiting = world.leave_queue(call)
    if waiting is None:
        return
    if waiting.by is not None and waiting.by in call.legs:
        tell(out, world, call, waiting.by, "connect_fail", "transfer_failed")
    else:
        legs.settle(out, world, call)


def _ivr(out: Outcome, world: World, call: Call, _party: str) -> None:
    if call.at_ivr:
        ivr.over(out, world, call)


TIMERS: Final[dict[str, Callable[[Outcome, World, Call, str], None]]] = {
    legs.NO_ANSWER: _no_answer,
    "wait": _wait,
    "ivr": _ivr,
}

BESIDES: Final[dict[str, Callable[[Outcome, World, TimerKey], None]]] = {
    chatting.OFFER: chatting.offer_runs_out,
    chatting.WAIT: chatting.wait_runs_out,
    playing.PLAY: playing.runs_out,
    conferring.END: conferring.time_is_over,
    conferring.REMINDER: conferring.reminds,
    conference_parties.INVITATION: conference_parties.invitation_runs_out,
    conference_chair.VOICE: conference_chair.voice_is_over,
    conference_chair.PARTICIPANT_VOICE: conference_chair.participant_voice_is_over,
}
"""The same for what is no call."""


def runs_out(out: Outcome, world: World, key: TimerKey) -> None:
    """The time of this timer is over; nothing when its call is."""
    if key.name in BESIDES:
        BESIDES[key.name](out, world, key)
        return
    call = world.calls.get(key.call_id)
    if call is not None:
        TIMERS[key.name](out, world, call, key.party)
