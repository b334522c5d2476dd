"""The store's time: the monotonic clock plus what Redis adds to it, never backwards (design section 5, Time)."""

import time


class StoreClock:
    """Follows the clock of Redis. Before its first answer it starts from the wall clock of this machine."""

    def __init__(self) -> None:
        self._offset_s = time.time() - time.monotonic()
        self._known = False
        self._last_ms = 0

    def now_ms(self) -> int:
        """Ms since the epoch, never less than the last time it was asked."""
        self._last_ms = max(self._last_ms, int((time.monotonic() + self._offset_s) * 1000))
        return self._last_ms

    def sample(self, redis_s: float, asked_s: float, answered_s: float) -> None:
        """Redis said `redis_s` (s since the epoch) at some moment between two readings of the monotonic clock (s).

        The offset moves no further than this makes certain, so that slow answers do not shake the clock.
        """
        least, most = redis_s - answered_s, redis_s - asked_s
        self._offset_s = min(max(self._offset_s, least), most) if self._known else (least + most) / 2
        self._known = True
