"""One agent on a simulated day: signs in, polls, and does what its events ask of it, until it is told to leave."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from gateway.settings.urls import shown_url
from gateway.sim.desk import NO_ANSWER, Reply, SimulatedDesk
from gateway.sim.scenario import AgentActivity, CannotPlayError, Habits
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
SIGNED_OUT: Final = "100-006"
AFTER_FAULT_S: Final = 0.5
OVER_WITHIN_S: Final = 5.0

Content = Mapping[str, Any]


class SimAgent:
    """`calls` are the ids of calls that this agent knows and whose end it has not heard of yet."""

    def __init__(
        self, desk: SimulatedDesk, habits: Habits, tally: DayTally, queues: Sequence[int], answered: set[str]
    ) -> None:
        self.calls: dict[str, AgentActivity | None] = {}
        self._desk = desk
        self._habits = habits
        self._tally = tally
        self._queues = queues
        self._answered = answered
        self._chance = random.Random(desk.agent_id)
        self._owed: Counter[tuple[str, str]] = Counter()
        self._last: object = None
        self._out = False
        self._asked_rest = False
        self._resting = False
        self._closing = False
        self._heard = asyncio.Event()
        self._heard_s = 0.0
        self._latest_s = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        idle = self._idle
        self._reactions: dict[str, Callable[[Any], None]] = {
            "AgentEvent_Ringing": self._rings,
            TALKING: self._talks,
            RELEASED: self._over,
            "AgentEvent_No_Answer": self._missed,
            "AgentState_Work": self._wraps_up,
            "AgentState_SetNotReady_Success": self._busy,
            RESTING: self._rests,
            **dict.fromkeys((READY, BACK_FROM_BUSY, BACK_FROM_WORK, BACK_FROM_REST), idle),
        }

    async def come(self, password: str, url: str) -> None:
        """Signs in at the gateway, of this address, to all its queues and begins to poll. Raises CannotPlayError."""
        try:
            for reply in (
                await self._desk.sign_in(password),
                await self._desk.call("POST", "onlineagent/{id}/resetskill/true"),
            ):
                if not reply.accepted:
                    raise CannotPlayError(f"agent {self._desk.agent_id} cannot sign in: {reply.message}")
        except NO_ANSWER as problem:
            raise CannotPlayError(f"no gateway answers at {shown_url(url)}: {type(problem).__name__}") from None
        self._owe(IN_SERVICE, READY)
        self._start(self._listen())

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
                self._tally.fault(LOST, f"agent {self._desk.agent_id}: {kind} {call}")
        for call in self.calls:
            self._tally.fault(LOST, f"agent {self._desk.agent_id}: the end of call {call}")
        await self._stop()
        await self._do("DELETE", "onlineagent/{id}/logout")

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stops, and ends its connections."""
        await self._stop()
        await self._desk.close()

    async def settle(self, within_s: float) -> None:
        """Waits until every call is over and every event has come, and no more seem to be on their way.

        At most `within_s`. How long it must be quiet follows from how late events have been.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                # Whether it is quiet is a question of time, not of something that happens.
                while not self._out and not (self.settled and self._quiet()):  # noqa: ASYNC110
                    await asyncio.sleep(QUIET_S)

    def _quiet(self) -> bool:
        return time.monotonic() - self._heard_s > QUIET_S + 2 * self._latest_s

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _later(self, mean_s: float, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        async def wait() -> None:
            await asyncio.sleep(self._habits.time_s(self._chance, mean_s))
            await act()

        self._start(wait())

    def _owe(self, *kinds: str, call: str = "") -> None:
        for kind in kinds:
            self._owed[kind, call] += 1

    async def _listen(self) -> None:
        while True:
            try:
                reply = await self._desk.poll()
            except NO_ANSWER as problem:
                self._tally.fault(BROKEN, f"agent {self._desk.agent_id} poll: {type(problem).__name__}")
                await asyncio.sleep(AFTER_FAULT_S)
                continue
            if not reply.accepted:
                self._refused("poll", reply)
                if reply.retcode == SIGNED_OUT:
                    self._go()
                    return
                await asyncio.sleep(AFTER_FAULT_S)
            elif reply.event is not None:
                self._hear(reply.event)

    def _go(self) -> None:
        """Signed out by somebody else: nothing is to come any more."""
        self._out = True
        self.calls.clear()
        self._owed.clear()
        self._heard.set()

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event == self._last:
            self._tally.again += 1
            return
        self._last = event
        late_ms = time.time() * 1000 - event["eventGenTime"]
        self._tally.event(late_ms)
        self._heard_s, self._latest_s = time.monotonic(), max(self._latest_s, late_ms / 1000)
        kind, content = event["eventType"], event["content"]
        if kind in EXPECTED:
            self._owed[kind, _call_of(content)] -= 1
        reaction = self._reactions.get(kind)
        if reaction is not None:
            reaction(content)
        self._heard.set()

    def _rings(self, content: Content) -> None:
        call = content["callid"]
        self.calls[call] = None
        if not self._habits.ignores(self._chance):
            path = f"voicecall/{{id}}/answer?callid={call}"
            self._later(self._habits.answer_s, lambda: self._do("PUT", path, expects=TALKING, call=call))

    def _talks(self, content: Content) -> None:
        call = content["callid"]
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
        if doing is AgentActivity.HANG_UP:
            await self._do("DELETE", "voicecall/{id}/release", expects=RELEASED, call=call)
        elif doing is AgentActivity.TRANSFER:
            body = {"devicetype": 1, "address": str(self._chance.choice(self._queues)), "mode": 0}
            await self._do("POST", "voicecall/{id}/transfer", body, expects=RELEASED, call=call)
        elif await self._do("POST", "voicecall/{id}/hold", expects=HOLD, call=call):
            await asyncio.sleep(self._habits.time_s(self._chance, self._habits.hold_s))
            if call in self.calls:
                await self._do("POST", f"voicecall/{{id}}/gethold?callid={call}", expects=TALKING, call=call)

    def _over(self, content: Any) -> None:
        self.calls.pop(_call_of(content), None)

    def _missed(self, content: Any) -> None:
        """A call that was not answered; a rest that was asked for meanwhile is forgotten with it."""
        self._over(content)
        if self._asked_rest:
            self._asked_rest = False
            self._owed[RESTING, ""] -= 1

    def _wraps_up(self, _content: Any) -> None:
        self._later(self._habits.wrap_up_s, self._end_wrap_up)

    async def _end_wrap_up(self) -> None:
        """A rest that was asked for while idle, but came into force in wrap-up, has ended that."""
        if not self._resting:
            path = "onlineagent/{id}/cancelwork"
            await self._do("POST", path, expects=BACK_FROM_WORK, unless=lambda: self._asked_rest or self._resting)

    def _busy(self, _content: Any) -> None:
        path = "onlineagent/{id}/cancelbusy"
        self._later(self._habits.busy_s, lambda: self._do("POST", path, expects=BACK_FROM_BUSY))

    def _idle(self, _content: Any) -> None:
        self._resting = False
        if not self._closing and not self._asked_rest and self._habits.rests(self._chance):
            self._asked_rest = True
            self._start(self._rest())

    async def _rest(self) -> None:
        asked_s = max(1, round(2 * self._habits.rest_s / self._habits.speed))
        if not await self._do("POST", f"onlineagent/{{id}}/rest/{asked_s}/1", expects=RESTING):
            self._asked_rest = False

    def _rests(self, _content: Any) -> None:
        self._asked_rest, self._resting = False, True
        path = "onlineagent/{id}/cancelrest"
        self._later(self._habits.rest_s, lambda: self._do("POST", path, expects=BACK_FROM_REST))

    async def _do(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
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
            reply = await self._desk.call(method, path, body)
        except NO_ANSWER as problem:
            self._tally.fault(BROKEN, f"agent {self._desk.agent_id} {path}: {type(problem).__name__}")
            return False
        self._tally.operations += 1
        if reply.accepted:
            if expects:
                self._owe(expects, call=call)
            return True
        if unless() or (call and await self._ends(call)):
            self._tally.raced += 1
        else:
            self._refused(path, reply)
        return False

    async def _ends(self, call: str) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OVER_WITHIN_S):
                while call in self.calls:
                    self._heard.clear()
                    await self._heard.wait()
        return call not in self.calls

    def _refused(self, path: str, reply: Reply) -> None:
        example = f"agent {self._desk.agent_id} {path}: {reply.retcode} {reply.message}"
        self._tally.fault(REFUSED, example)


def _call_of(content: Any) -> str:
    """The call that an event is about; "" for none."""
    if isinstance(content, Mapping):
        return str(content.get("callid", ""))
    return content if isinstance(content, str) else ""
