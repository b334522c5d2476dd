"""A clock and a scheduler that move only when a test says so."""

import heapq
import itertools
from dataclasses import dataclass, field

from gateway.contact_centre.scheduler import Callback, Pending

START_MS = 1_800_000_000_000


@dataclass(order=True)
class _Timer:
    at_ms: int
    turn: int
    action: Callback | None = field(compare=False)

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

    def after(self, delay_s: float, action: Callback) -> Pending:
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
