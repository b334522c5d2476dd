"""Text chats: between agents, and with customers out of skill queues.

A chat occupies nobody: an agent is in several at a time, whatever it does besides.
"""

from collections.abc import Iterator
from typing import Final

from gateway.contact_centre.floor.activities import TEXT, TEXT_CHAT, Chat, ChatFile, ChatLine, SentMessage
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Purpose, QueueEntry, Stage
from gateway.contact_centre.floor.effects import Effects, Timer, TimerKey
from gateway.contact_centre.floor.notices import tell_chat, tell_chat_customer_left, tell_said
from gateway.contact_centre.floor.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

REJECT_TO_QUEUE: Final = 1
_MISSING: Final = {Stage.RINGING: "the agent is offered no such chat", Stage.TALKING: "the agent is in no such chat"}
_SAID_BYTES: Final = 300
"""What keeping a text takes besides the text."""
OFFER, WAIT = "chat offer", "chat wait"
LONGEST_SUFFIX: Final = 10
NO_SUFFIX: Final = "dat"
"""Of files whose name has none: a client cuts the path at its last full stop."""


def open_chat(
    out: Effects, world: World, feature: Feature, caller: str, called: str, media_type: int, data: str = ""
) -> Chat:
    """A chat without parties."""
    call = Call(f"{out.now_ms // 1000}-{next(world.numbers)}", feature, caller, called, out.now_ms, data=data)
    call.media_type, call.original_called = media_type, called
    made = world.activities.chats[call.id] = Chat(call)
    return made


