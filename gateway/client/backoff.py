"""Pauses after failures: each about twice the one before, with jitter, so that thousands do not come back at once."""

import random


class Backoff:
    """From `first_s` to `longest_s`; a pause that the gateway asked for (Retry-After) is kept at least."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._failures = 0

    def next_s(self, at_least_s: float = 0) -> float:
        """How long to wait now."""
        longest_s = min(self._longest_s, self._first_s * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return max(at_least_s, longest_s * random.uniform(0.5, 1))

    def reset(self) -> None:
        """It worked."""
        self._failures = 0
