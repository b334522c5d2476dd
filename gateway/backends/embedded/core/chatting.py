"""Text chats: between agents, and with customers out of skill queues (contract mediacall.yaml).

A chat occupies nobody: an agent is in several at a time, whatever it does besides.
"""

from typing import Final

from gateway.backends.embedded.core.besides import TEXT, TEXT_CHAT, Chat, Said
from gateway.backends.embedded.core.chat_notices import tell, tell_customer_left, tell_said
from gateway.backends.embedded.core.model import Call, Desk, Feature, Leg, Purpose, Stage, Waiting
from gateway.backends.embedded.core.outcome import Outcome, Timer, TimerKey
from gateway.backends.embedded.core.world import World
from gateway.wire import retcodes
from gateway.wire.errors import Refused

REJECT_TO_QUEUE: Final = 1
_MISSING: Final = {Stage.RINGING: "the agent is offered no such chat", Stage.TALKING: "the agent is in no such chat"}
_SAID_BYTES: Final = 300
"""What keeping a text takes besides the text."""
OFFER, WAIT = "chat offer", "chat wait"


def open_chat(
    out: Outcome, world: World, feature: Feature, caller: str, called: str, media_type: int, data: str = ""
) -> Chat:
    """A chat without parties."""
    call = Call(f"{out.now_ms // 1000}-{next(world.numbers)}", feature, caller, called, out.now_ms, data=data)
    call.media_type, call.original_called = media_type, called
    made = world.besides.chats[call.id] = Chat(call)
    return made


def call_agent(out: Outcome, world: World, desk: Desk, number: str, target: Desk | None) -> Chat:
    """An agent asks another one for a chat; without a target it fails at once, and the caller is told so."""
    chat = open_chat(out, world, Feature.INTERNAL, str(desk.agent_id), number, TEXT_CHAT)
    own = Leg(str(desk.agent_id), Stage.TALKING, Purpose.ORIGIN, out.now_ms, desk.agent_id, desk.session_id)
    chat.call.legs.append(own)
    chat.agents.add(desk.agent_id)
    tell(out, world, chat, own, "created")
    if target is None:
        tell(out, world, chat, own, "failed")
        _forget(out, world, chat)
    else:
        ask(out, world, chat, target, Purpose.INTERNAL, own)
    return chat


def ask(
    out: Outcome, world: World, chat: Chat, desk: Desk, purpose: Purpose, by: Leg | None = None, *, queued: bool = False
) -> None:
    """An agent is asked to take the chat. The older interface knows no automatic answer."""
    leg = Leg(str(desk.agent_id), Stage.RINGING, purpose, out.now_ms, desk.agent_id, desk.session_id, by)
    chat.call.legs.append(leg)
    if queued:
        tell(out, world, chat, leg, "incoming")
    if desk.state.auto_answer and not chat.older:
        tell(out, world, chat, leg, "auto answer")
        _taken(out, world, chat, leg)
        return
    tell(out, world, chat, leg, "ringing")
    out.add(Timer(_offer_key(chat, leg), world.plan.timing.no_answer_s))


def answer(out: Outcome, world: World, session_id: str, call_id: str) -> None:
    """The agent takes a chat that it is offered. Raises Refused `200-002`."""
    _taken(out, world, *_in_stage(world, session_id, call_id, Stage.RINGING, retcodes.ANSWER_NO_CALL))


def reject(out: Outcome, world: World, session_id: str, mode: int, call_id: str) -> None:
    """The agent does not take it: 1 somebody else may, 2 the customer is sent away. Raises Refused `200-002`."""
    chat, leg = _in_stage(world, session_id, call_id, Stage.RINGING, retcodes.ANSWER_NO_CALL)
    not_taken(out, world, chat, leg)
    if mode != REJECT_TO_QUEUE and call_id in world.besides.chats:
        close(out, world, chat)


def say(out: Outcome, world: World, session_id: str, call_id: str, text: str, chat_id: str = "") -> None:
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


def customer_says(out: Outcome, world: World, chat: Chat, text: str) -> None:
    """The customer writes; while nobody is there, for whoever comes."""
    write(out, world, chat, chat.call.legs[0], text)


def write(
    out: Outcome, world: World, chat: Chat, leg: Leg, text: str, *, file_kind: str = "", chat_id: str = ""
) -> None:
    """A party says something, or with `file_kind` sends the file with this path."""
    others = [other for other in chat.present() if other is not leg]
    unread = not others and (chat.internal or not leg.agent_id)
    said = Said(leg.number, text, out.now_ms, _receiver(chat, leg), file_kind or TEXT, bool(file_kind), chat_id)
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


def drop(out: Outcome, world: World, session_id: str, call_id: str) -> None:
    """An agent ends the chat. Raises Refused `200-025`."""
    chat, leg = in_chat(world, session_id, call_id)
    tell(out, world, chat, leg, "ended", *(("customer released",) if chat.call.customer() is not None else ()))
    chat.call.legs.remove(leg)
    close(out, world, chat)


def customer_leaves(out: Outcome, world: World, chat: Chat) -> None:
    """The customer is gone."""
    for leg in chat.present():
        tell_customer_left(out, world, chat, leg, chat.call.legs[0].number)
    close(out, world, chat)


