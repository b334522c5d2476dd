"""How long things took."""

from typing import Final

_LONGEST_MS: Final = 10_000


class Latencies:
    """Times in whole ms, counted one by one up to 10 s, so that a percentile costs the same on a long day."""

    def __init__(self) -> None:
        self.count = 0
        self._by_ms = [0] * (_LONGEST_MS + 1)

    def add(self, ms: float) -> None:
        """One more; what is longer than 10 s counts as 10 s."""
        self.count += 1
        self._by_ms[min(_LONGEST_MS, max(0, int(ms)))] += 1

    def percentile(self, percent: float) -> int:
        """The ms that `percent` of all do not exceed; 0 where there are none."""
        wanted, seen = self.count * percent / 100, 0
        for ms, count in enumerate(self._by_ms):
            seen += count
            if count and seen >= wanted:
                return ms
        return 0