def call_agent(out: Effects, world: World, desk: AgentDesk, number: str, target: AgentDesk | None) -> Chat:
    """An agent asks another one for a chat; without a target it fails at once, and the caller is told so."""
    chat = open_chat(out, world, Feature.INTERNAL, str(desk.agent_id), number, TEXT_CHAT)
    own = Leg(str(desk.agent_id), Stage.TALKING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    chat.call.legs.append(own)
    chat.agents.add(desk.agent_id)
    tell_chat(out, world, chat, own, "created")
    if target is None:
        tell_chat(out, world, chat, own, "failed")
        _forget(out, world, chat)
    else:
        ask(out, world, chat, target, Purpose.INTERNAL, own)
    return chat


def ask(
    out: Effects,
    world: World,
    chat: Chat,
    desk: AgentDesk,
    purpose: Purpose,
    by: Leg | None = None,
    *,
    queued: bool = False,
) -> None:
    """An agent is asked to take the chat. The older interface knows no automatic answer."""
    leg = Leg(str(desk.agent_id), Stage.RINGING, purpose, out.now_ms, desk.agent_id, desk.session_id, by)
    chat.call.legs.append(leg)
    if queued:
        tell_chat(out, world, chat, leg, "incoming")
    if desk.state.auto_answer and not chat.older:
        tell_chat(out, world, chat, leg, "auto answer")
        _taken(out, world, chat, leg)
        return
    tell_chat(out, world, chat, leg, "ringing")
    out.add(Timer(_offer_key(chat, leg), world.plan.timing.no_answer_s))


def answer(out: Effects, world: World, session_id: str, call_id: str) -> None:
    """The agent takes a chat that it is offered. Raises Refused `200-002`."""
    _taken(out, world, *_in_stage(world, session_id, call_id, Stage.RINGING, retcodes.ANSWER_NO_CALL))


def reject(out: Effects, world: World, session_id: str, mode: int, call_id: str) -> None:
    """The agent does not take it: 1 somebody else may, 2 the customer is sent away. Raises Refused `200-002`."""
    chat, leg = _in_stage(world, session_id, call_id, Stage.RINGING, retcodes.ANSWER_NO_CALL)
    not_taken(out, world, chat, leg)
    if mode != REJECT_TO_QUEUE and call_id in world.activities.chats:
        close(out, world, chat)


def say(out: Effects, world: World, session_id: str, call_id: str, text: str, chat_id: str = "") -> None:
    """An agent writes. Raises Refused: `106-002` for nothing, `700-016`, `200-025` where it is in no such chat."""
    chat, leg = in_chat(world, session_id, call_id)
    check_text(world, text)
    write(out, world, chat, leg, text, chat_id=chat_id)


def check_text(world: World, text: str) -> None:
    """Whether an agent may write this. Raises Refused: `106-002` for nothing, `700-016`."""
    if not text:
        raise Refused(retcodes.EMPTY_MESSAGE)
    if any(word and word.casefold() in text.casefold() for word in world.plan.forbidden_words):
        raise Refused(retcodes.FORBIDDEN_WORD)


def customer_says(out: Effects, world: World, chat: Chat, text: str) -> None:
    """The customer writes; while nobody is there, for whoever comes."""
    write(out, world, chat, chat.call.legs[0], text)


def write(
    out: Effects, world: World, chat: Chat, leg: Leg, text: str, *, file_kind: str = "", chat_id: str = ""
) -> None:
    """A party says something, or with `file_kind` sends the file with this path."""
    others = [other for other in chat.present() if other is not leg]
    unread = not others and (chat.internal or not leg.agent_id)
    said = ChatLine(leg.number, text, out.now_ms, _receiver(chat, leg), file_kind or TEXT, bool(file_kind), chat_id)
    said.delivered = not unread
    chat.said.append(said)
    for other in others:
        tell_said(out, world, chat, other, said)
    if unread:
        chat.unread.append(said)


def _receiver(chat: Chat, leg: Leg) -> str:
    """Who else is there, or is meant to be."""
    there = ";".join(other.number for other in chat.call.legs if other is not leg and other.stage is Stage.TALKING)
    return there or (chat.call.called if leg.number == chat.call.caller else chat.call.caller)


def drop(out: Effects, world: World, session_id: str, call_id: str) -> None:
    """An agent ends the chat. Raises Refused `200-025`."""
    chat, leg = in_chat(world, session_id, call_id)
    tell_chat(out, world, chat, leg, "ended", *(("customer released",) if chat.call.customer() is not None else ()))
    chat.call.legs.remove(leg)
    close(out, world, chat)


def customer_leaves(out: Effects, world: World, chat: Chat) -> None:
    """The customer is gone."""
    for leg in chat.present():
        tell_chat_customer_left(out, world, chat, leg, chat.call.legs[0].number)
    close(out, world, chat)


def in_chat(world: World, session_id: str, call_id: str, code: str = retcodes.DROP_NO_CALL) -> tuple[Chat, Leg]:
    """The chat that an agent is in. Raises Refused with `code`."""
    return _in_stage(world, session_id, call_id, Stage.TALKING, code)


def _in_stage(world: World, session_id: str, call_id: str, stage: Stage, code: str) -> tuple[Chat, Leg]:
    chat = world.activities.chats.get(call_id)
    leg = chat.leg_of(session_id) if chat is not None else None
    if chat is None or leg is None or leg.stage is not stage:
        raise Refused(code, _MISSING[stage])
    return chat, leg


def _taken(out: Effects, world: World, chat: Chat, leg: Leg) -> None:
    call, by = chat.call, leg.by
    out.add(Timer(_offer_key(chat, leg), None))
    leg.stage, leg.talking_since_ms = Stage.TALKING, out.now_ms
    call.answered_ms = call.answered_ms or out.now_ms
    call.served = list(dict.fromkeys((*call.served, leg.agent_id)))
    chat.agents.add(leg.agent_id)
    if leg.purpose is Purpose.SUCCESS and by in call.legs:
        leave(out, world, chat, by, "transferred")
    for present in (leg, *(other for other in chat.present() if other is not leg)):
        tell_chat(out, world, chat, present, "connected")
    for said in chat.unread:
        said.delivered = True
        tell_said(out, world, chat, leg, said)
    chat.unread.clear()


def not_taken(out: Effects, world: World, chat: Chat, leg: Leg) -> None:
    """An agent who was asked does not take the chat: it goes back to where it came from."""
    out.add(Timer(_offer_key(chat, leg), None))
    tell_chat(out, world, chat, leg, "not taken")
    chat.call.legs.remove(leg)
    chat.passed_over.add(leg.session_id)
    by = leg.by if leg.by in chat.call.legs else None
    if leg.purpose is Purpose.SUCCESS and by is not None:
        tell_chat(out, world, chat, by, "not transferred")
    elif leg.purpose is Purpose.INTERNAL and by is not None:
        tell_chat(out, world, chat, by, "failed")
        _forget(out, world, chat)
    elif chat.call.skill_id:
        wait(out, world, chat, chat.call.skill_id, first=True)
    else:
        close(out, world, chat)


def wait(
    out: Effects,
    world: World,
    chat: Chat,
    skill_id: int,
    purpose: Purpose = Purpose.ROUTED,
    by: Leg | None = None,
    *,
    first: bool = False,
) -> None:
    """The chat waits in a skill queue, at most as long as that queue allows."""
    chat.call.skill_id = skill_id
    world.enqueue(QueueEntry(chat.call, skill_id, out.now_ms, purpose, by), first=first)
    queue = world.plan.queues.get(skill_id)
    if queue is not None and queue.max_wait_s:
        out.add(Timer(TimerKey(WAIT, chat.call.id), queue.max_wait_s))


def leave(out: Effects, world: World, chat: Chat, leg: Leg, *names: str) -> None:
    """An agent leaves a chat that goes on."""
    tell_chat(out, world, chat, leg, *names, "ended")
    chat.call.legs.remove(leg)


def close(out: Effects, world: World, chat: Chat) -> None:
    """The chat is over for everybody."""
    for leg in list(chat.call.agents()):
        tell_chat(out, world, chat, leg, "ended" if leg.stage is Stage.TALKING else "not taken")
        out.add(Timer(_offer_key(chat, leg), None))
    _forget(out, world, chat)


def _forget(out: Effects, world: World, chat: Chat) -> None:
    out.add(Timer(TimerKey(WAIT, chat.call.id), None))
    world.leave_queue(chat.call)
    chat.call.ended_ms = out.now_ms
    chat.call.legs.clear()
    del world.activities.chats[chat.call.id]
    texts = sum(len(said.text.encode()) + _SAID_BYTES for said in chat.said)
    world.activities.past_chats.keep(chat.call.id, chat, texts + len(chat.call.data.encode()))
    world.ended.append(chat.call)


def look_after(out: Effects, world: World) -> None:
    """Chats of agents who are signed out: what they were offered goes on, what they were in is over."""
    for chat in list(world.activities.chats.values()):
        for leg in list(chat.call.agents()):
            if world.desk(leg) is not None or chat.call.id not in world.activities.chats:
                continue
            if leg.stage is Stage.TALKING:
                close(out, world, chat)
            else:
                not_taken(out, world, chat, leg)


def offer_runs_out(out: Effects, world: World, key: TimerKey) -> None:
    """An agent did not answer in time."""
    chat = world.activities.chats.get(key.call_id)
    leg = chat.leg_of(key.party) if chat is not None else None
    if chat is not None and leg is not None and leg.stage is Stage.RINGING:
        not_taken(out, world, chat, leg)


def wait_runs_out(out: Effects, world: World, key: TimerKey) -> None:
    """Nobody took the chat out of its queue in time."""
    chat = world.activities.chats.get(key.call_id)
    waiting = world.leave_queue(chat.call) if chat is not None else None
    if chat is None or waiting is None:
        return
    if waiting.by in chat.call.legs:
        tell_chat(out, world, chat, waiting.by, "not transferred")
    else:
        close(out, world, chat)


def _offer_key(chat: Chat, leg: Leg) -> TimerKey:
    return TimerKey(OFFER, chat.call.id, leg.session_id)


def send_file(
    out: Effects, world: World, session_id: str, call_id: str, name: str, data: bytes, kind: str, chat_id: str
) -> str:
    """An agent sends a file to the others in the chat, who are told its path, as is the sender.

    The path holds nothing that a URL would have to encode: clients do not. Raises Refused: `200-025`, `106-002`.
    """
    chat, leg = in_chat(world, session_id, call_id)
    if not data:
        raise Refused(retcodes.EMPTY_MESSAGE, "file: is empty")
    path = f"{call_id}/{next(world.numbers)}.{_suffix(name)}"
    world.activities.files.keep(path, ChatFile(chat.agents, name, data), len(data))
    write(out, world, chat, leg, path, file_kind=kind, chat_id=chat_id)
    return path


def _suffix(name: str) -> str:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    fits = suffix.isascii() and suffix.isalnum() and len(suffix) <= LONGEST_SUFFIX
    return suffix if fits else NO_SUFFIX


def confirm(world: World, session_id: str, call_id: str, chat_id: str) -> None:
    """An agent has read what it received, in one chat or in all, all of it or one message. Raises Refused `200-025`."""
    chats = [in_chat(world, session_id, call_id)[0]] if call_id else world.activities.chats_of(session_id)
    for chat in chats:
        leg = chat.leg_of(session_id)
        for said in chat.said:
            if leg is not None and said.sender != leg.number and chat_id in ("", said.chat_id):
                said.confirmed = True


def write_without_call(
    out: Effects, world: World, agent_id: int, skill_id: int, chat_id: str, receivers: str, text: str
) -> None:
    """An agent writes to customers who are in no chat. Raises Refused: `106-002`, `700-016`."""
    check_text(world, text)
    world.activities.sent.append(SentMessage(agent_id, skill_id, chat_id, receivers, text, out.now_ms))


def chats_of_agent(world: World, agent_id: int) -> Iterator[Chat]:
    """The chats that the agent is or was in, in whatever session, oldest first; those that are over come before."""
    for chats in (world.activities.past_chats, world.activities.chats.values()):
        yield from (chat for chat in chats if agent_id in chat.agents)


def find(world: World, call_id: str) -> Chat | None:
    """A chat, also one that is over."""
    return world.activities.chats.get(call_id) or world.activities.past_chats.get(call_id)
