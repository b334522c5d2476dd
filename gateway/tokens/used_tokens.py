"""What must be remembered about tokens, over all nodes: the contract, and its keeping in memory. Times are in ms."""

import heapq
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

REPEAT_MS: Final = 30_000
"""The request that used a token may come once more within this time: its answer may have been lost."""
MINUTE_MS: Final = 60_000
MOST_COUNTERS: Final = 65_536
"""Addresses need no credentials to be counted."""
MOST_COUNTERS_BYTES: Final = 16 * 1_048_576
"""What so many take."""


class FirstUse(IntEnum):
    """What the use of a token is."""

    NEW = 0
    """Nobody used it before."""
    SAME = 1
    """The request that used it, once more within REPEAT_MS."""
    USED = 2
    """Another request used it, or the same one longer ago."""


class MinuteLimit(NamedTuple):
    """What is counted, and how often it may happen within a minute."""

    name: str
    limit: int


class TokenStore(Protocol):
    """Used token ids and counted requests.

    `request` is a digest of the whole request and its sender in hex. `now_ms` is the store's time. Each method is one
    atomic step, over all nodes where the store is shared, and raises StoreUnavailable when it is out of reach.
    """

    async def first_use(self, token_id: str, request: str, *, ttl_ms: int, now_ms: int) -> FirstUse:
        """Marks the token as used by this request, for `ttl_ms` from now, unless it is already.

        Of any number of calls with different requests, on any nodes, exactly one gets NEW.
        """

    async def seen(self, token_id: str, request: str, *, now_ms: int) -> FirstUse:
        """What `first_use` would answer; nothing changes."""

    async def count(self, counters: Sequence[MinuteLimit], *, now_ms: int) -> bool:
        """Counts a request once on each of `counters`, in the present minute. False when a limit is exceeded."""


def judge(known: tuple[str, int] | None, request: str, now_ms: int) -> FirstUse:
    """The rule: `known` is the request that used the token and when, None when there was none."""
    if known is None:
        return FirstUse.NEW
    user, used_ms = known
    return FirstUse.SAME if user == request and now_ms - used_ms <= REPEAT_MS else FirstUse.USED


def wait_s(now_ms: int) -> int:
    """Seconds until the present minute of the counters is over, at least 1."""
    return max(1, -(-(MINUTE_MS - now_ms % MINUTE_MS) // 1000))


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

    async def count(self, counters: Sequence[MinuteLimit], *, now_ms: int) -> bool:
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
