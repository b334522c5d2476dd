"""Calls to an agent that go elsewhere by its wish (`setforwarding`): always, when it is not free, when it lets it ring.

Forwarded are calls to that agent: of customers who call it, of other agents, and those transferred to it. Calls of
skill queues are no one's in particular, and help is asked of one person. A call is forwarded once, never in a circle.
"""

from enum import StrEnum
from typing import Final

from pydantic_core import from_json, to_json

from gateway.backends.embedded.core import inviting, legs, queueing
from gateway.backends.embedded.core.model import Call, Leg, Purpose, Reached, Stage
from gateway.backends.embedded.core.outcome import After, Outcome, TimerKey
from gateway.backends.embedded.core.world import World
from gateway.sessions.agent_state import AgentState

Target = int | str
"""Where calls go: to an agent (its id), or to a number outside."""

PERSONAL: Final = frozenset({Purpose.INTERNAL, Purpose.TALK, Purpose.BLIND, Purpose.SUCCESS})
"""Why an agent was asked, where it was asked as a person."""


class When(StrEnum):
    """The case in which calls are forwarded; the value names it on the wire, as in ECMA-269 (Set Forwarding)."""

    IMMEDIATE = "forwardImmediate"
    BUSY = "forwardBusy"
    NO_ANSWER = "forwardNoAns"


def wishes(state: AgentState) -> dict[When, Target]:
    """What the agent has set."""
    kept = from_json(state.forwarding) if state.forwarding else {}
    return {when: kept[when] for when in When if isinstance(kept.get(when), int | str)}


def kept(wanted: dict[When, Target]) -> str:
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
    target = wishes(desk.state).get(When.NO_ANSWER)
    return None if target is None else (call, leg, target)


def _personal(call: Call, leg: Leg) -> bool:
    return leg.purpose in PERSONAL or (leg.purpose is Purpose.ROUTED and call.for_agent == leg.agent_id)


def is_given_up(out: Outcome, world: World, call: Call, leg: Leg) -> None:
    """The agent who let it ring is busy for that, as always."""
    legs.end(out, world, call, leg, "no_answer", after=After.NO_ANSWER)


def goes_on(out: Outcome, world: World, call: Call, leg: Leg, reached: Reached) -> None:
    """The call that the agent let ring rings elsewhere."""
    by = leg.by if leg.by in call.legs else None
    is_given_up(out, world, call, leg)
    inviting.ask(out, world, call, reached, leg.purpose, by)


def send_customer(out: Outcome, world: World, call: Call, agent_id: int, target: Target) -> None:
    """A customer's call to this agent waits for another one, or rings outside; the customer goes if nobody answers."""
    call.forwarded_by, call.called, call.for_agent = agent_id, str(target), 0
    if isinstance(target, int):
        queueing.wait_for(out, world, call, target)
    else:
        inviting.ask_outside(out, world, call, target, Purpose.OUT_BLIND, None)
