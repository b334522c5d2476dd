"""Timers of the contact centre, so that tests bring their own time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from gateway.ops.jobs import Job

Callback = Callable[[], Awaitable[None]]


class Pending(Protocol):
    """A timer that has not run out."""

    def cancel(self) -> None:
        """It never runs; harmless afterwards."""


class Scheduler(Protocol):
    """Runs actions later."""

    def after(self, delay_s: float, action: Callback) -> Pending:
        """Runs `action` once, in `delay_s`."""

    def close(self) -> None:
        """Cancels everything."""


class _LoopTimer:
    """A timer of the loop; `timers` are all that have not run out."""

    def __init__(self, timers: "set[_LoopTimer]") -> None:
        self._timers = timers
        self.handle: asyncio.TimerHandle | None = None
        timers.add(self)

    def cancel(self) -> None:
        self._timers.discard(self)
        if self.handle is not None:
            self.handle.cancel()


class LoopScheduler:
    """Timers of the running event loop. An action that fails is logged and counted, and ends there."""

    def __init__(self) -> None:
        self._timers: set[_LoopTimer] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, delay_s: float, action: Callback) -> Pending:
        """See `Scheduler.after`."""

        def start() -> None:
            self._timers.discard(timer)
            task = loop.create_task(_done(action))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        loop = asyncio.get_running_loop()
        timer = _LoopTimer(self._timers)
        timer.handle = loop.call_later(delay_s, start)
        return timer

    def close(self) -> None:
        """See `Scheduler.close`."""
        for timer in list(self._timers):
            timer.cancel()
        for task in self._tasks:
            task.cancel()


async def _done(action: Callback) -> None:
    await Job("timer", "contact centre").attempt(action)
