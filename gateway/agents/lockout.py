"""Locks after wrong passwords: the contract, and its keeping in memory. Times are in ms."""

from collections import OrderedDict, deque
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, Protocol, TypeVar

K = TypeVar("K")

WINDOW_MS: Final = 300_000
"""Failures older than this count no more; a lock lasts as long."""
PAIR_LIMIT: Final = 5
"""Failures of one agent from one address, inside the window, that lock the pair."""


class Attempts(Protocol):
    """Failed sign-ins by pair (agent, address) and by address.

    - A pair with PAIR_LIMIT failures inside WINDOW_MS is locked until WINDOW_MS after the last of them. Failures that
      are reported while it is locked (guesses that were under way) do not prolong the lock.
    - An address is refused while it has `address_limit` failures or more inside WINDOW_MS, over all agents. IPv6
      addresses count by their /64 network there, because one host has a whole one.
    - So nobody is locked out by what happens elsewhere, and a success clears its own pair only.

    `who` is an agent id in decimal, or any text of at most 64 characters for somebody unknown. `address` is an IP
    address in text. `now_ms` is the store's time. Kept over nodes and restarts where the store is; every method raises
    StoreUnavailable when it is out of reach.
    """

    async def locked(self, who: str, address: str, *, address_limit: int, now_ms: int) -> bool:
        """True when a sign-in of this pair must be refused now, whatever the password."""

    async def failed(self, who: str, address: str, *, now_ms: int) -> bool:
        """Counts a failure. True when it is the one that locked the pair."""

    async def succeeded(self, who: str, address: str) -> None:
        """Forgets the failures of the pair."""


def network(address: str) -> str:
    """What an address counts as for the limit by address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed.packed, 64), strict=False))
    return str(parsed)


class MemoryAttempts:
    """`Attempts` for one process. Holds no more than the failures of the last WINDOW_MS."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()
        self._networks: OrderedDict[str, deque[int]] = OrderedDict()

    def __len__(self) -> int:
        """How many failures are remembered, by pair and by network."""
        return sum(map(len, self._pairs.values())) + sum(map(len, self._networks.values()))

    async def locked(self, who: str, address: str, *, address_limit: int, now_ms: int) -> bool:
        """See Attempts."""
        if _locked(self._pairs.get((who, address), ()), now_ms):
            return True
        times = self._networks.get(network(address), ())
        return len(times) >= address_limit and times[-address_limit] > now_ms - WINDOW_MS

    async def failed(self, who: str, address: str, *, now_ms: int) -> bool:
        """See Attempts."""
        _forget(self._pairs, now_ms)
        _forget(self._networks, now_ms)
        _add(self._networks, network(address), now_ms)
        if _locked(self._pairs.get((who, address), ()), now_ms):
            return False
        return len(_add(self._pairs, (who, address), now_ms)) >= PAIR_LIMIT

    async def succeeded(self, who: str, address: str) -> None:
        """See Attempts."""
        self._pairs.pop((who, address), None)


def _locked(times: Sequence[int], now_ms: int) -> bool:
    return len(times) >= PAIR_LIMIT and times[-1] > now_ms - WINDOW_MS


def _add(kept: OrderedDict[K, deque[int]], key: K, now_ms: int) -> deque[int]:
    times = kept.setdefault(key, deque())
    while times and times[0] <= now_ms - WINDOW_MS:
        times.popleft()
    times.append(now_ms)
    kept.move_to_end(key)
    return times


def _forget(kept: OrderedDict[K, deque[int]], now_ms: int) -> None:
    """Drops what is over; entries stand in the order of their last failure."""
    while kept and next(iter(kept.values()))[-1] <= now_ms - WINDOW_MS:
        kept.popitem(last=False)
