"""A gateway whose contact centre runs on the time of the test."""

import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from gateway.backends.embedded.centre import EmbeddedCentre
from gateway.backends.embedded.scheduler import Action, Pending
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway

START_MS = 1_800_000_000_000


@dataclass(order=True)
class _Timer:
    at_ms: int
    turn: int
    action: Action | None = field(compare=False)

    def cancel(self) -> None:
        self.action = None


class ManualTime:
    """A clock in ms and a scheduler that both move only when told."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms
        self._timers: list[_Timer] = []
        self._turns = itertools.count()

    def clock(self) -> int:
        return self.now_ms

    def after(self, delay_s: float, action: Action) -> Pending:
        timer = _Timer(self.now_ms + round(delay_s * 1000), next(self._turns), action)
        heapq.heappush(self._timers, timer)
        return timer

    def close(self) -> None:
        self._timers.clear()

    async def pass_s(self, seconds: float) -> None:
        """Lets time pass; what falls due happens at its own moment."""
        until = self.now_ms + round(seconds * 1000)
        while self._timers and self._timers[0].at_ms <= until:
            timer = heapq.heappop(self._timers)
            self.now_ms = max(self.now_ms, timer.at_ms)
            if timer.action is not None:
                await timer.action()
        self.now_ms = until


@dataclass
class CentreGateway:
    """A gateway, the contact centre in it, and its time."""

    gateway: Gateway
    time: ManualTime

    @property
    def centre(self) -> EmbeddedCentre:
        return self.gateway.app.centre

    async def agent(self, agent_id: int, *, auto_answer: bool = False, **sign_in: object) -> Desk:
        """An agent signed in to all its skill queues, with no event left."""
        desk = self.gateway.desk(agent_id)
        answer = await desk.sign_in(force=False, autoanswer=auto_answer, **sign_in)
        assert answer.retcode == "0", answer.body
        assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
        await desk.drain_events()
        return desk


@contextlib.asynccontextmanager
async def centre_gateway(overrides: Mapping[str, str] | None = None) -> AsyncIterator[CentreGateway]:
    """In this process, with polls that answer at once."""
    time = ManualTime()
    settings = {"AGENT_POLL_WAIT_FLAG": "OFF", **(overrides or {})}
    async with running_gateway(settings, clock=time.clock, jobs=False, scheduler=time) as gateway:
        yield CentreGateway(gateway, time)
