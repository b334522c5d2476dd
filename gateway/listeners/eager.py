"""Coroutines that run at once as far as they come, and become tasks only where they wait.

Most calls wait for nothing, or once for the store: a task for each, begun in the next turn of the loop, would cost more
than the call. A coroutine runs on behalf of a task that stands by, so that whatever it asks of the current task (time
limits, groups) holds. Where it waits for a future, the future carries it on, for the same task; that task itself runs
only where it is cancelled, or where something else is waited for. It stands by again when the coroutine has ended.
"""

import asyncio
from asyncio.tasks import _enter_task, _leave_task  # For whoever drives coroutines, see "Extending" of asyncio.
from collections.abc import Coroutine, Generator
from contextvars import Context, copy_context
from types import coroutine
from typing import Any, Final

MOST_STANDING_BY: Final = 64

Work = Coroutine[Any, Any, None]


class EagerTasks:
    """Begins coroutines on one loop; they are to handle their own errors.

    `begun`: the task on whose behalf the newest of them runs. It is that one's until it waits.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._standing_by: list[_Carrier] = []
        self.begun: asyncio.Task[None] | None = None
        # That of who starts to serve: in one taken later, work would begin with what is somebody's.
        self._context = copy_context()

    def begin(self, work: Work) -> "asyncio.Task[None] | None":
        """Runs `work` until it waits, then it goes on in the task that is given back; None when it has ended.

        To be called outside of any task.
        """
        standing_by, loop = self._standing_by, self._loop
        carrier = standing_by.pop() if standing_by else _Carrier(loop, standing_by, self._context.copy())
        task = self.begun = carrier.task
        _enter_task(loop, task)
        try:
            waits_for = carrier.context.run(work.send, None)
        except StopIteration:
            carrier.stand_by_again()
            return None
        except BaseException:
            carrier.stand_by_again()
            raise
        finally:
            _leave_task(loop, task)
        carrier.carry(work, waits_for)
        return task

    def end(self) -> None:
        """Lets go of the tasks that stand by."""
        standing_by, self._standing_by[:] = list(self._standing_by), []
        for carrier in standing_by:
            carrier.task.cancel()


class _Carrier:
    """A task, and the coroutine that it carries on, in one context: what one sets the other sees.

    The task waits for `_given`: that something is for it to carry on, or that it is cancelled.
    """

    __slots__ = ("_given", "_load", "_loop", "_standing_by", "context", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop, standing_by: "list[_Carrier]", context: Context) -> None:
        self._loop = loop
        self._standing_by = standing_by
        self._load: tuple[Work, Any] | None = None
        self._given: asyncio.Future[None] = loop.create_future()
        self.context = context
        running = self._run(loop)
        running.send(None)
        self.task = loop.create_task(running, context=self.context)

    def stand_by_again(self) -> None:
        """The work has ended at once; a task that it has cancelled is for no other."""
        if not self._given.done():
            self._standing_by.append(self)

    def carry(self, work: Work, waits_for: Any) -> None:
        """Carries `work` on, once that is there what it waits for."""
        self._load = work, waits_for
        if self._given.done():
            return  # Cancelled: the task tells it to the work in its next turn.
        if getattr(waits_for, "_asyncio_future_blocking", False):
            waits_for._asyncio_future_blocking = False  # As a task says that it has understood.
            waits_for.add_done_callback(self._go_on, context=self.context)
        else:
            self._given.set_result(None)

    def _go_on(self, future: "asyncio.Future[Any]") -> None:
        """What was waited for is there, unless the task has taken over."""
        if self._load is None or self._load[1] is not future or self._given.done():
            return
        work, self._load = self._load[0], None
        _enter_task(self._loop, self.task)
        try:
            waits_for = work.send(None)
        except BaseException as problem:
            if not self._given.done() and len(self._standing_by) < MOST_STANDING_BY:
                self._standing_by.append(self)
            else:
                self.task.cancel()
            if not isinstance(problem, StopIteration | asyncio.CancelledError):
                raise
            return
        finally:
            _leave_task(self._loop, self.task)
        self.carry(work, waits_for)

    async def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        first = True
        while True:
            stopped = None
            try:
                if first:
                    first = False
                    await _first_pause()
                await self._given
            except asyncio.CancelledError as cancelled:
                if self._load is None:
                    if self in self._standing_by:
                        self._standing_by.remove(self)
                    raise
                stopped = cancelled
            if self._load is not None:
                load, self._load = self._load, None
                await _carried_on(*load, stopped)
            if len(self._standing_by) >= MOST_STANDING_BY:
                return
            self._given = loop.create_future()
            self._standing_by.append(self)


@coroutine
def _first_pause() -> Generator[None, None, None]:
    """Where a task begins that was run to here before: it hears of an end, such as that of a time limit, from now on.

    A task that is cancelled before its first turn would otherwise never run, and what it carries be lost.
    """
    yield


@coroutine
def _carried_on(work: Work, waits_for: Any, stopped: asyncio.CancelledError | None) -> Generator[Any, Any, None]:
    """As if the task had driven `work` from its beginning."""
    try:
        if stopped is not None:
            told = yield from _stopped(waits_for, stopped)
            waits_for = work.send(None) if told is None else work.throw(told)
        while True:
            try:
                value = yield waits_for
            except BaseException as problem:
                waits_for = work.throw(problem)
            else:
                waits_for = work.send(value)
    except StopIteration:
        return


def _stopped(waits_for: Any, stopped: asyncio.CancelledError) -> Generator[Any, Any, BaseException | None]:
    """What whoever waits for this is told when it is cancelled, None for nothing; as Task.cancel has it.

    A task that is waited for tidies up first, and what comes of that is told; what came before it was cancelled is not.
    """
    if waits_for is None:
        return stopped
    reached = waits_for.cancel(*stopped.args)
    waits_for._asyncio_future_blocking = True  # As whoever awaits it says.
    try:
        yield waits_for
    except BaseException as problem:
        return problem if reached or isinstance(problem, asyncio.CancelledError) else stopped
    return None if reached else stopped
