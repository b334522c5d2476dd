"""Simulated customers: who calls, waits, answers, talks and hangs up, and who writes; by a script or as they are told.

The one way to play a party outside, for the `/sim` pages and for load scripts.
"""

from collections.abc import Callable
from functools import partial

from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.floor import call_forwarding, chatting, inviting, legs, midcall, queueing
from gateway.contact_centre.floor.activities import TEXT_MEDIA, Chat, ChatLine
from gateway.contact_centre.floor.calls import Call, Feature, Leg, PreviewOffer, Purpose, Stage
from gateway.contact_centre.floor.effects import Effects, PartyChange, PartyChanged, Timer, TimerKey
from gateway.contact_centre.floor.notices import tell_cause
from gateway.contact_centre.floor.plan import Behaviour
from gateway.contact_centre.floor.switchboard import Switchboard
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.scheduler import Pending, Scheduler

WIDE_NUMBERS = 24
Act = Callable[[Effects, World, Call, Leg], None]


def arrives(out: Effects, world: World, caller: str, called: str, data: str = "", skill_id: int = 0) -> Call:
    """A customer calls: a call that nobody else is in yet, and that waits nowhere."""
    call = world.new_call(Feature.INBOUND, caller, called, out.now_ms, skill_id)
    call.data = data
    leg = world.add(call, Leg(caller, Stage.TALKING, Purpose.ORIGIN, out.now_ms))
    leg.talking_since_ms = out.now_ms
    return call


