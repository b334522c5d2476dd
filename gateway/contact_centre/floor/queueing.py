"""Where customers wait: in skill queues, for the longest idle agent, and in voice menus, for a time."""

from collections.abc import Iterator

from gateway.contact_centre.floor import inviting, legs
from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg, Purpose, QueueEntry, Stage
from gateway.contact_centre.floor.effects import Effects, Timer, TimerKey
from gateway.contact_centre.floor.notices import tell
from gateway.contact_centre.floor.world import World


def wait(
    out: Effects, world: World, call: Call, skill_id: int, purpose: Purpose = Purpose.ROUTED, by: Leg | None = None
) -> None:
    """The call waits in a skill queue, at most as long as that queue allows."""
    call.skill_id, call.for_agent = skill_id, 0
    world.enqueue(QueueEntry(call, skill_id, out.now_ms, purpose, by))
    queue = world.plan.queues.get(skill_id)
    if queue is not None and queue.max_wait_s:
        out.add(Timer(TimerKey("wait", call.id), queue.max_wait_s))


def wait_for(out: Effects, world: World, call: Call, agent_id: int) -> None:
    """The call waits in the private queue of one agent, until its customer gives up."""
    call.for_agent = agent_id
    world.enqueue(QueueEntry(call, 0, out.now_ms, agent_id=agent_id))


def matches(world: World) -> Iterator[tuple[QueueEntry, list[AgentDesk]]]:
    """The first call of each queue with the agents who may get it, the longest idle first; longest waiting first.

    Calls for one agent come before those of skill queues. Chats wait in the same queues and are given out by rules of
    their own (`chat_routing`).
    """
    chats = world.activities.chats
    heads = (next((place for place in queue if place.call.id not in chats), None) for queue in world.queues.values())
    private = (queue[0] for queue in world.private.values())
    for waiting in (*sorted(private, key=_since), *sorted((head for head in heads if head is not None), key=_since)):
        agents = world.idle_agent(waiting.agent_id) if waiting.agent_id else world.idle(waiting.skill_id)
        if agents:
            yield waiting, agents


def _since(waiting: QueueEntry) -> int:
    return waiting.since_ms


def assign(out: Effects, world: World, waiting: QueueEntry, desk: AgentDesk) -> None:
    """The occupied agent gets the call."""
    world.leave_queue(waiting.call)
    out.add(Timer(TimerKey("wait", waiting.call.id), None))
    inviting.ask_agent(out, world, waiting.call, desk, waiting.purpose, waiting.by, queued=True)


def visit_menu(out: Effects, world: World, call: Call, access: str) -> None:
    """The customer is passed to a voice menu."""
    call.at_ivr = access
    out.add(Timer(TimerKey("ivr", call.id), world.plan.ivrs[access].seconds))


def menu_over(out: Effects, world: World, call: Call) -> None:
    """The menu has ended: back to the agent who waits for it, else on to the menu's queue, else the call ends."""
    access, call.at_ivr = call.at_ivr, ""
    for leg in call.agents():
        if leg.stage is Stage.AT_IVR:
            leg.stage = Stage.TALKING
            tell(out, world, call, leg, "back_from_ivr", "talking")
            return
    then = world.plan.ivrs[access].then_skill if access in world.plan.ivrs else 0
    if then:
        wait(out, world, call, then)
    else:
        legs.settle(out, world, call)
