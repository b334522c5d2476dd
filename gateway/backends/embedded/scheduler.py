"""Timers of the contact centre, so that tests bring their own time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

Action = Callable[[], Awaitable[None]]

_LOG = logging.getLogger(__name__)


class Pending(Protocol):
    """A timer that has not run out."""

    def cancel(self) -> None:
        """It never runs; harmless afterwards."""


class Scheduler(Protocol):
    """Runs actions later."""

    def after(self, delay_s: float, action: Action) -> Pending:
        """Runs `action` once, in `delay_s`."""

    def close(self) -> None:
        """Cancels everything."""


class LoopScheduler:
    """Timers of the running event loop. An action that fails is logged and ends there."""

    def __init__(self) -> None:
        self._handles: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, delay_s: float, action: Action) -> Pending:
        """See `Scheduler.after`."""

        def start() -> None:
            self._handles.discard(handle)
            task = loop.create_task(_logged(action))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        loop = asyncio.get_running_loop()
        self._handles = {pending for pending in self._handles if not pending.cancelled()}
        handle = loop.call_later(delay_s, start)
        self._handles.add(handle)
        return handle

    def close(self) -> None:
        """See `Scheduler.close`."""
        for handle in self._handles:
            handle.cancel()
        for task in self._tasks:
            task.cancel()


async def _logged(action: Action) -> None:
    try:
        await action()
    except Exception:
        _LOG.exception("a timer of the contact centre failed")
