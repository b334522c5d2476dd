"""Simulated customers: they ring, wait, answer, talk and hang up, by a script or as they are told.

The one way to play a party outside; a control interface or a load script calls these methods.
"""

from collections.abc import Callable
from functools import partial

from gateway.backends.embedded import forwards
from gateway.backends.embedded.core import customers, ivr, pictures
from gateway.backends.embedded.core.model import Call, Leg, Offer, Stage
from gateway.backends.embedded.core.outcome import Moves, Outcome, Outside, Tell, Timer, TimerKey
from gateway.backends.embedded.core.plan import Behaviour
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.scheduler import Pending, Scheduler
from gateway.backends.embedded.switchboard import Switchboard

WIDE_NUMBERS = 24


class NoSuchCallError(Exception):
    """There is no such call, queue, agent or party; the text says which."""


Act = Callable[[Outcome, World, Call, Leg], None]


class Customers:
    """Everyone outside. Those who call are given a `Behaviour`; those who are called have that of their number."""

    def __init__(self, board: Switchboard, scheduler: Scheduler) -> None:
        self._board = board
        self._scheduler = scheduler
        self._behaviours: dict[Leg, Behaviour] = {}
        self._pending: dict[Leg, Pending] = {}
        board.outside = self._moves

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
        async with self._board.turn() as turn:
            call = customers.arrives(turn.out, world, skill_id, caller, called=called, data=data, media_type=media_type)
            leg = call.legs[0]
            self._behaviours[leg] = behaviour or world.plan.behaviour(caller)
            self._later(leg, self._behaviours[leg].patience_s, customers.hangs_up)
        return call.id

    async def place_for(self, agent_id: int, caller: str, *, data: str = "", behaviour: Behaviour | None = None) -> str:
        """A customer calls one agent, signed in or not; the call's id."""
        world = self._board.world
        async with self._board.turn() as turn:
            forwarded = await forwards.for_customer(turn, agent_id)
            call = customers.arrives_for(turn.out, world, agent_id, caller, data, forwarded=forwarded)
            leg = call.legs[0]
            self._behaviours[leg] = behaviour or world.plan.behaviour(caller)
            self._later(leg, self._behaviours[leg].patience_s, customers.hangs_up)
        return call.id

    async def place_at_menu(
        self, access: str, caller: str, *, data: str = "", behaviour: Behaviour | None = None
    ) -> str:
        """A customer calls a voice menu by its access code; the call's id. Raises NoSuchCallError."""
        world = self._board.world
        if access not in world.plan.ivrs:
            raise NoSuchCallError(f"no voice menu has the access code {access}")
        async with self._board.turn() as turn:
            call = customers.arrives_at_menu(turn.out, world, access, caller, data)
            leg = call.legs[0]
            self._behaviours[leg] = behaviour or world.plan.behaviour(caller)
            self._later(leg, self._behaviours[leg].patience_s, customers.hangs_up)
        return call.id

    async def press(self, call_id: str) -> None:
        """The customer dials in a voice menu, which is over by that. Raises NoSuchCallError where it is in none."""
        async with self._board.turn() as turn:
            call, _leg = self._party(call_id, "")
            if not call.at_ivr:
                raise NoSuchCallError(f"call {call_id} is in no voice menu")
            turn.out.add(Timer(TimerKey("ivr", call.id), None))
            ivr.over(turn.out, turn.world, call)

    async def answer(self, call_id: str, number: str = "") -> None:
        """The customer who is called answers. Raises NoSuchCallError."""
        async with self._board.turn() as turn:
            call, leg = self._party(call_id, number, Stage.RINGING)
            customers.answers(turn.out, turn.world, call, leg)

    async def refuse(self, call_id: str, number: str = "", *, detect: int = 0, text: str = "") -> None:
        """The customer who is called does not take the call; `detect` and `text` are the cause. Raises as `answer`."""
        async with self._board.turn() as turn:
            call, leg = self._party(call_id, number, Stage.RINGING)
            customers.refuses(turn.out, turn.world, call, leg, detect, text)

    async def hang_up(self, call_id: str, number: str = "") -> None:
        """A customer leaves the call, also while it waits. Raises NoSuchCallError."""
        async with self._board.turn() as turn:
            call, leg = self._party(call_id, number)
            customers.hangs_up(turn.out, turn.world, call, leg)

    async def ask_for_video(self, call_id: str, number: str = "") -> None:
        """A customer who talks with an agent wants to see the agent too. Raises NoSuchCallError."""
        async with self._board.turn() as turn:
            call, _leg = self._party(call_id, number, Stage.TALKING)
            pictures.ask(turn.out, turn.world, call)

    async def offer(self, agent_id: int, numbers: tuple[str, ...], data: str = "", *, bare: bool = False) -> int:
        """Asks an agent to call one of these numbers (preview call); the control id. Raises NoSuchCallError.

        `bare` sends the older event without data, for a single number.
        """
        async with self._board.turn() as turn:
            desk = turn.world.desks.get(agent_id)
            if desk is None:
                raise NoSuchCallError(f"agent {agent_id} is not signed in")
            control = next(turn.world.numbers)
            turn.world.offers[control] = Offer(agent_id, desk.session_id, numbers, data)
            dialled = ",".join(numbers)
            wide = len(numbers) > 1 or len(dialled) > WIDE_NUMBERS
            kind = "AgentEvent_Preview_CallOut_Ex" if wide else "AgentEvent_Preview_CallOut"
            content: dict[str, object] = {"controlid": str(control), "dialeddigits": dialled}
            if bare and not wide:
                kind = "AgentEvent_Preview"
            else:
                content["callData"] = data
            turn.out.add(Tell(agent_id, desk.session_id, "AgentEvent_Agent_Occupyed", None))
            turn.out.add(Tell(agent_id, desk.session_id, kind, content))
        return control

    def _party(self, call_id: str, number: str, stage: Stage | None = None) -> tuple[Call, Leg]:
        call = self._board.world.calls.get(call_id)
        if call is None:
            raise NoSuchCallError(f"no call {call_id}")
        for leg in call.legs:
            if not leg.agent_id and number in ("", leg.number) and stage in (None, leg.stage):
                return call, leg
        raise NoSuchCallError(f"nobody outside in call {call_id} who could do that")

    def _moves(self, moves: Moves) -> None:
        """What happens to a party outside decides what it does next."""
        leg = moves.leg
        if moves.what is Outside.GONE:
            self._stop(leg)
            self._behaviours.pop(leg, None)
            return
        behaviour = self._behaviours.setdefault(leg, self._board.world.plan.behaviour(leg.number))
        if moves.what is Outside.TALKS:
            self._later(leg, behaviour.talk_s, customers.hangs_up)
        elif behaviour.detect:
            self._later(leg, behaviour.answer_s, partial(_refuses, behaviour))
        else:
            self._later(leg, behaviour.answer_s, customers.answers)

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
            async with self._board.turn() as turn:
                self._pending.pop(leg, None)
                if leg.call is not None:
                    act(turn.out, turn.world, leg.call, leg)

        self._pending[leg] = self._scheduler.after(delay_s, run)


def _refuses(behaviour: Behaviour, out: Outcome, world: World, call: Call, leg: Leg) -> None:
    customers.refuses(out, world, call, leg, behaviour.detect, behaviour.cause)
