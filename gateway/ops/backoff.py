"""Waits after failures that follow one another: each longer than the one before, so that what is down is left in peace.

With jitter, so that thousands that failed together do not come back together.
"""

import random
from collections.abc import Callable


class Backoff:
    """From `first_s` to `most_s`, each `factor` times the one before and then shortened by up to `jitter` of itself.

    With `at_once` the very first try comes without a wait. `chance` gives numbers from 0 to 1.
    """

    __slots__ = ("_at_once", "_chance", "_factor", "_first_s", "_jitter", "_most_s", "_next_s")

    def __init__(
        self,
        first_s: float,
        most_s: float,
        *,
        factor: float = 2.0,
        jitter: float = 0.5,
        at_once: bool = False,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._factor = factor
        self._jitter = jitter
        self._at_once = at_once
        self._chance = chance
        self._next_s: float
        self.reset()

    def next_s(self) -> float:
        """How long to wait now."""
        wait_s = self._next_s
        self._next_s = min(self._most_s, wait_s * self._factor) if wait_s else self._first_s
        return wait_s * (1 - self._jitter * self._chance())

    def reset(self) -> None:
        """It worked."""
        self._next_s = 0.0 if self._at_once else min(self._first_s, self._most_s)
