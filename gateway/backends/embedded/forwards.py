"""Whom a call for an agent reaches, as the agent has set it with `setforwarding`."""

from gateway.backends.embedded.core import forwarding, phones
from gateway.backends.embedded.core.forwarding import Target, When
from gateway.backends.embedded.core.model import Desk, Purpose, Reached
from gateway.backends.embedded.core.outcome import TimerKey
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.turn import Turn
from gateway.wire.errors import StoreUnavailable


async def reach(turn: Turn, agent_id: int, asking: int) -> Reached | None:
    """Whoever takes calls to this agent, occupied for one by agent `asking`; None when nobody can."""
    desk = await turn.see(agent_id)
    if desk is None:
        return None
    wishes = forwarding.wishes(desk.state)
    rings = When.IMMEDIATE not in wishes and (phones.usable(desk) or When.BUSY not in wishes)
    if rings and await turn.try_occupy(desk, Way.ASKED):
        return Reached(desk)
    target = wishes.get(When.IMMEDIATE) or wishes.get(When.BUSY)
    return None if target is None else await _onward(turn, agent_id, target, asking)


async def _onward(turn: Turn, agent_id: int, target: Target, asking: int) -> Reached | None:
    if isinstance(target, str):
        return Reached(target, agent_id)
    desk = await turn.see(target) if target != asking else None
    return Reached(desk, agent_id) if desk is not None and await turn.try_occupy(desk, Way.ASKED) else None


async def for_customer(turn: Turn, agent_id: int) -> Target | None:
    """Where the call of a customer to this agent goes instead; None: to the agent, who may let it wait."""
    try:
        desk = await turn.see(agent_id)
    except StoreUnavailable:
        return None
    if desk is None:
        return None
    wishes = forwarding.wishes(desk.state)
    return wishes.get(When.IMMEDIATE) or (None if _is_free(turn, desk) else wishes.get(When.BUSY))


def _is_free(turn: Turn, desk: Desk) -> bool:
    return bool(turn.world.idle_agent(desk.agent_id)) and phones.usable(desk)


async def unanswered(turn: Turn, key: TimerKey) -> bool:
    """True when a call that an agent let ring for too long goes on elsewhere."""
    found = forwarding.unanswered(turn.world, key)
    if found is None:
        return False
    call, leg, target = found
    if leg.purpose is Purpose.ROUTED:
        forwarding.is_given_up(turn.out, turn.world, call, leg)
        forwarding.send_customer(turn.out, turn.world, call, leg.agent_id, target)
        return True
    try:
        reached = await _onward(turn, leg.agent_id, target, leg.by.agent_id if leg.by else 0)
    except StoreUnavailable:
        reached = None
    if reached is None:
        return False
    forwarding.goes_on(turn.out, turn.world, call, leg, reached)
    return True
