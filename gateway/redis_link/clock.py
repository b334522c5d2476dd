"""The store's time: the monotonic clock plus what Redis adds to it, never backwards (design section 5, Time)."""

import time
from collections.abc import Callable


class StoreClock:
    """Follows the clock of Redis. Before its first answer it starts from the wall clock of this machine."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._monotonic = monotonic
        self._offset_s = wall() - monotonic()
        self._known = False
        self._last_ms = 0

    def now_ms(self) -> int:
        """Ms since the epoch, never less than the last time it was asked."""
        self._last_ms = max(self._last_ms, int((self._monotonic() + self._offset_s) * 1000))
        return self._last_ms

    def sample(self, redis_s: float, asked_s: float) -> None:
        """Redis said `redis_s` (s since the epoch) at some moment between `asked_s` on the monotonic clock and now.

        The offset moves no further than this makes certain, so that slow answers do not shake the clock.
        """
        least, most = redis_s - self._monotonic(), redis_s - asked_s
        self._offset_s = min(max(self._offset_s, least), most) if self._known else (least + most) / 2
        self._known = True