def in_chat(world: World, session_id: str, call_id: str, code: str = retcodes.DROP_NO_CALL) -> tuple[Chat, Leg]:
    """The chat that an agent is in. Raises Refused with `code`."""
    return _in_stage(world, session_id, call_id, Stage.TALKING, code)


def _in_stage(world: World, session_id: str, call_id: str, stage: Stage, code: str) -> tuple[Chat, Leg]:
    chat = world.besides.chats.get(call_id)
    leg = chat.leg_of(session_id) if chat is not None else None
    if chat is None or leg is None or leg.stage is not stage:
        raise Refused(code, _MISSING[stage])
    return chat, leg


def _taken(out: Outcome, world: World, chat: Chat, leg: Leg) -> None:
    call, by = chat.call, leg.by
    out.add(Timer(_offer_key(chat, leg), None))
    leg.stage, leg.talking_since_ms = Stage.TALKING, out.now_ms
    call.answered_ms = call.answered_ms or out.now_ms
    call.served = list(dict.fromkeys((*call.served, leg.agent_id)))
    chat.agents.add(leg.agent_id)
    if leg.purpose is Purpose.SUCCESS and by in call.legs:
        leave(out, world, chat, by, "transferred")
    for present in (leg, *(other for other in chat.present() if other is not leg)):
        tell(out, world, chat, present, "connected")
    for said in chat.unread:
        said.delivered = True
        tell_said(out, world, chat, leg, said)
    chat.unread.clear()


def not_taken(out: Outcome, world: World, chat: Chat, leg: Leg) -> None:
    """An agent who was asked does not take the chat: it goes back to where it came from."""
    out.add(Timer(_offer_key(chat, leg), None))
    tell(out, world, chat, leg, "not taken")
    chat.call.legs.remove(leg)
    chat.passed_over.add(leg.session_id)
    by = leg.by if leg.by in chat.call.legs else None
    if leg.purpose is Purpose.SUCCESS and by is not None:
        tell(out, world, chat, by, "not transferred")
    elif leg.purpose is Purpose.INTERNAL and by is not None:
        tell(out, world, chat, by, "failed")
        _forget(out, world, chat)
    elif chat.call.skill_id:
        wait(out, world, chat, chat.call.skill_id, first=True)
    else:
        close(out, world, chat)


def wait(
    out: Outcome,
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
    world.enqueue(Waiting(chat.call, skill_id, out.now_ms, purpose, by), first=first)
    queue = world.plan.queues.get(skill_id)
    if queue is not None and queue.max_wait_s:
        out.add(Timer(TimerKey(WAIT, chat.call.id), queue.max_wait_s))


def leave(out: Outcome, world: World, chat: Chat, leg: Leg, *names: str) -> None:
    """An agent leaves a chat that goes on."""
    tell(out, world, chat, leg, *names, "ended")
    chat.call.legs.remove(leg)


def close(out: Outcome, world: World, chat: Chat) -> None:
    """The chat is over for everybody."""
    for leg in list(chat.call.agents()):
        tell(out, world, chat, leg, "ended" if leg.stage is Stage.TALKING else "not taken")
        out.add(Timer(_offer_key(chat, leg), None))
    _forget(out, world, chat)


def _forget(out: Outcome, world: World, chat: Chat) -> None:
    out.add(Timer(TimerKey(WAIT, chat.call.id), None))
    world.leave_queue(chat.call)
    chat.call.ended_ms = out.now_ms
    chat.call.legs.clear()
    del world.besides.chats[chat.call.id]
    texts = sum(len(said.text.encode()) + _SAID_BYTES for said in chat.said)
    world.besides.past_chats.keep(chat.call.id, chat, texts + len(chat.call.data.encode()))
    world.ended.append(chat.call)


def look_after(out: Outcome, world: World) -> None:
    """Chats of agents who are signed out: what they were offered goes on, what they were in is over."""
    for chat in list(world.besides.chats.values()):
        for leg in list(chat.call.agents()):
            if world.desk(leg) is not None or chat.call.id not in world.besides.chats:
                continue
            if leg.stage is Stage.TALKING:
                close(out, world, chat)
            else:
                not_taken(out, world, chat, leg)


def offer_runs_out(out: Outcome, world: World, key: TimerKey) -> None:
    """An agent did not answer in time."""
    chat = world.besides.chats.get(key.call_id)
    leg = chat.leg_of(key.party) if chat is not None else None
    if chat is not None and leg is not None and leg.stage is Stage.RINGING:
        not_taken(out, world, chat, leg)


def wait_runs_out(out: Outcome, world: World, key: TimerKey) -> None:
    """Nobody took the chat out of its queue in time."""
    chat = world.besides.chats.get(key.call_id)
    waiting = world.leave_queue(chat.call) if chat is not None else None
    if chat is None or waiting is None:
        return
    if waiting.by in chat.call.legs:
        tell(out, world, chat, waiting.by, "not transferred")
    else:
        close(out, world, chat)


def _offer_key(chat: Chat, leg: Leg) -> TimerKey:
    return TimerKey(OFFER, chat.call.id, leg.session_id)
