"""Locks after wrong passwords: the contract, and its keeping in memory. Times are in ms.

Whoever judges a password, here or elsewhere, an attempt is counted before it is judged: of many guesses sent at once
no more are judged than of those sent one after the other.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice, takewhile
from typing import Final, Generic, Protocol, TypeVar

from gateway.wire.addresses import network

K = TypeVar("K")

WINDOW_MS: Final = 300_000
"""Failures older than this count no more; a lock lasts as long."""
PAIR_LIMIT: Final = 5
"""Failures of one agent from one address, inside the window, that lock the pair."""
AGENT_LIMIT: Final = 50
"""Failures of one agent from all addresses together, inside the window, from which on its attempts are slowed."""
SLOW_MS: Final = 2_000
"""Between two attempts of an agent that are slowed."""
KNOWN_MS: Final = 43_200_000
"""For how long an address where the agent signed in is exempt: a working day."""
MOST_KNOWN: Final = 16
"""Such addresses of one agent, the newest."""
MOST_FAILURES: Final = 24_576
"""Kept in memory at most, by pair and by address; more than two threads can hash in WINDOW_MS."""
MOST_FAILURES_BYTES: Final = 24 * 1_048_576
"""What so many take where each is of a pair and an address of its own."""
MOST_LOCKS: Final = 1000
"""That operators are shown of a kind."""
JUDGED_WITHIN_MS: Final = 40_000
"""Longer than any judge may take. An attempt that nobody has ended by then counts as a failure: its node died."""


class AttemptStanding(IntEnum):
    """Whether an attempt may be judged now; the greater one decides where there are two."""

    OPEN = 0
    BUSY = 1
    """Not before one of those in flight has ended: should all of them fail, the limit is reached."""
    LOCKED = 2


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock in force: of a pair, or with `who` "" of an address; there `address` is what `network` says of it.

    `failures`: how many failed sign-ins it comes from, no more than bring one about; `last_ms` when the last of them
    was, `until_ms` when it ends.
    """

    who: str
    address: str
    failures: int
    last_ms: int
    until_ms: int


def pair_lock(who: str, address: str, times: Sequence[int], now_ms: int) -> Lock | None:
    """The lock of a pair with failures at these times, oldest first; None where it has none."""
    if not _locked(times, now_ms):
        return None
    return Lock(who, address, min(len(times), PAIR_LIMIT), times[-1], times[-1] + WINDOW_MS)


def network_lock(address: str, times: Sequence[int], limit: int, now_ms: int) -> Lock | None:
    """The lock of an address with failures at these times, oldest first; None where it has none."""
    if not times or not _at_least(limit, times, now_ms):
        return None
    inside = len(times) - bisect_right(times, now_ms - WINDOW_MS)
    return Lock("", address, min(inside, limit), times[-1], times[-limit] + WINDOW_MS)


class Attempts(Protocol):
    """Sign-ins in flight and failed ones, by pair (agent, address) and by address.

    - An attempt begins before it is judged, and ends as failed, succeeded or withdrawn (nobody judged it). Until then
      it is in flight, and as many may be in flight as may still fail: failures and attempts in flight together never
      exceed PAIR_LIMIT for a pair, nor `address_limit` for an address, over all nodes.
    - A pair with PAIR_LIMIT failures inside WINDOW_MS is locked until WINDOW_MS after the last of them. Failures that
      are reported while it is locked (guesses that were under way) do not prolong the lock.
    - An address is refused while it has `address_limit` failures or more inside WINDOW_MS, over all agents. IPv6
      addresses count by their /64 network there, because one host has a whole one.
    - An agent with AGENT_LIMIT failures inside WINDOW_MS and attempts in flight, from all addresses together, is
      slowed: one attempt begins in SLOW_MS, the others are BUSY. Addresses (IPv6: networks) where it signed in within
      KNOWN_MS are exempt.
    - So nobody is locked out by what happens elsewhere, and a success clears its own pair only.

    `who` is an agent id in decimal, or any text of at most 64 characters for somebody unknown. `address` is an IP
    address in text, `attempt` a text of its own for each. `now_ms` is the store's time. Kept over nodes and restarts
    where the store is, and never longer than WINDOW_MS after the last change; every method raises StoreUnavailable
    when it is out of reach.
    """

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> AttemptStanding:
        """Counts an attempt, in one step with the look at what counts already; unless OPEN nothing is counted."""

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """The attempt was judged wrong. True when it is the one that locked the pair."""

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """The attempt was judged right: forgets the failures of the pair."""

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """Nobody could judge the attempt: as if it had not been."""

    async def locks(self, *, address_limit: int, now_ms: int) -> Sequence[Lock]:
        """The locks in force, for operators: at most MOST_LOCKS pairs and as many networks, the newest."""

    async def unlock(self, locks: Sequence[Lock]) -> None:
        """Forgets the failures behind these locks."""


