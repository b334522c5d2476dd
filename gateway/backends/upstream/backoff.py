"""Pauses after failures: each about twice the one before, with jitter, so that thousands do not come back at once."""

import random
from typing import Final

FIRST_S: Final = 0.2
MOST_S: Final = 5.0
"""Far below the two minutes after which a contact centre signs out an agent that is silent."""
_CHANCE: Final = random.Random()


class Backoff:
    """`chance` gives numbers from 0 to 1; all share one, which takes 2.5 KB."""

    def __init__(self, chance: random.Random = _CHANCE) -> None:
        self._chance = chance
        self._failures = 0

    def next_s(self) -> float:
        """How long to wait now, in s."""
        longest: float = min(MOST_S, FIRST_S * 2 ** min(self._failures, 10))
        self._failures += 1
        return longest * (0.5 + self._chance.random() / 2)

    def reset(self) -> None:
        """It worked."""
        self._failures = 0
