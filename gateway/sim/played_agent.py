"""One agent on a simulated day: signs in, polls, and does what its events ask of it, until it is told to leave."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Final

from gateway.client import Agent, AgentGatewayError, Event, Gateway, Refused
from gateway.settings.urls import shown_url
from gateway.sim.scenario import AgentActivity, CannotPlayError, GatewayPlace, Habits
from gateway.sim.tally import BROKEN, LOST, REFUSED, DayTally

TALKING: Final = "AgentEvent_Talking"
HOLD: Final = "AgentEvent_Hold"
READY: Final = "AgentState_Ready"
BACK_FROM_BUSY: Final = "AgentState_CancelNotReady_Success"
BACK_FROM_WORK: Final = "AgentState_CancelWork_Success"
BACK_FROM_REST: Final = "AgentState_CancelRest_Success"
RESTING: Final = "AgentState_SetRest_Success"
RELEASED: Final = "AgentEvent_Call_Release"
IN_SERVICE: Final = "AgentOther_InService"
EXPECTED: Final = frozenset(
    {TALKING, HOLD, READY, BACK_FROM_BUSY, BACK_FROM_WORK, BACK_FROM_REST, RESTING, RELEASED, IN_SERVICE}
)
"""Events that an operation brings. They may come before its answer, so the balance may be below 0 for a while."""
QUIET_S: Final = 0.3
ANSWER_S: Final = 15.0
OVER_WITHIN_S: Final = 5.0
PHONE: Final = "6001"

Operation = Callable[[], Coroutine[Any, Any, object]]


class SimAgent:
    """`calls` are the ids of calls that this agent knows and whose end it has not heard of yet."""

    def __init__(self, number: int, habits: Habits, tally: DayTally, queues: Sequence[int], answered: set[str]) -> None:
        self.calls: dict[str, AgentActivity | None] = {}
        self._number = number
        self._agent: Agent | None = None
        self._habits = habits
        self._tally = tally
        self._queues = queues
        self._answered = answered
        self._chance = random.Random(number)
        self._owed: Counter[tuple[str, str]] = Counter()
        self._last: Event | None = None
        self._out = False
        self._asked_rest = False
        self._resting = False
        self._closing = False
        self._heard = asyncio.Event()
        self._heard_s = 0.0
        self._latest_s = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._put_off: set[asyncio.Task[None]] = set()
        idle = self._idle
        self._reactions: dict[str, Callable[[Event], None]] = {
            "AgentEvent_Ringing": self._rings,
            TALKING: self._talks,
            RELEASED: self._over,
            "AgentEvent_No_Answer": self._missed,
            "AgentState_Work": self._wraps_up,
            "AgentState_SetNotReady_Success": self._busy,
            RESTING: self._rests,
            **dict.fromkeys((READY, BACK_FROM_BUSY, BACK_FROM_WORK, BACK_FROM_REST), idle),
        }

    async def come(self, place: GatewayPlace) -> None:
        """Signs in at the gateway to all its queues and begins to poll. Raises CannotPlayError."""
        gateway = Gateway(place.url, answer_s=ANSWER_S, patience_s=0, on_trouble=self._troubled)
        try:
            self._agent = await Agent.sign_in(
                gateway, self._number, password=place.password, phone=PHONE, autoanswer=False, autoenteridle=False
            )
            await self._agent.onlineagent.reset_skill(True)
        except Refused as refused:
            raise CannotPlayError(f"agent {self._number} cannot sign in: {refused.message}") from None
        except (AgentGatewayError, ValueError) as problem:
            raise CannotPlayError(f"no gateway answers at {shown_url(place.url)}: {problem}") from None
        self._owe(IN_SERVICE, READY)
        self._start(self._listen(self._agent))

    def hurry(self) -> None:
        """Takes no more rests."""
        self._closing = True

    @property
    def settled(self) -> bool:
        """Whether every call is over and every event has come."""
        return not self.calls and not any(count > 0 for count in self._owed.values())

    async def leave(self) -> None:
        """Counts what has not come, stops, and signs out."""
        for (kind, call), count in self._owed.items():
            for _ in range(count):
                self._tally.fault(LOST, f"agent {self._number}: {kind} {call}")
        for call in self.calls:
            self._tally.fault(LOST, f"agent {self._number}: the end of call {call}")
        await self._stop()
        await self._do("logout", self._here.sign_out)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stops, and ends its connections."""
        await self._stop()
        if self._agent is not None:
            await self._agent.close()

    @property
    def _here(self) -> Agent:
        if self._agent is None:
            raise RuntimeError(f"agent {self._number} has not come")
        return self._agent

    async def settle(self, within_s: float) -> None:
        """Waits until every call is over and every event has come, and no more seem to be on their way.

        At most `within_s`. How long it must be quiet follows from how late events have been. Behind it nothing is asked
        that was put off, such as the end of a rest: its event would be missing when the agent leaves.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                # Whether it is quiet is a question of time, not of something that happens.
                while not self._out and not (self.settled and self._quiet()):  # noqa: ASYNC110
                    await asyncio.sleep(QUIET_S)
        for task in self._put_off:
            task.cancel()

    def _quiet(self) -> bool:
        return time.monotonic() - self._heard_s > QUIET_S + 2 * self._latest_s

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _later(self, mean_s: float, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        async def wait() -> None:
            await asyncio.sleep(self._habits.time_s(self._chance, mean_s))
            await act()

        task = self._start(wait())
        self._put_off.add(task)
        task.add_done_callback(self._put_off.discard)

    def _owe(self, *kinds: str, call: str = "") -> None:
        for kind in kinds:
            self._owed[kind, call] += 1

    async def _listen(self, agent: Agent) -> None:
        try:
            async for event in agent.events():
                self._hear(event)
        except Refused as refused:
            self._refused("poll", refused)
            self._go()

    def _troubled(self, problem: AgentGatewayError) -> None:
        """A poll failed; the SDK tries again."""
        if isinstance(problem, Refused):
            self._refused("poll", problem)
        else:
            self._broken("poll", problem)

    def _go(self) -> None:
        """Signed out by somebody else: nothing is to come any more."""
        self._out = True
        self.calls.clear()
        self._owed.clear()
        self._heard.set()

    def _hear(self, event: Event) -> None:
        if event == self._last:
            self._tally.again += 1
            return
        self._last = event
        late_ms = time.time() * 1000 - event.generated_ms
        self._tally.event(late_ms)
        self._heard_s, self._latest_s = time.monotonic(), max(self._latest_s, late_ms / 1000)
        if event.type in EXPECTED:
            self._owed[event.type, event.call_id] -= 1
        reaction = self._reactions.get(event.type)
        if reaction is not None:
            reaction(event)
        self._heard.set()

    def _rings(self, event: Event) -> None:
        call = event.call_id
        self.calls[call] = None
        if not self._habits.ignores(self._chance):
            answer = partial(self._here.voicecall.answer, callid=call)
            self._later(self._habits.answer_s, lambda: self._do("answer", answer, expects=TALKING, call=call))

    def _talks(self, event: Event) -> None:
        call = event.call_id
        if call not in self._answered:
            self._answered.add(call)
            self._tally.answered += 1
        if self.calls.get(call) is None:
            doing = self.calls[call] = self._habits.doing(self._chance)
            if doing is not AgentActivity.TALK:
                self._later(self._habits.before_doing_s, lambda: self._act(call, doing))

    async def _act(self, call: str, doing: AgentActivity) -> None:
        if call not in self.calls:
            return
        voice = self._here.voicecall
        if doing is AgentActivity.HANG_UP:
            await self._do("release", voice.release, expects=RELEASED, call=call)
        elif doing is AgentActivity.TRANSFER:
            queue = str(self._chance.choice(self._queues))
            await self._do("transfer", partial(voice.transfer, 1, queue, 0), expects=RELEASED, call=call)
        elif await self._do("hold", voice.hold, expects=HOLD, call=call):
            await asyncio.sleep(self._habits.time_s(self._chance, self._habits.hold_s))
            if call in self.calls:
                await self._do("getHold", partial(voice.get_hold, callid=call), expects=TALKING, call=call)

    def _over(self, event: Event) -> None:
        self.calls.pop(event.call_id, None)

    def _missed(self, event: Event) -> None:
        """A call that was not answered; a rest that was asked for meanwhile is forgotten with it."""
        self._over(event)
        if self._asked_rest:
            self._asked_rest = False
            self._owed[RESTING, ""] -= 1

    def _wraps_up(self, _event: Event) -> None:
        self._later(self._habits.wrap_up_s, self._end_wrap_up)

    async def _end_wrap_up(self) -> None:
        """A rest that was asked for while idle, but came into force in wrap-up, has ended that."""
        if not self._resting:
            end = self._here.onlineagent.cancel_work
            await self._do("cancelWork", end, expects=BACK_FROM_WORK, unless=lambda: self._asked_rest or self._resting)

    def _busy(self, _event: Event) -> None:
        end = self._here.onlineagent.cancel_busy
        self._later(self._habits.busy_s, lambda: self._do("cancelBusy", end, expects=BACK_FROM_BUSY))

    def _idle(self, _event: Event) -> None:
        self._resting = False
        if not self._closing and not self._asked_rest and self._habits.rests(self._chance):
            self._asked_rest = True
            self._start(self._rest())

    async def _rest(self) -> None:
        asked_s = max(1, round(2 * self._habits.rest_s / self._habits.speed))
        if not await self._do("rest", partial(self._here.onlineagent.rest, asked_s, 1), expects=RESTING):
            self._asked_rest = False

    def _rests(self, _event: Event) -> None:
        self._asked_rest, self._resting = False, True
        end = self._here.onlineagent.cancel_rest
        self._later(self._habits.rest_s, lambda: self._do("cancelRest", end, expects=BACK_FROM_REST))

    async def _do(
        self,
        name: str,
        operation: Operation,
        *,
        expects: str = "",
        call: str = "",
        unless: Callable[[], bool] = lambda: False,
    ) -> bool:
        """One operation, which brings the event `expects`; True when it was accepted.

        One on a call may be refused because the customer has left: then the end of the call is told. `unless` tells
        whether another one may be refused.
        """
        if self._out:
            return False
        try:
            await operation()
        except Refused as refused:
            self._tally.operations += 1
            if unless() or (call and await self._ends(call)):
                self._tally.raced += 1
            else:
                self._refused(name, refused)
            return False
        except AgentGatewayError as problem:
            self._broken(name, problem)
            return False
        self._tally.operations += 1
        if expects:
            self._owe(expects, call=call)
        return True

    async def _ends(self, call: str) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OVER_WITHIN_S):
                while call in self.calls:
                    self._heard.clear()
                    await self._heard.wait()
        return call not in self.calls

    def _refused(self, name: str, refused: Refused) -> None:
        self._tally.fault(REFUSED, f"agent {self._number} {name}: {refused}")

    def _broken(self, name: str, problem: AgentGatewayError) -> None:
        self._tally.fault(BROKEN, f"agent {self._number} {name}: {problem}")