class MemoryAttempts:
    """`Attempts` for one process. Holds the newest `most` failures and attempts of the last WINDOW_MS, no more.

    A lock that is forgotten early for that helps nobody: who brings forth so many failures has as many addresses.
    """

    def __init__(self, most: int = MOST_FAILURES) -> None:
        self._most = most
        self._pairs: _Failures[tuple[str, str]] = _Failures(most)
        self._networks: _Failures[str] = _Failures(most)
        self._crowd = _Crowd(most)
        self._begun_pairs: OrderedDict[tuple[str, str], dict[str, int]] = OrderedDict()
        self._begun_networks: OrderedDict[str, dict[str, int]] = OrderedDict()

    def __len__(self) -> int:
        """How many failures and attempts are remembered, by pair and by network."""
        begun = (self._begun_pairs, self._begun_networks)
        in_flight = sum(len(counted) for by_key in begun for counted in by_key.values())
        return self._pairs.count + self._networks.count + len(self._crowd) + in_flight

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> AttemptStanding:
        """See Attempts."""
        self._forget(now_ms)
        pair, sender = (who, address), network(address)
        failures = self._pairs.of(pair)
        if _locked(failures, now_ms):
            return AttemptStanding.LOCKED
        standing = max(
            _standing(failures, _begun(self._begun_pairs, pair, now_ms), PAIR_LIMIT, now_ms),
            _standing(self._networks.of(sender), _begun(self._begun_networks, sender, now_ms), address_limit, now_ms),
        )
        if standing is AttemptStanding.OPEN and self._crowd.must_wait(who, sender, now_ms):
            return AttemptStanding.BUSY
        if standing is AttemptStanding.OPEN:
            self._crowd.begin(who, attempt, now_ms)
            _begin(self._begun_pairs, pair, attempt, now_ms, self._most)
            _begin(self._begun_networks, sender, attempt, now_ms, self._most)
        return standing

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """See Attempts."""
        await self.withdrawn(who, address, attempt)
        self._forget(now_ms)
        self._networks.add(network(address), now_ms)
        self._crowd.failed(who, now_ms)
        if _locked(self._pairs.of((who, address)), now_ms):
            return False
        return self._pairs.add((who, address), now_ms) >= PAIR_LIMIT

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """See Attempts."""
        await self.withdrawn(who, address, attempt)
        self._pairs.forget((who, address))
        self._crowd.succeeded(who, network(address), now_ms)
        begun = self._begun_pairs.get((who, address), {})
        for lapsed in _lapsed(begun, now_ms):
            del begun[lapsed]

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """See Attempts."""
        self._crowd.end(who, attempt)
        _end(self._begun_pairs, (who, address), attempt)
        _end(self._begun_networks, network(address), attempt)

    async def locks(self, *, address_limit: int, now_ms: int) -> Sequence[Lock]:
        """See Attempts."""
        pairs = (pair_lock(*pair, times, now_ms) for pair, times in self._pairs.newest())
        networks = (network_lock(name, times, address_limit, now_ms) for name, times in self._networks.newest())
        return [*islice(filter(None, pairs), MOST_LOCKS), *islice(filter(None, networks), MOST_LOCKS)]

    async def unlock(self, locks: Sequence[Lock]) -> None:
        """See Attempts."""
        for lock in locks:
            if lock.who:
                self._pairs.forget((lock.who, lock.address))
            else:
                self._networks.forget(lock.address)

    def _forget(self, now_ms: int) -> None:
        """Drops what is over; entries stand in the order of their last failure, or of their last beginning."""
        self._pairs.forget_before(now_ms - WINDOW_MS)
        self._networks.forget_before(now_ms - WINDOW_MS)
        self._crowd.forget(now_ms)
        _forget_begun(self._begun_pairs, now_ms)
        _forget_begun(self._begun_networks, now_ms)


def _locked(times: Sequence[int], now_ms: int) -> bool:
    return len(times) >= PAIR_LIMIT and times[-1] > now_ms - WINDOW_MS


def _standing(times: Sequence[int], begun: Mapping[str, int], limit: int, now_ms: int) -> AttemptStanding:
    lapsed = len(_lapsed(begun, now_ms))
    if _at_least(limit - lapsed, times, now_ms):
        return AttemptStanding.LOCKED
    return AttemptStanding.BUSY if _at_least(limit - len(begun), times, now_ms) else AttemptStanding.OPEN


def _lapsed(begun: Mapping[str, int], now_ms: int) -> Sequence[str]:
    """The attempts that count as failures; what began first stands first."""
    return [attempt for attempt, _ in takewhile(lambda item: item[1] <= now_ms - JUDGED_WITHIN_MS, begun.items())]


def _at_least(count: int, times: Sequence[int], now_ms: int) -> bool:
    """Whether so many of `times` are inside the window."""
    return count <= 0 or (len(times) >= count and times[-count] > now_ms - WINDOW_MS)


