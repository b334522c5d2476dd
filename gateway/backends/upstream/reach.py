"""Whether the service behind is in reach: one log line at each change (design section 11)."""

import logging
import time
from collections.abc import Callable
from typing import Final

from gateway.backends.upstream import counts

OUT_AFTER_S: Final = 2.0
"""Failures for so long without an answer in between make it out of reach; a single late answer does not."""

_LOG = logging.getLogger(__name__)


class Reach:
    """Hears of every answer and every failure. `clock` gives s."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._failing_since: float | None = None
        self._out = False
        counts.IN_REACH.set(1)

    @property
    def out(self) -> bool:
        """It is out of reach."""
        return self._out

    def answered(self) -> None:
        """An answer came, whatever it says."""
        if self._out and self._failing_since is not None:
            _LOG.info("%s is in reach after %.1f s", self._name, self._clock() - self._failing_since)
            counts.IN_REACH.set(1)
        self._failing_since, self._out = None, False

    def failed(self, why: str) -> None:
        """No answer came."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
        if not self._out and now - self._failing_since >= OUT_AFTER_S:
            self._out = True
            _LOG.warning("%s is out of reach: %s", self._name, why)
            counts.IN_REACH.set(0)
