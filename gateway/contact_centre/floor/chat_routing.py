"""Where chats go: out of queues to agents with room for one, and from agent to agent."""

from collections import Counter
from typing import Final

from gateway.contact_centre.floor import chatting
from gateway.contact_centre.floor.activities import ALL_MEDIA, Chat
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import AgentDesk, Leg, Purpose, QueueEntry, Stage
from gateway.contact_centre.floor.effects import Effects, Timer, TimerKey
from gateway.contact_centre.floor.notices import tell_chat
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

SESSIONS_MAX: Final = 60
PURPOSES: Final = {0: Purpose.BLIND, 2: Purpose.SUCCESS}
"""By `mode`: the agent leaves at once, or when the target has taken the chat."""


Loads = dict[str, Counter[int]]
"""How many chats of each media type agents have, by session."""


def loads(world: World) -> Loads:
    """Of all agents who have a chat."""
    found: Loads = {}
    for chat in world.activities.chats.values():
        for leg in chat.call.agents():
            found.setdefault(leg.session_id, Counter())[chat.call.media_type] += 1
    return found


def has_room(world: World, desk: AgentDesk, media_type: int, load: Counter[int] | None = None) -> bool:
    """Whether the agent may be in one more chat of this media type; `load` are its chats, where they are known."""
    if load is None:
        load = loads(world).get(desk.session_id, Counter())
    limits = world.activities.chat_limits.get(desk.session_id, {})
    most = min(SESSIONS_MAX, limits.get(ALL_MEDIA, SESSIONS_MAX))
    if desk.state.max_chats is not None:
        most = min(most, desk.state.max_chats)
    return load.total() < most and load[media_type] < limits.get(media_type, SESSIONS_MAX)


def route(out: Effects, world: World) -> None:
    """Gives waiting chats to idle agents of their queue: to who has fewest chats, then to the longest idle."""
    chats = world.activities.chats
    if all(chat.call.waiting is None for chat in chats.values()):
        return
    known = loads(world)
    for waiting in world.waiting_calls():
        chat = chats.get(waiting.call.id)
        desk = _next(world, chat, waiting, known) if chat is not None else None
        if chat is not None and desk is not None:
            world.leave_queue(chat.call)
            out.add(Timer(TimerKey(chatting.WAIT, chat.call.id), None))
            chatting.ask(out, world, chat, desk, waiting.purpose, waiting.by, queued=True)
            known.setdefault(desk.session_id, Counter())[chat.call.media_type] += 1


def _next(world: World, chat: Chat, waiting: QueueEntry, known: Loads) -> AgentDesk | None:
    none: Counter[int] = Counter()
    able = [
        desk
        for desk in world.desks.values()
        if desk.state.state is State.IDLE
        and waiting.skill_id in desk.state.skills
        and desk.state.talk_right
        and desk.state.has_text
        and desk.session_id not in chat.passed_over
        and chat.leg_of(desk.session_id) is None
        and has_room(world, desk, chat.call.media_type, known.get(desk.session_id, none))
    ]
    return min(able, key=lambda desk: (known.get(desk.session_id, none).total(), desk.state.since_ms), default=None)


def to_transfer(world: World, session_id: str, call_id: str) -> tuple[Chat, Leg]:
    """The chat that an agent may transfer now. Raises Refused `200-012`."""
    chat, leg = chatting.in_chat(world, session_id, call_id, retcodes.TRANSFER_NO_CALL)
    if chat.call.waiting is not None or any(other.stage is Stage.RINGING for other in chat.call.legs):
        raise Refused(retcodes.TRANSFER_NO_CALL, "a transfer of this chat is under way")
    return chat, leg


def check_queue(chat: Chat) -> None:
    """Raises Refused `106-004` for a chat that belongs in no queue."""
    if chat.call.customer() is None:
        raise Refused(retcodes.WRONG_TARGET_TYPE, "only a chat with a customer can be transferred to a skill queue")


def to_queue(out: Effects, world: World, chat: Chat, leg: Leg, skill_id: int, mode: int) -> None:
    """The chat goes to a skill queue."""
    chat.passed_over = {leg.session_id}
    purpose = PURPOSES[mode]
    if purpose is Purpose.BLIND:
        chatting.leave(out, world, chat, leg)
    chatting.wait(out, world, chat, skill_id, purpose, leg)


def to_agent(out: Effects, world: World, chat: Chat, leg: Leg, target: AgentDesk | None, mode: int) -> None:
    """The chat goes to another agent; the one event says so when that agent cannot be asked."""
    reachable = target is not None and target.state.has_text and chat.leg_of(target.session_id) is None
    purpose = PURPOSES[mode]
    if target is None or not reachable or not has_room(world, target, chat.call.media_type):
        tell_chat(out, world, chat, leg, *(("nobody",) if purpose is Purpose.BLIND else ("not transferred",)))
        return
    if purpose is Purpose.BLIND:
        chatting.leave(out, world, chat, leg)
    chatting.ask(out, world, chat, target, purpose, leg)


def forget_limits(_out: Effects, world: World) -> None:
    """Limits end with the session that they were set in."""
    if world.activities.chat_limits:
        present = {desk.session_id for desk in world.desks.values()}
        for session_id in world.activities.chat_limits.keys() - present:
            del world.activities.chat_limits[session_id]
