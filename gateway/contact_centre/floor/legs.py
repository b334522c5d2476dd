"""What happens to the parties of a call, one step each: lift the phone, talk, hold, leave, fall apart, merge."""

from gateway.contact_centre.floor import phones, recording
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Stage
from gateway.contact_centre.floor.effects import CallEnding, Effects, Free, PartyChange, PartyChanged, Timer, TimerKey
from gateway.contact_centre.floor.notices import tell, tell_customer_left
from gateway.contact_centre.floor.world import World

CONFERENCE = 3
NO_ANSWER = "no answer"
"""Name of the timer of a party that is asked to answer."""
_TRANSIENT = (Feature.INTERNAL, Feature.HELP, Feature.HELP_THREE)


def ring_phone(out: Effects, world: World, leg: Leg, incoming: Call | None = None) -> bool:
    """The agent's phone rings, unless it is lifted; False when no call can reach it. As `phones.ring`."""
    desk = world.desk(leg)
    return desk is None or phones.ring(out, desk, incoming)


def lift_phone(out: Effects, world: World, leg: Leg) -> None:
    """The agent's phone goes off hook, if it was on."""
    desk = world.desk(leg)
    if desk is not None:
        phones.lift(out, desk, leg.kind)


def drop_phone(out: Effects, world: World, leg: Leg, *, by_agent: bool = False) -> None:
    """The agent's phone goes on hook, as `phones.drop`."""
    desk = world.desk(leg)
    if desk is not None:
        phones.drop(out, desk, by_agent=by_agent)


def talk(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The party talks; its agent is not told here. The first time counts as answering."""
    leg.stage = Stage.TALKING
    leg.held_since_ms = 0
    first = not leg.talking_since_ms
    if first:
        leg.talking_since_ms = out.now_ms
        if leg.agent_id:
            call.served = list(dict.fromkeys((*call.served, leg.agent_id)))
            _count_answer(world, call, leg, out.now_ms)
        else:
            out.add(PartyChanged(PartyChange.TALKS, call, leg))
    if not call.answered_ms and len(call.connected()) > 1:
        call.answered_ms = out.now_ms
        for other in call.others(leg):
            if not other.agent_id:
                out.add(PartyChanged(PartyChange.TALKS, call, other))


def _count_answer(world: World, call: Call, leg: Leg, now_ms: int) -> None:
    tally = world.day_totals(leg.agent_id, now_ms)
    if leg.by is not None or call.feature is Feature.INBOUND:
        tally.answered += 1


def say_talking(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """Tells the agent that it talks, and begins the recording where all calls are recorded."""
    tell(out, world, call, leg, "talking")
    recording.begin_if_wanted(out, world, call, leg)


def hold(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The agent puts the call on hold."""
    leg.stage = Stage.HELD
    leg.muted = False
    leg.held_since_ms = out.now_ms
    tell(out, world, call, leg, "hold")


def end(
    out: Effects,
    world: World,
    call: Call,
    leg: Leg,
    *names: str,
    after: CallEnding | None = None,
    phone_first: bool = False,
) -> None:
    """The party leaves the call; its agent is told `names`. What becomes of those who stay: `settle`.

    An agent without another call hangs up, before `names` with `phone_first`, and is free again.
    """
    last = bool(leg.agent_id) and len(world.legs_of(leg.session_id)) == 1
    if last and phone_first:
        drop_phone(out, world, leg)
    tell(out, world, call, leg, *names)
    recording.end(out, world, leg)
    world.remove(call, leg)
    out.add(Timer(no_answer_key(call, leg), None))
    if not leg.agent_id:
        out.add(PartyChanged(PartyChange.GONE, call, leg))
        return
    if leg.talking_since_ms:
        world.day_totals(leg.agent_id, out.now_ms).talk_ms += out.now_ms - leg.talking_since_ms
        call.last_release_agent = leg.agent_id
    desk = world.desk(leg)
    if desk is not None:
        desk.last_call = call
    if last:
        drop_phone(out, world, leg)
        out.add(
            Free(
                leg.agent_id,
                leg.session_id,
                after or (CallEnding.TALKED if leg.talking_since_ms else CallEnding.NOT_TALKED),
            )
        )


def no_answer_key(call: Call, leg: Leg) -> TimerKey:
    """The timer of a party that is asked to answer."""
    return TimerKey(NO_ANSWER, call.id, leg.session_id or leg.number)


def customer_leaves(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A party outside hangs up, or is released by others; all agents in the call are told, then it may fall apart."""
    told = list(call.agents())
    end(out, world, call, leg)
    for other in told:
        tell_customer_left(out, call, other, leg.number)
    settle(out, world, call)


def settle(out: Effects, world: World, call: Call) -> None:
    """After a party left: two stay connected; one alone goes, unless somebody is still to come; none ends the call.

    A conference goes by rules of its own.
    """
    if call.conference:
        return
    stay = call.connected()
    if len(stay) >= 2:
        _back_to_two(out, world, call, stay)
        return
    if len(stay) == 1 and _expects(call, stay[0]):
        return
    for leg in stay:
        end(out, world, call, leg, "call_release")
    for leg in list(call.legs):
        end(out, world, call, leg, "call_release", after=CallEnding.NOT_TALKED)
    world.forget(call, out.now_ms)


def goes_on(call: Call, leaving: Leg) -> bool:
    """Whether the call outlives this party's leaving."""
    stay = call.others(leaving)
    return len(stay) >= 2 or (len(stay) == 1 and _expects(call, stay[0]))


def _expects(call: Call, alone: Leg) -> bool:
    """Whether somebody is still to come for this party, whom it did not ask for itself."""
    asked = [leg.by for leg in call.legs if not leg.connected]
    if call.waiting is not None:
        asked.append(call.waiting.by)
    return any(by is not alone for by in asked) or (bool(call.at_ivr) and not alone.agent_id)


def _back_to_two(out: Effects, world: World, call: Call, stay: list[Leg]) -> None:
    if len(stay) == 2 and len(call.legs) == 2:
        for leg in stay:
            if leg.stage is Stage.TALKING:
                tell(out, world, call, leg, "talking")


def merge(out: Effects, world: World, held: Call, call: Call, joiner: str) -> list[Leg]:
    """Moves the parties of `held` into `call` and ends `held`, without the agent's own leg (session `joiner`).

    A help or internal call takes over what is known of the customer. The parties moved are returned.
    """
    moved = [leg for leg in held.legs if leg.session_id != joiner]
    for leg in moved:
        world.remove(held, leg)
        world.add(call, leg)
    for own in [leg for leg in held.legs if leg.session_id == joiner]:
        recording.end(out, world, own)
        world.remove(held, own)
    if call.feature in _TRANSIENT and held.feature not in _TRANSIENT:
        call.caller, call.called, call.original_called = held.caller, held.called, held.original_called
        call.skill_id, call.data = held.skill_id, call.data or held.data
        call.business = call.business or held.business
        call.last_release_agent, call.priority = held.last_release_agent, held.priority
        call.for_agent, call.picture, call.media_type = held.for_agent, held.picture, held.media_type
    world.forget(held, out.now_ms)
    return moved
