"""What follows when a party that was asked into a call answers, or does not: one row for each purpose."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway.backends.embedded.core import legs
from gateway.backends.embedded.core.model import Call, Leg, Purpose, Stage, Waiting
from gateway.backends.embedded.core.notices import tell
from gateway.backends.embedded.core.outcome import After, Outcome, Timer
from gateway.backends.embedded.core.world import World


class Follows(Enum):
    """What becomes of the call and of the leg that asked (`by`)."""

    STAY = auto()
    CONNECT = auto()
    JOIN = auto()
    LEAVE = auto()
    QUIT = auto()
    QUEUE_AGAIN = auto()
    RELEASE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """`answered` and `failed` with the events for the agent who asked, in order."""

    answered: Follows
    failed: Follows
    on_answer: tuple[str, ...] = ()
    on_failure: tuple[str, ...] = ()


MISSIONS: Final[dict[Purpose, Row]] = {
    Purpose.ROUTED: Row(Follows.STAY, Follows.QUEUE_AGAIN),
    Purpose.OUTBOUND: Row(Follows.CONNECT, Follows.QUIT, ("talking",), ("call_out_fail", "connect_fail")),
    Purpose.INTERNAL: Row(Follows.CONNECT, Follows.QUIT, ("talking",), ("inside_call_fail",)),
    Purpose.HELP: Row(Follows.CONNECT, Follows.QUIT, ("talking",), ("consult_fail",)),
    Purpose.HELP_THREE: Row(Follows.JOIN, Follows.STAY, (), ("consult_fail",)),
    Purpose.TALK: Row(Follows.CONNECT, Follows.QUIT, ("talking",), ("connect_fail",)),
    Purpose.BLIND: Row(Follows.STAY, Follows.QUEUE_AGAIN),
    Purpose.SUCCESS: Row(Follows.LEAVE, Follows.STAY, ("transfer_done",), ("connect_fail", "transfer_failed")),
    Purpose.OUT_BLIND: Row(Follows.STAY, Follows.RELEASE),
    Purpose.OUT_SUCCESS: Row(Follows.LEAVE, Follows.STAY, ("transfer_done",), ("connect_fail", "transfer_failed")),
    Purpose.OUT_TALK: Row(Follows.CONNECT, Follows.QUIT, ("talking",), ("connect_fail",)),
    Purpose.PHONE_TRANSFER: Row(Follows.LEAVE, Follows.STAY, ("phone_transfer_done",), ("phone_transfer_failed",)),
    Purpose.CONFERENCE: Row(Follows.STAY, Follows.STAY),
    Purpose.OUT_THREE: Row(Follows.JOIN, Follows.STAY, (), ("connect_fail",)),
}


def answered(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """A party that was asked into the call takes it."""
    row, by = MISSIONS[leg.purpose], leg.by
    out.add(Timer(legs.no_answer_key(call, leg), None))
    if leg.agent_id:
        legs.lift_phone(out, world, leg)
    legs.talk(out, world, call, leg)
    if row.answered is Follows.JOIN:
        _join(out, world, call, leg)
        return
    if row.answered is Follows.LEAVE and by is not None and by in call.legs:
        legs.end(out, world, call, by, *row.on_answer, "call_release")
    legs.say_talking(out, world, call, leg)
    if row.answered is Follows.CONNECT and by is not None:
        legs.talk(out, world, call, by)
        legs.say_talking(out, world, call, by)


def _join(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """A third party joins: whoever asked is back in the call, and every agent in it is told who the others are.

    One who is in another call by now stays there, with this one on hold.
    """
    by = leg.by
    if by is not None and by in call.legs and not (by.stage is Stage.HELD and world.active(by.session_id)):
        legs.talk(out, world, call, by)
    legs.say_talking(out, world, call, leg)
    say_conference(out, world, call)


def say_conference(out: Outcome, world: World, call: Call) -> None:
    """Tells every agent in a call of three or more who the others are."""
    if len(call.connected()) < legs.CONFERENCE:
        return
    for agent in call.agents():
        if agent.stage is Stage.TALKING:
            tell(out, world, call, agent, "conference")


def failed(out: Outcome, world: World, call: Call, leg: Leg, *names: str, after: After | None = None) -> None:
    """A party that was asked into the call does not come; its own agent is told `names` and is `after` it."""
    row, by = MISSIONS[leg.purpose], leg.by
    legs.end(out, world, call, leg, *names, after=after)
    if row.failed is Follows.QUEUE_AGAIN:
        queue_again(out, world, call, leg)
        return
    if by is not None and by in call.legs:
        if row.failed is Follows.QUIT:
            legs.end(out, world, call, by, *row.on_failure, phone_first=True)
        else:
            tell(out, world, call, by, *row.on_failure)
    if len(call.connected()) < 2:
        legs.settle(out, world, call)


def queue_again(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """A call that nobody took goes back to the head of its queue; one without a queue is released."""
    if not call.connected():
        legs.settle(out, world, call)
    elif call.skill_id or call.for_agent:
        by = leg.by if leg.by in call.legs else None
        world.enqueue(Waiting(call, call.skill_id, call.created_ms, Purpose.ROUTED, by, call.for_agent), first=True)
    else:
        legs.settle(out, world, call)