def answers(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A party outside takes the call; nothing for one that does not ring."""
    if leg in call.legs and leg.stage is Stage.RINGING:
        inviting.answered(out, world, call, leg)


def refuses(out: Effects, world: World, call: Call, leg: Leg, detect: int = 0, text: str = "") -> None:
    """A party outside does not take the call; `detect` and `text` are the cause, 0 = not known."""
    if leg not in call.legs or leg.stage is not Stage.RINGING:
        return
    if detect and leg.by is not None:
        tell_cause(out, call, leg.by, detect, text)
    inviting.failed(out, world, call, leg)


def hangs_up(out: Effects, world: World, call: Call, leg: Leg) -> None:
    """A party outside leaves the call, also while it waits; nothing for one that has left."""
    if leg not in call.legs:
        return
    if leg.stage is Stage.RINGING:
        inviting.failed(out, world, call, leg)
        return
    legs.customer_leaves(out, world, call, leg)


class NoSuchCallError(Exception):
    """There is no such call, queue, agent or party; the text says which."""


class Customers:
    """Everyone outside. Those who call are given a `Behaviour`; those who are called have that of their number."""

    def __init__(self, board: Switchboard, scheduler: Scheduler) -> None:
        self._board = board
        self._scheduler = scheduler
        self._behaviours: dict[Leg, Behaviour] = {}
        self._pending: dict[Leg, Pending] = {}
        board.outside = self._goes_on

    async def place(
        self,
        skill_id: int,
        caller: str,
        *,
        called: str = "",
        data: str = "",
        behaviour: Behaviour | None = None,
        media_type: int = 5,
    ) -> str:
        """A customer calls a skill queue; the call's id. Raises NoSuchCallError for an unknown queue."""
        world = self._board.world
        if skill_id not in world.skills():
            raise NoSuchCallError(f"no skill queue {skill_id}")
        with self._board.transaction() as transaction:
            out, number = transaction.out, called or world.plan.access_code(skill_id)
            call = arrives(out, world, caller, number, data, skill_id)
            call.media_type = media_type
            queueing.wait(out, world, call, skill_id)
            self._begins(call, behaviour)
        return call.id

    async def place_for(self, agent_id: int, caller: str, *, data: str = "", behaviour: Behaviour | None = None) -> str:
        """A customer calls one agent, signed in or not, or whoever that one forwards its calls to; the call's id."""
        world = self._board.world
        with self._board.transaction() as transaction:
            out, target = transaction.out, call_forwarding.for_customer(transaction, agent_id)
            call = arrives(out, world, caller, str(agent_id), data)
            if target is None:
                queueing.wait_for(out, world, call, agent_id)
            else:
                call_forwarding.send_customer(out, world, call, agent_id, target)
            self._begins(call, behaviour)
        return call.id

    async def place_at_menu(
        self, access: str, caller: str, *, data: str = "", behaviour: Behaviour | None = None
    ) -> str:
        """A customer calls a voice menu by its access code; the call's id. Raises NoSuchCallError."""
        world = self._board.world
        if access not in world.plan.ivrs:
            raise NoSuchCallError(f"no voice menu has the access code {access}")
        with self._board.transaction() as transaction:
            call = arrives(transaction.out, world, caller, access, data)
            queueing.visit_menu(transaction.out, world, call, access)
            self._begins(call, behaviour)
        return call.id

    def _begins(self, call: Call, behaviour: Behaviour | None) -> None:
        """The customer who calls does this, or what the plan says for its number."""
        leg = call.legs[0]
        self._behaviours[leg] = behaviour or self._board.world.plan.behaviour(leg.number)
        self._later(leg, self._behaviours[leg].patience_s, hangs_up)

    async def press(self, call_id: str) -> None:
        """The customer dials in a voice menu, which is over by that. Raises NoSuchCallError where it is in none."""
        with self._board.transaction() as transaction:
            call, _leg = self._party(call_id, "")
            if not call.at_ivr:
                raise NoSuchCallError(f"call {call_id} is in no voice menu")
            transaction.out.add(Timer(TimerKey("ivr", call.id), None))
            queueing.menu_over(transaction.out, transaction.world, call)

    async def answer(self, call_id: str, number: str = "") -> None:
        """The customer who is called answers. Raises NoSuchCallError."""
        with self._board.transaction() as transaction:
            call, leg = self._party(call_id, number, Stage.RINGING)
            answers(transaction.out, transaction.world, call, leg)

    async def refuse(self, call_id: str, number: str = "", *, detect: int = 0, text: str = "") -> None:
        """The customer who is called does not take the call; `detect` and `text` are the cause. Raises as `answer`."""
        with self._board.transaction() as transaction:
            call, leg = self._party(call_id, number, Stage.RINGING)
            refuses(transaction.out, transaction.world, call, leg, detect, text)

    async def hang_up(self, call_id: str, number: str = "") -> None:
        """A customer leaves the call, also while it waits. Raises NoSuchCallError."""
        with self._board.transaction() as transaction:
            call, leg = self._party(call_id, number)
            hangs_up(transaction.out, transaction.world, call, leg)

    def who(self, call_id: str) -> Leg | None:
        """The customer of a call, None where there is none; its `call` is the one that it is in by then, if any."""
        call = self._board.world.calls.get(call_id)
        return next((leg for leg in call.legs if not leg.agent_id), None) if call is not None else None

    async def ask_for_video(self, call_id: str, number: str = "") -> None:
        """A customer who talks with an agent wants to see the agent too. Raises NoSuchCallError."""
        with self._board.transaction() as transaction:
            call, _leg = self._party(call_id, number, Stage.TALKING)
            midcall.ask_for_video(transaction.out, transaction.world, call)

    async def offer(self, agent_id: int, numbers: tuple[str, ...], data: str = "", *, bare: bool = False) -> int:
        """Asks an agent to call one of these numbers (preview call); the control id. Raises NoSuchCallError.

        `bare` sends the older event without data, for a single number.
        """
        with self._board.transaction() as transaction:
            desk = transaction.world.desks.get(agent_id)
            if desk is None:
                raise NoSuchCallError(f"agent {agent_id} is not signed in")
            control = next(transaction.world.numbers)
            transaction.world.offers[control] = PreviewOffer(agent_id, desk.session_id, numbers, data)
            dialled = ",".join(numbers)
            wide = len(numbers) > 1 or len(dialled) > WIDE_NUMBERS
            kind = "AgentEvent_Preview_CallOut_Ex" if wide else "AgentEvent_Preview_CallOut"
            content: dict[str, object] = {"controlid": str(control), "dialeddigits": dialled}
            if bare and not wide:
                kind = "AgentEvent_Preview"
            else:
                content["callData"] = data
            transaction.out.tell_desk(desk, "AgentEvent_Agent_Occupyed")
            transaction.out.tell_desk(desk, kind, content)
        return control

    def _party(self, call_id: str, number: str, stage: Stage | None = None) -> tuple[Call, Leg]:
        call = self._board.world.calls.get(call_id)
        if call is None:
            raise NoSuchCallError(f"no call {call_id}")
        for leg in call.legs:
            if not leg.agent_id and number in ("", leg.number) and stage in (None, leg.stage):
                return call, leg
        raise NoSuchCallError(f"nobody outside in call {call_id} who could do that")

    def _goes_on(self, changed: PartyChanged) -> None:
        """What happens to a party outside decides what it does next."""
        leg = changed.leg
        if changed.what is PartyChange.GONE:
            self._stop(leg)
            self._behaviours.pop(leg, None)
            return
        behaviour = self._behaviours.setdefault(leg, self._board.world.plan.behaviour(leg.number))
        if changed.what is PartyChange.TALKS:
            self._later(leg, behaviour.talk_s, hangs_up)
        elif behaviour.detect:
            self._later(leg, behaviour.answer_s, partial(_refuses, behaviour))
        else:
            self._later(leg, behaviour.answer_s, answers)

    def _stop(self, leg: Leg) -> None:
        pending = self._pending.pop(leg, None)
        if pending is not None:
            pending.cancel()

    def _later(self, leg: Leg, delay_s: float | None, act: Act) -> None:
        """The one thing this customer will do next, in `delay_s` (None: nothing by itself)."""
        self._stop(leg)
        if delay_s is None:
            return

        async def run() -> None:
            with self._board.transaction() as transaction:
                self._pending.pop(leg, None)
                if leg.call is not None:
                    act(transaction.out, transaction.world, leg.call, leg)

        self._pending[leg] = self._scheduler.after(delay_s, run)


def _refuses(behaviour: Behaviour, out: Effects, world: World, call: Call, leg: Leg) -> None:
    refuses(out, world, call, leg, behaviour.detect, behaviour.cause)


class ChatCustomers:
    """Everyone outside who writes: they wait in a skill queue for text, are told nothing, and leave when they like."""

    def __init__(self, board: Switchboard, registry: AgentRegistry) -> None:
        self._board = board
        self._registry = registry

    async def start(self, skill_id: int, caller: str, *, text: str = "", data: str = "") -> str:
        """A customer asks for a chat; its id. Raises NoSuchCallError for a queue that is not one for text."""
        skill = self._registry.skills().get(skill_id)
        if skill is None or skill.mediatype not in TEXT_MEDIA:
            raise NoSuchCallError(f"no skill queue {skill_id} for text")
        with self._board.transaction() as transaction:
            called = transaction.world.plan.access_code(skill_id)
            chat = chatting.open_chat(
                transaction.out, transaction.world, Feature.INBOUND, caller, called, skill.mediatype, data
            )
            chat.call.legs.append(Leg(caller, Stage.TALKING, Purpose.ORIGIN, transaction.out.now_ms))
            if text:
                chatting.customer_says(transaction.out, transaction.world, chat, text)
            chatting.wait(transaction.out, transaction.world, chat, skill_id)
        return chat.call.id

    async def say(self, chat_id: str, text: str) -> None:
        """The customer writes. Raises NoSuchCallError."""
        with self._board.transaction() as transaction:
            chatting.customer_says(transaction.out, transaction.world, self._chat(chat_id), text)

    async def leave(self, chat_id: str) -> None:
        """The customer is gone. Raises NoSuchCallError."""
        with self._board.transaction() as transaction:
            chatting.customer_leaves(transaction.out, transaction.world, self._chat(chat_id))

    def said(self, chat_id: str) -> list[ChatLine]:
        """What was written last, oldest first. Raises NoSuchCallError."""
        return list(self._chat(chat_id).said)

    def _chat(self, chat_id: str) -> Chat:
        chat = self._board.world.activities.chats.get(chat_id)
        if chat is None or chat.internal:
            raise NoSuchCallError(f"no chat {chat_id} with a customer")
        return chat
