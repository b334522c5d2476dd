"""The place of one worker: filled at the start, again after every crash, anew in a rolling restart, or given up."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gateway.ops.backoff import Backoff

READY_S: Final = 60.0
"""A worker that does not accept after so long is given up."""
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 10.0
STEADY_S: Final = 30.0
"""A worker that ran for so long had no trouble with its start, and is followed at once."""

_LOG = logging.getLogger(__name__)


class StartRefusedError(Exception):
    """A worker ended at the start, and said why. `code` is its exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Worker(Protocol):
    """A process that was started: see `worker_pool.WorkerProcess`."""

    @property
    def pid(self) -> int:
        """Its process id."""

    @property
    def began_s(self) -> float:
        """When it was started."""

    @property
    def ended(self) -> asyncio.Future[int]:
        """Done with its exit code."""

    async def ready(self) -> bool:
        """True once it accepts, False when it ended before."""

    def send(self, what: signal.Signals) -> None:
        """Sends a signal, if it still runs."""


class WorkerKeeper:
    """Worker `number`. `worker` is the one that accepts now, None while there is none.

    `start` starts a process, `pause` (of s) does what `asyncio.sleep` does, `clock` gives s.
    """

    def __init__(
        self,
        number: int,
        start: Callable[[int], Awaitable[Worker]],
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.number = number
        self.worker: Worker | None = None
        self._start = start
        self._pause = pause
        self._clock = clock
        self._backoff = Backoff(FIRST_WAIT_S, LONGEST_WAIT_S, jitter=0, at_once=True)
        self._changing = asyncio.Lock()
        self._replaced = asyncio.Event()
        self._given_up = False

    async def start_first(self) -> None:
        """The first worker; returns once it accepts. Raises StartRefusedError when it says that it cannot."""
        while (failure := await self._start_one()) is not None:
            if failure.code > 0:
                raise StartRefusedError(failure.code)
            await self._rest_after(failure)

    async def try_start(self) -> bool:
        """One more worker, in a rolling restart; False when it cannot serve."""
        failure = await self._start_one()
        if failure is not None:
            _LOG.error("worker %d, which is new, %s", self.number, failure.said)
        return failure is None

    async def keep(self) -> None:
        """Lets another one follow whenever the worker ends by itself; runs until cancelled or given up."""
        while not self._given_up:
            failure = await (self._bring_back() if self.worker is None else self._end_of(self.worker))
            if failure is not None:
                await self._rest_after(failure)

    async def restart(self, leave: Callable[[Worker], Awaitable[None]]) -> bool:
        """Puts a successor in the place of the worker, which is told to `leave` once the other one accepts.

        False when the successor cannot serve: then the former goes on.
        """
        async with self._changing:
            former = self.worker
            if former is None:
                return True  # It is about to be started anew anyway.
            failure = await self._start_one()
            if failure is None:
                self._replaced.set()
        if failure is not None:
            _LOG.error("worker %d: its successor %s: the former goes on", self.number, failure.said)
            return False
        _LOG.info("worker %d: process %d gives way to its successor", self.number, former.pid)
        await leave(former)
        return True

    async def give_up(self, leave: Callable[[Worker], Awaitable[None]]) -> None:
        """The worker is told to `leave`, and nobody follows."""
        async with self._changing:
            former, self.worker = self.worker, None
            self._given_up = True
            self._replaced.set()
        if former is not None:
            await leave(former)

    async def _start_one(self) -> "_Failure | None":
        """Another worker takes the place, unless it fails."""
        try:
            worker = await self._start(self.number)
        except OSError as problem:
            return _Failure(0, 0, f"cannot be started ({os.strerror(problem.errno or 0)})")
        try:
            async with asyncio.timeout(READY_S):
                accepts = await worker.ready()
        except TimeoutError:
            worker.send(signal.SIGKILL)
            return _Failure(self._clock() - worker.began_s, 0, f"is not ready after {READY_S:.0f} s")
        if not accepts:
            return await self._failure(worker)
        self.worker = worker
        return None

    async def _bring_back(self) -> "_Failure | None":
        async with self._changing:
            if self._given_up:
                return None
            failure = await self._start_one()
        if failure is None:
            _LOG.info("worker %d is back", self.number)
        return failure

    async def _end_of(self, worker: Worker) -> "_Failure | None":
        """Waits for it; None once it is replaced."""
        self._replaced.clear()
        replaced = asyncio.create_task(self._replaced.wait())
        either: list[asyncio.Future[Any]] = [worker.ended, replaced]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            replaced.cancel()
        async with self._changing:
            if self.worker is not worker:
                return None
            self.worker = None
            return await self._failure(worker)

    async def _failure(self, worker: Worker) -> "_Failure":
        code = await asyncio.shield(worker.ended)
        return _Failure(self._clock() - worker.began_s, code, f"(process {worker.pid}) {ending(code)}")

    async def _rest_after(self, failure: "_Failure") -> None:
        if failure.ran_s >= STEADY_S:
            self._backoff.reset()
        wait_s = self._backoff.next_s()
        when = f"in {wait_s:.1f} s" if wait_s else "at once"
        _LOG.error("worker %d %s: it comes back %s", self.number, failure.said, when)
        await self._pause(wait_s)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A worker ended by itself, or never served. `code` is its exit code, 0 where there is none."""

    ran_s: float
    code: int
    said: str


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
