"""Asking parties into a call, and what follows when they answer or do not: one row for each purpose."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from gateway.contact_centre.floor import legs, recording
from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg, Phone, Purpose, QueueEntry, ReachedParty, Stage
from gateway.contact_centre.floor.effects import CallEnding, Effects, PartyChange, PartyChanged, Timer
from gateway.contact_centre.floor.notices import tell, tell_alerting
from gateway.contact_centre.floor.world import World

ASSISTANTS = frozenset({Purpose.HELP, Purpose.HELP_THREE})


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
class FollowUp:
    """`answered` and `failed` with the events for the agent who asked, in order."""

    answered: Follows
    failed: Follows
    on_answer: tuple[str, ...] = ()
    on_failure: tuple[str, ...] = ()


FOLLOW_UPS: Final[dict[Purpose, FollowUp]] = {
    Purpose.ROUTED: FollowUp(Follows.STAY, Follows.QUEUE_AGAIN),
    Purpose.OUTBOUND: FollowUp(Follows.CONNECT, Follows.QUIT, ("talking",), ("call_out_fail", "connect_fail")),
    Purpose.INTERNAL: FollowUp(Follows.CONNECT, Follows.QUIT, ("talking",), ("inside_call_fail",)),
    Purpose.HELP: FollowUp(Follows.CONNECT, Follows.QUIT, ("talking",), ("consult_fail",)),
    Purpose.HELP_THREE: FollowUp(Follows.JOIN, Follows.STAY, (), ("consult_fail",)),
    Purpose.TALK: FollowUp(Follows.CONNECT, Follows.QUIT, ("talking",), ("connect_fail",)),
    Purpose.BLIND: FollowUp(Follows.STAY, Follows.QUEUE_AGAIN),
    Purpose.SUCCESS: FollowUp(Follows.LEAVE, Follows.STAY, ("transfer_done",), ("connect_fail", "transfer_failed")),
    Purpose.OUT_BLIND: FollowUp(Follows.STAY, Follows.RELEASE),
    Purpose.OUT_SUCCESS: FollowUp(Follows.LEAVE, Follows.STAY, ("transfer_done",), ("connect_fail", "transfer_failed")),
    Purpose.OUT_TALK: FollowUp(Follows.CONNECT, Follows.QUIT, ("talking",), ("connect_fail",)),
    Purpose.PHONE_TRANSFER: FollowUp(Follows.LEAVE, Follows.STAY, ("phone_transfer_done",), ("phone_transfer_failed",)),
    Purpose.CONFERENCE: FollowUp(Follows.STAY, Follows.STAY),
    Purpose.OUT_THREE: FollowUp(Follows.JOIN, Follows.STAY, (), ("connect_fail",)),
}


def answered(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A party that was asked into the call takes it."""
    row, by = FOLLOW_UPS[leg.purpose], leg.by
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


def _join(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A third party joins: whoever asked is back in the call, and every agent in it is told who the others are.

    One who is in another call by now stays there, with this one on hold.
    """
    by = leg.by
    if by is not None and by in call.legs and not (by.stage is Stage.HELD and world.active(by.session_id)):
        legs.talk(out, world, call, by)
    legs.say_talking(out, world, call, leg)
    say_conference(out, world, call)


def say_conference(out: Effects, world: World, call: Call) -> None:
    """Tells every agent in a call of three or more who the others are."""
    if len(call.connected()) < legs.CONFERENCE:
        return
    for agent in call.agents():
        if agent.stage is Stage.TALKING:
            tell(out, world, call, agent, "conference")


def failed(out: Effects, world: World, call: Call, leg: Leg, *names: str, after: CallEnding | None = None) -> None:
    """A party that was asked into the call does not come; its own agent is told `names` and is `after` it."""
    row, by = FOLLOW_UPS[leg.purpose], leg.by
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


def queue_again(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A call that nobody took goes back to the head of its queue; one without a queue is released."""
    if not call.connected():
        legs.settle(out, world, call)
    elif call.skill_id or call.for_agent:
        by = leg.by if leg.by in call.legs else None
        world.enqueue(QueueEntry(call, call.skill_id, call.created_ms, Purpose.ROUTED, by, call.for_agent), first=True)
    else:
        legs.settle(out, world, call)


def ask_agent(
    out: Effects,
    world: World,
    call: Call,
    desk: AgentDesk,
    purpose: Purpose,
    by: Leg | None = None,
    *,
    queued: bool = False,
) -> Leg:
    """An occupied agent is asked to answer; where calls are answered automatically it answers at once.

    A linked phone is lifted by hand, so it rings then too. One whose phone no call can reach turns busy for it.
    `queued` tells that the call comes from a skill queue.
    """
    leg = Leg(
        str(desk.agent_id),
        Stage.RINGING,
        purpose,
        out.now_ms,
        desk.agent_id,
        desk.session_id,
        by,
        assistant=purpose in ASSISTANTS,
    )
    world.add(call, leg)
    tell(out, world, call, leg, "busy")
    if queued:
        tell(out, world, call, leg, "incoming")
    if not legs.ring_phone(out, world, leg, call):
        failed(out, world, call, leg, after=CallEnding.NO_PHONE)
        return leg
    if by is not None and by in call.legs:
        tell_alerting(out, call, by, leg)
    recording.begin_early(out, world, call, leg)
    if desk.state.auto_answer and not (desk.state.linkage and desk.phone is not Phone.OFF_HOOK):
        tell(out, world, call, leg, "auto_answer")
        answered(out, world, call, leg)
    else:
        tell(out, world, call, leg, "ringing")
        out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.no_answer_s))
    return leg


def ask(out: Effects, world: World, call: Call, reached: ReachedParty, purpose: Purpose, by: Leg | None = None) -> Leg:
    """Whoever is reached is asked to answer. A call to an agent who forwards it is one to that number from now on."""
    call.forwarded_by = reached.forwarded_by
    if call.called == str(reached.forwarded_by):
        call.called = reached.number
    if isinstance(reached.who, str):
        return ask_outside(out, world, call, reached.who, purpose, by)
    return ask_agent(out, world, call, reached.who, purpose, by)


def ask_outside(out: Effects, world: World, call: Call, number: str, purpose: Purpose, by: Leg | None) -> Leg:
    """Somebody outside is rung; `by` is told so."""
    leg = Leg(number, Stage.RINGING, purpose, out.now_ms, by=by)
    world.add(call, leg)
    if by is not None and by in call.legs:
        tell_alerting(out, call, by, leg)
    out.add(Timer(legs.no_answer_key(call, leg), world.plan.timing.dial_s))
    out.add(PartyChanged(PartyChange.RINGS, call, leg))
    return leg


def no_answer(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The time to answer is over: an agent turns busy for it, a caller gives up."""
    if leg.stage is Stage.ALERTING:
        not_picked_up(out, world, call, leg)
    elif leg.agent_id:
        failed(out, world, call, leg, "no_answer", after=CallEnding.NO_ANSWER)
    else:
        failed(out, world, call, leg)


def not_picked_up(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The agent did not lift the own phone for a call it wanted to make."""
    legs.end(out, world, call, leg, "call_out_fail", "connect_fail", after=CallEnding.NOT_TALKED)
    legs.settle(out, world, call)
