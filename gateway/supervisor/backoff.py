"""When a worker that ended comes back (design section 11)."""

from typing import Final

FIRST_S: Final = 0.1
MOST_S: Final = 10.0
STEADY_S: Final = 30.0
"""A worker that ran for so long had no trouble with its start."""


class Backoff:
    """The waits of one worker's place, in s: none at first, then from FIRST_S doubling up to MOST_S."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def after(self, ran_s: float) -> float:
        """How long to wait after a worker that ran for so long."""
        wait_s = 0.0 if ran_s >= STEADY_S else self._next_s
        self._next_s = min(MOST_S, wait_s * 2) if wait_s else FIRST_S
        return wait_s
