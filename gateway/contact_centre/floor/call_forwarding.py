"""Calls to an agent that go elsewhere by its wish (`setforwarding`): always, when it is not free, when it lets it ring.

Forwarded are calls to that agent: of customers who call it, of other agents, and those transferred to it. Calls of
skill queues are no one's in particular, and help is asked of one person. A call is forwarded once, never in a circle.
"""

from enum import StrEnum
from typing import Final

from pydantic_core import from_json, to_json

from gateway.contact_centre.floor import inviting, legs, phones, queueing
from gateway.contact_centre.floor.agent_state import AgentState
from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg, Purpose, ReachedParty, Stage
from gateway.contact_centre.floor.effects import CallEnding, Effects, TimerKey
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.floor.world import World

Target = int | str
"""Where calls go: to an agent (its id), or to a number outside."""

PERSONAL: Final = frozenset({Purpose.INTERNAL, Purpose.TALK, Purpose.BLIND, Purpose.SUCCESS})
"""Why an agent was asked, where it was asked as a person."""


class ForwardingType(StrEnum):
    """The case in which calls are forwarded; the value names it on the wire, as in ECMA-269 (Set Forwarding)."""

    IMMEDIATE = "forwardImmediate"
    BUSY = "forwardBusy"
    NO_ANSWER = "forwardNoAns"


def targets_of(state: AgentState) -> dict[ForwardingType, Target]:
    """What the agent has set."""
    kept = from_json(state.forwarding) if state.forwarding else {}
    return {when: kept[when] for when in ForwardingType if isinstance(kept.get(when), int | str)}


def as_text(wanted: dict[ForwardingType, Target]) -> str:
    """The same as the record keeps it; "" for none."""
    return to_json(wanted).decode() if wanted else ""


def unanswered(world: World, key: TimerKey) -> tuple[Call, Leg, Target] | None:
    """The call that an agent has let ring for too long, and where the agent wants it to go then."""
    call = world.calls.get(key.call_id)
    if call is None or call.forwarded_by or key.name != legs.NO_ANSWER:
        return None
    leg = next((one for one in call.agents() if one.session_id == key.party and one.stage is Stage.RINGING), None)
    desk = world.desk(leg) if leg is not None else None
    if leg is None or desk is None or not _personal(call, leg):
        return None
    target = targets_of(desk.state).get(ForwardingType.NO_ANSWER)
    return None if target is None else (call, leg, target)


def _personal(call: Call, leg: Leg) -> bool:
    return leg.purpose in PERSONAL or (leg.purpose is Purpose.ROUTED and call.for_agent == leg.agent_id)


def is_given_up(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """The agent who let it ring is busy for that, as always."""
    legs.end(out, world, call, leg, "no_answer", after=CallEnding.NO_ANSWER)


def goes_on(out: Effects, world: World, call: Call, leg: Leg, reached: ReachedParty) -> None:
    """The call that the agent let ring rings elsewhere."""
    by = leg.by if leg.by in call.legs else None
    is_given_up(out, world, call, leg)
    inviting.ask(out, world, call, reached, leg.purpose, by)


def send_customer(out: Effects, world: World, call: Call, agent_id: int, target: Target) -> None:
    """A customer's call to this agent waits for another one, or rings outside; the customer goes if nobody answers."""
    call.forwarded_by, call.called, call.for_agent = agent_id, str(target), 0
    if isinstance(target, int):
        queueing.wait_for(out, world, call, target)
    else:
        inviting.ask_outside(out, world, call, target, Purpose.OUT_BLIND, None)


def reach(transaction: Transaction, agent_id: int, asking: int) -> ReachedParty | None:
    """Whoever takes calls to this agent, occupied for one by agent `asking`; None when nobody can."""
    desk = transaction.world.desks.get(agent_id)
    if desk is None:
        return None
    wanted = targets_of(desk.state)
    rings = ForwardingType.IMMEDIATE not in wanted and (phones.usable(desk) or ForwardingType.BUSY not in wanted)
    if rings and transaction.try_occupy(desk, CallOrigin.ASKED):
        return ReachedParty(desk)
    target = wanted.get(ForwardingType.IMMEDIATE) or wanted.get(ForwardingType.BUSY)
    return None if target is None else _onward(transaction, agent_id, target, asking)


def _onward(transaction: Transaction, agent_id: int, target: Target, asking: int) -> ReachedParty | None:
    if isinstance(target, str):
        return ReachedParty(target, agent_id)
    desk = transaction.world.desks.get(target) if target != asking else None
    return ReachedParty(desk, agent_id) if desk is not None and transaction.try_occupy(desk, CallOrigin.ASKED) else None


def for_customer(transaction: Transaction, agent_id: int) -> Target | None:
    """Where the call of a customer to this agent goes instead; None: to the agent, who may let it wait."""
    desk = transaction.world.desks.get(agent_id)
    if desk is None:
        return None
    wanted = targets_of(desk.state)
    return wanted.get(ForwardingType.IMMEDIATE) or (
        None if _is_free(transaction, desk) else wanted.get(ForwardingType.BUSY)
    )


def _is_free(transaction: Transaction, desk: AgentDesk) -> bool:
    return bool(transaction.world.idle_agent(desk.agent_id)) and phones.usable(desk)


def forward_unanswered(transaction: Transaction, key: TimerKey) -> bool:
    """True when a call that an agent let ring for too long goes on elsewhere."""
    found = unanswered(transaction.world, key)
    if found is None:
        return False
    call, leg, target = found
    if leg.purpose is Purpose.ROUTED:
        is_given_up(transaction.out, transaction.world, call, leg)
        send_customer(transaction.out, transaction.world, call, leg.agent_id, target)
        return True
    reached = _onward(transaction, leg.agent_id, target, leg.by.agent_id if leg.by else 0)
    if reached is None:
        return False
    goes_on(transaction.out, transaction.world, call, leg, reached)
    return True
