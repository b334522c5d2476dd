"""Locks after wrong passwords, kept in Redis: they hold over all nodes and restarts. Times are in ms."""

import asyncio
from collections.abc import Sequence
from itertools import chain
from typing import Final, NamedTuple
from zlib import crc32

from gateway.agents.lockout import (
    AGENT_LIMIT,
    JUDGED_WITHIN_MS,
    KNOWN_MS,
    MOST_KNOWN,
    MOST_LOCKS,
    PAIR_LIMIT,
    SLOW_MS,
    WINDOW_MS,
    AttemptStanding,
    Lock,
    network_lock,
    pair_lock,
)
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.redis_store.shards import shard_of
from gateway.wire.addresses import network
from gateway.wire.errors import StoreUnavailable

BEGIN: Final = load_script("login_begin")
NETWORK: Final = load_script("login_network")
FAILED: Final = load_script("login_failed")
SUCCEEDED: Final = load_script("login_succeeded")
WITHDRAWN: Final = load_script("login_withdrawn")
TOGETHER: Final = 100


class Counted(NamedTuple):
    """What counts against an address: failures, up to a limit, and attempts in flight."""

    failures: int
    in_flight: int


class RedisAttempts:
    """`Attempts` in Redis. Its keys expire WINDOW_MS after the last failure, or the last attempt that began."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._prefix = link.key("sign-in", "")

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> AttemptStanding:
        """See Attempts."""
        standing, _ = await self.begin_here(who, address, attempt, address_limit=address_limit, now_ms=now_ms)
        return standing

    async def begin_here(
        self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int
    ) -> tuple[AttemptStanding, Counted]:
        """As `begin`, and what counts against the address here, the attempt included. Raises StoreUnavailable."""
        slow = (AGENT_LIMIT, SLOW_MS, KNOWN_MS, network(address))
        limits = (now_ms, WINDOW_MS, JUDGED_WITHIN_MS, PAIR_LIMIT, address_limit, attempt, *slow)
        standing, failures, in_flight = await self._link.script(BEGIN, self._keys(who, address), limits)
        return AttemptStanding(standing), Counted(failures, in_flight)

    async def counted(self, address: str, *, most: int, now_ms: int) -> Counted:
        """What counts against the address, failures up to `most`. Raises StoreUnavailable."""
        sender = network(address)
        keys = (f"{self._prefix}from:{sender}", f"{self._prefix}begun:from:{sender}")
        return Counted(*await self._link.script(NETWORK, keys, (now_ms, WINDOW_MS, JUDGED_WITHIN_MS, most)))

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """See Attempts."""
        values = (now_ms, WINDOW_MS, PAIR_LIMIT, attempt, AGENT_LIMIT, network(address), f"{address} {who}")
        keys = (*self._keys(who, address), self._failing, self._locked)
        return bool(await self._link.script(FAILED, keys, values) == 1)

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """See Attempts."""
        known = (now_ms, network(address), KNOWN_MS, MOST_KNOWN)
        await self._link.script(SUCCEEDED, self._keys(who, address), (attempt, now_ms - JUDGED_WITHIN_MS, *known))

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """See Attempts."""
        keys = self._keys(who, address)
        await self._link.script(WITHDRAWN, (*keys[2:4], keys[7]), (attempt,))

    async def locks(self, *, address_limit: int, now_ms: int) -> Sequence[Lock]:
        """See Attempts."""
        pairs, networks = await asyncio.gather(self.locked_pairs(now_ms=now_ms), self.failing(now_ms=now_ms))
        times = await asyncio.gather(*(self.times_of(name, address_limit) for name in networks))
        found = (network_lock(name, each, address_limit, now_ms) for name, each in zip(networks, times, strict=True))
        return [*pairs, *filter(None, found)]

    async def unlock(self, locks: Sequence[Lock]) -> None:
        """See Attempts."""
        for start in range(0, len(locks), TOGETHER):
            await asyncio.gather(*(self._unlock(lock) for lock in locks[start : start + TOGETHER]))

    async def _unlock(self, lock: Lock) -> None:
        command, key = self._link.command, self._link.key
        if lock.who:
            pair = key("sign-in", "of", lock.who, lock.address)
            await asyncio.gather(command("DEL", pair), command("ZREM", self._locked, f"{lock.address} {lock.who}"))
        else:
            failures = key("sign-in", "from", lock.address)
            await asyncio.gather(command("DEL", failures), command("ZREM", self._failing, lock.address))

    async def locked_pairs(self, *, now_ms: int) -> Sequence[Lock]:
        """The locked pairs, the newest, at most MOST_LOCKS. Raises StoreUnavailable."""
        named = [name.partition(" ") for name in await self._newest(self._locked, now_ms)]
        keys = [self._link.key("sign-in", "of", who, address) for address, _, who in named]
        times = await asyncio.gather(*(self._times(key, 2 * PAIR_LIMIT) for key in keys))
        found = (pair_lock(who, address, each, now_ms) for (address, _, who), each in zip(named, times, strict=True))
        return list(filter(None, found))

    async def failing(self, *, now_ms: int) -> Sequence[str]:
        """The networks with failures, the newest, at most MOST_LOCKS. Raises StoreUnavailable."""
        return await self._newest(self._failing, now_ms)

    async def times_of(self, name: str, most: int) -> Sequence[int]:
        """The times of the newest failures of a network, oldest first. Raises StoreUnavailable."""
        return await self._times(self._link.key("sign-in", "from", name), most)

    async def _times(self, key: str, most: int) -> list[int]:
        kept = await self._link.command("LRANGE", key, 0, most - 1)
        return [int(each.partition(b":")[0]) for each in reversed(kept)]

    async def _newest(self, key: str, now_ms: int) -> list[str]:
        limits = ("+inf", f"({now_ms - WINDOW_MS}", "BYSCORE", "REV", "LIMIT", 0, MOST_LOCKS)
        return [name.decode("utf-8", "surrogateescape") for name in await self._link.command("ZRANGE", key, *limits)]

    @property
    def _failing(self) -> str:
        return self._link.key("sign-in", "failing")

    @property
    def _locked(self) -> str:
        return self._link.key("sign-in", "locked")

    def _keys(self, who: str, address: str) -> tuple[str, ...]:
        """As login_begin has them."""
        prefix, sender = self._prefix, network(address)
        return (
            f"{prefix}of:{who}:{address}",
            f"{prefix}from:{sender}",
            f"{prefix}begun:of:{who}:{address}",
            f"{prefix}begun:from:{sender}",
            f"{prefix}everywhere:{who}",
            f"{prefix}known:{who}",
            f"{prefix}turn:{who}",
            f"{prefix}begun:everywhere:{who}",
        )


class ShardedAttempts:
    """`Attempts` over two shards or more.

    An attempt is counted where its agent lies, for the pair and for the address in one step. For the limit by address
    the shards in reach are added up, so that one out of reach locks nobody else out; what it counted is missing until
    it is back, while none of its own agents can be tried. They are asked once the attempt is counted: of two that come
    at the same time at least one sees the other.
    """

    def __init__(self, shards: Sequence[RedisAttempts]) -> None:
        self._shards = tuple(shards)

    def _of(self, who: str) -> RedisAttempts:
        number = int(who) if who.isascii() and who.isdigit() else crc32(who.encode("utf-8", "surrogatepass"))
        return self._shards[shard_of(number, len(self._shards))]

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> AttemptStanding:
        """See `Attempts.begin`."""
        here = self._of(who)
        standing, counted = await here.begin_here(who, address, attempt, address_limit=address_limit, now_ms=now_ms)
        if standing is not AttemptStanding.OPEN:
            return standing
        others = [shard for shard in self._shards if shard is not here]
        found = await asyncio.gather(*(_counted(shard, address, address_limit, now_ms) for shard in others))
        failures = counted.failures + sum(each.failures for each in found)
        if failures + counted.in_flight + sum(each.in_flight for each in found) <= address_limit:
            return AttemptStanding.OPEN
        await here.withdrawn(who, address, attempt)
        return AttemptStanding.LOCKED if failures >= address_limit else AttemptStanding.BUSY

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """See `Attempts.failed`."""
        return await self._of(who).failed(who, address, attempt, now_ms=now_ms)

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """See `Attempts.succeeded`."""
        await self._of(who).succeeded(who, address, attempt, now_ms=now_ms)

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """See `Attempts.withdrawn`."""
        await self._of(who).withdrawn(who, address, attempt)

    async def locks(self, *, address_limit: int, now_ms: int) -> Sequence[Lock]:
        """See `Attempts.locks`; all shards must be in reach."""
        found = await asyncio.gather(*(shard.locked_pairs(now_ms=now_ms) for shard in self._shards))
        failing = await asyncio.gather(*(shard.failing(now_ms=now_ms) for shard in self._shards))
        names = list(dict.fromkeys(chain.from_iterable(failing)))
        networks = await asyncio.gather(*(self._network_lock(name, address_limit, now_ms) for name in names))
        return [*chain.from_iterable(found), *filter(None, networks)]

    async def _network_lock(self, name: str, limit: int, now_ms: int) -> Lock | None:
        times = await asyncio.gather(*(shard.times_of(name, limit) for shard in self._shards))
        return network_lock(name, sorted(chain.from_iterable(times)), limit, now_ms)

    async def unlock(self, locks: Sequence[Lock]) -> None:
        """See `Attempts.unlock`."""
        for shard in self._shards:
            await shard.unlock([lock for lock in locks if not lock.who or self._of(lock.who) is shard])


async def _counted(shard: RedisAttempts, address: str, most: int, now_ms: int) -> Counted:
    if not shard.in_reach:
        return Counted(0, 0)
    try:
        return await shard.counted(address, most=most, now_ms=now_ms)
    except StoreUnavailable:
        return Counted(0, 0)
