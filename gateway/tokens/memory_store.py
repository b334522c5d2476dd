"""`TokenStore` for one process."""

import heapq
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from gateway.tokens.store import MINUTE_MS, Counter, FirstUse, judge

MOST_COUNTERS: Final = 65_536
"""Addresses need no credentials to be counted."""
MOST_COUNTERS_BYTES: Final = 16 * 1_048_576
"""What so many take."""


class MemoryTokenStore:
    """Holds used tokens until their time is over, and the newest counters of the present minute."""

    def __init__(self, most_counters: int = MOST_COUNTERS) -> None:
        self._most_counters = most_counters
        self._used: dict[str, tuple[str, int]] = {}
        self._until: list[tuple[int, str]] = []
        self._minute = 0
        self._tally: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        """How many tokens and counters are remembered."""
        return len(self._used) + len(self._tally)

    async def first_use(self, token_id: str, request: str, *, ttl_ms: int, now_ms: int) -> FirstUse:
        """See TokenStore."""
        self._forget(now_ms)
        verdict = judge(self._used.get(token_id), request, now_ms)
        if verdict is FirstUse.NEW:
            self._used[token_id] = request, now_ms
            heapq.heappush(self._until, (now_ms + ttl_ms, token_id))
        return verdict

    async def seen(self, token_id: str, request: str, *, now_ms: int) -> FirstUse:
        """See TokenStore."""
        self._forget(now_ms)
        return judge(self._used.get(token_id), request, now_ms)

    async def count(self, counters: Sequence[Counter], *, now_ms: int) -> bool:
        """See TokenStore."""
        if now_ms // MINUTE_MS != self._minute:
            self._minute = now_ms // MINUTE_MS
            self._tally.clear()
        within = True
        for counter in counters:
            count = self._tally[counter.name] = self._tally.get(counter.name, 0) + 1
            within &= count <= counter.limit
        while len(self._tally) > self._most_counters:
            self._tally.popitem(last=False)
        return within

    def _forget(self, now_ms: int) -> None:
        while self._until and self._until[0][0] <= now_ms:
            _, token_id = heapq.heappop(self._until)
            self._used.pop(token_id, None)
