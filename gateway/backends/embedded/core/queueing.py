"""Calls that wait in skill queues, and who gets them: the longest waiting call to the longest idle agent."""

from collections.abc import Iterator

from gateway.backends.embedded.core import inviting
from gateway.backends.embedded.core.model import Call, Desk, Leg, Purpose, Waiting
from gateway.backends.embedded.core.outcome import Outcome, Timer, TimerKey
from gateway.backends.embedded.core.world import World


def wait(
    out: Outcome, world: World, call: Call, skill_id: int, purpose: Purpose = Purpose.ROUTED, by: Leg | None = None
) -> None:
    """The call waits in a skill queue, at most as long as that queue allows."""
    call.skill_id, call.for_agent = skill_id, 0
    world.enqueue(Waiting(call, skill_id, out.now_ms, purpose, by))
    queue = world.plan.queues.get(skill_id)
    if queue is not None and queue.max_wait_s:
        out.add(Timer(TimerKey("wait", call.id), queue.max_wait_s))


def wait_for(out: Outcome, world: World, call: Call, agent_id: int) -> None:
    """The call waits in the private queue of one agent, until its customer gives up."""
    call.for_agent = agent_id
    world.enqueue(Waiting(call, 0, out.now_ms, agent_id=agent_id))


def matches(world: World) -> Iterator[tuple[Waiting, list[Desk]]]:
    """The first call of each queue with the agents who may get it, the longest idle first; longest waiting first.

    Calls for one agent come before those of skill queues. Chats wait in the same queues and are given out by rules of
    their own (`chat_moving`).
    """
    chats = world.besides.chats
    heads = (next((place for place in queue if place.call.id not in chats), None) for queue in world.queues.values())
    private = (queue[0] for queue in world.private.values())
    for waiting in (*sorted(private, key=_since), *sorted((head for head in heads if head is not None), key=_since)):
        agents = world.idle_agent(waiting.agent_id) if waiting.agent_id else world.idle(waiting.skill_id)
        if agents:
            yield waiting, agents


def _since(waiting: Waiting) -> int:
    return waiting.since_ms


def assign(out: Outcome, world: World, waiting: Waiting, desk: Desk) -> None:
    """The occupied agent gets the call."""
    world.leave_queue(waiting.call)
    out.add(Timer(TimerKey("wait", waiting.call.id), None))
    inviting.ask_agent(out, world, waiting.call, desk, waiting.purpose, waiting.by, queued=True)