def _begun(kept: Mapping[K, dict[str, int]], key: K, now_ms: int) -> Mapping[str, int]:
    """What has begun inside the window and has no end yet."""
    begun = kept.get(key, {})
    while begun and next(iter(begun.values())) <= now_ms - WINDOW_MS:
        del begun[next(iter(begun))]
    return begun


def _begin(kept: OrderedDict[K, dict[str, int]], key: K, attempt: str, now_ms: int, most: int) -> None:
    kept.setdefault(key, {})[attempt] = now_ms
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)


def _forget_begun(kept: OrderedDict[K, dict[str, int]], now_ms: int) -> None:
    while kept and max(next(iter(kept.values())).values(), default=0) <= now_ms - WINDOW_MS:
        kept.popitem(last=False)


def _end(kept: OrderedDict[K, dict[str, int]], key: K, attempt: str) -> None:
    begun = kept.get(key)
    if begun is not None:
        begun.pop(attempt, None)
        if not begun:
            del kept[key]


class _Failures(Generic[K]):
    """Times of failures by key, in the order of the last ones. `count` is how many there are, never above `most`."""

    def __init__(self, most: int) -> None:
        self.count = 0
        self._most = most
        self._kept: OrderedDict[K, list[int]] = OrderedDict()

    def of(self, key: K) -> Sequence[int]:
        """Those of a key, oldest first."""
        return self._kept.get(key, ())

    def newest(self) -> Iterator[tuple[K, Sequence[int]]]:
        """All keys with theirs, the newest last one first."""
        return ((key, self._kept[key]) for key in reversed(self._kept))

    def add(self, key: K, now_ms: int, limit: int = MOST_FAILURES) -> int:
        """One more, in place of those of the key that are over or beyond the newest `limit`; how many it has now."""
        times = self._kept.setdefault(key, [])
        over = max(bisect_right(times, now_ms - WINDOW_MS), len(times) + 1 - limit)
        del times[:over]
        times.append(now_ms)
        self.count += 1 - over
        self._kept.move_to_end(key)
        while self.count > self._most:
            self.forget(next(iter(self._kept)))
        return len(times)

    def forget(self, key: K) -> None:
        """Drops all of a key."""
        self.count -= len(self._kept.pop(key, ()))

    def forget_before(self, since_ms: int) -> None:
        """Drops the keys whose last one is not younger."""
        while self._kept and next(iter(self._kept.values()))[-1] <= since_ms:
            self.forget(next(iter(self._kept)))


class _Crowd:
    """What counts against an agent from everywhere, and where it is known. Each part holds the newest `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures: _Failures[str] = _Failures(most)
        self._known: OrderedDict[str, OrderedDict[str, int]] = OrderedDict()
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._begun: OrderedDict[str, dict[str, int]] = OrderedDict()

    def __len__(self) -> int:
        """How much is remembered."""
        in_flight = sum(map(len, self._begun.values()))
        return self._failures.count + in_flight + sum(map(len, self._known.values())) + len(self._turns)

    def begin(self, who: str, attempt: str, now_ms: int) -> None:
        """One more in flight."""
        _begin(self._begun, who, attempt, now_ms, self._most)

    def end(self, who: str, attempt: str) -> None:
        """It has landed."""
        _end(self._begun, who, attempt)

    def must_wait(self, who: str, sender: str, now_ms: int) -> bool:
        """Whether another one has its turn; else it is the turn of this one."""
        in_flight = len(_begun(self._begun, who, now_ms))
        if not _at_least(AGENT_LIMIT - in_flight, self._failures.of(who), now_ms):
            return False
        known_ms = self._known[who].get(sender) if who in self._known else None
        if known_ms is not None and known_ms > now_ms - KNOWN_MS:
            return False
        if 0 <= now_ms - self._turns.get(who, now_ms - SLOW_MS) < SLOW_MS:
            return True
        self._turns[who] = now_ms
        self._turns.move_to_end(who)
        return False

    def failed(self, who: str, now_ms: int) -> None:
        """One more, from wherever."""
        self._failures.add(who, now_ms, AGENT_LIMIT)

    def succeeded(self, who: str, sender: str, now_ms: int) -> None:
        """The agent is known there from now on."""
        places = self._known.setdefault(who, OrderedDict())
        places[sender] = now_ms
        places.move_to_end(sender)
        self._known.move_to_end(who)
        if len(places) > MOST_KNOWN:
            places.popitem(last=False)
        if len(self._known) > self._most // MOST_KNOWN:
            self._known.popitem(last=False)

    def forget(self, now_ms: int) -> None:
        """Drops what is over."""
        self._failures.forget_before(now_ms - WINDOW_MS)
        _forget_begun(self._begun, now_ms)
        while self._turns and next(iter(self._turns.values())) <= now_ms - SLOW_MS:
            self._turns.popitem(last=False)
