"""The gateway's own periodic work, which goes on whatever happens to it.

A job that fails says so once, with the cause, and again when the cause changes or when it works again; each failure is
counted and followed by a rest that grows. A store or a backend that is out of reach is no failure of the job: whoever
knows of it says so.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeVar

from gateway.ops import metrics
from gateway.ops.backoff import Backoff
from gateway.ops.logs import crash_line
from gateway.wire.errors import Unavailable, Unreadable

FIRST_REST_S: Final = 0.5
LONGEST_REST_S: Final = 5.0
SETTLED_S: Final = 10.0
"""A job that runs until it is cancelled works again when it has run for so long."""

_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class Job:
    """One job. `name` is its label in the metrics; `about` tells in the log which of several it is ("agent 101").

    Exceptions that `passes` names end it: they are meant for whoever runs it. `clock` gives s, `pause` (of s) does what
    `asyncio.sleep` does.
    """

    __slots__ = ("_backoff", "_cause", "_clock", "_name", "_passes", "_pause", "_rests_until_s", "_said")

    def __init__(
        self,
        name: str,
        about: str = "",
        *,
        passes: tuple[type[Exception], ...] = (),
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._said = f"{name} ({about})" if about else name
        self._passes = passes
        self._clock = clock
        self._pause = pause
        self._backoff = Backoff(FIRST_REST_S, LONGEST_REST_S, jitter=0)
        self._cause = ""
        self._rests_until_s = float("-inf")

    @property
    def rests(self) -> bool:
        """Whether it failed just now, so that nothing is tried yet."""
        return self._clock() < self._rests_until_s

    async def attempt(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Does `work` once, unless the job rests. False when it was not done."""
        if self.rests:
            return False
        try:
            await work()
        except self._passes:
            raise
        except Unavailable:
            _LOG.debug("%s is put off: the store or the backend is out of reach", self._said)
            return False
        except Exception as crash:
            self.failed(crash)
            return False
        self.worked()
        return True

    async def keep(self, run: Callable[[], Awaitable[None]]) -> None:
        """Runs what runs until it is cancelled, and again after each failure; returns when `run` does."""
        loop = asyncio.get_running_loop()
        while True:
            settled = loop.call_later(SETTLED_S, self.worked)
            try:
                return await run()
            except self._passes:
                raise
            except Exception as crash:
                self.failed(crash)
            finally:
                settled.cancel()
            await self._pause(self._rests_until_s - self._clock())

    def failed(self, crash: Exception) -> None:
        """It raised this: it rests now."""
        metrics.JOB_FAILURES.labels(self._name).inc()
        cause = crash_line(crash)
        if cause != self._cause:
            _LOG.error("%s fails: %s", self._said, cause)
            self._cause = cause
        self._rests_until_s = self._clock() + self._backoff.next_s()

    def worked(self) -> None:
        """It was done."""
        if self._cause:
            _LOG.info("%s works again", self._said)
            self._cause, self._rests_until_s = "", float("-inf")
            self._backoff.reset()


async def all_done(works: Iterable[Awaitable[object]]) -> None:
    """Everything side by side and each to its end; then raises what one of them raised.

    A failure is raised rather than an outage, and that rather than Unreadable, which is an outage of one agent alone.
    """
    _raise_worst(await _failed(works))


async def for_each(items: Sequence[T], work: Callable[[T], Awaitable[object]], *, together: int = 1) -> None:
    """Does `work` on each item, so many at a time; one that fails holds up no other. Raises as `all_done`.

    After an outage the rest is left for another time.
    """
    failed: list[BaseException] = []
    for start in range(0, len(items), together):
        failed += await _failed([work(item) for item in items[start : start + together]])
        if any(isinstance(each, Unavailable) and not isinstance(each, Unreadable) for each in failed):
            break
    _raise_worst(failed)


async def _failed(works: Iterable[Awaitable[object]]) -> list[BaseException]:
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


def _raise_worst(failed: Iterable[BaseException]) -> None:
    ranked = sorted(failed, key=lambda each: (isinstance(each, Unreadable), isinstance(each, Unavailable)))
    if ranked:
        raise ranked[0]
