"""Locks after wrong passwords over several shards (design section 8, STORE_SHARDS)."""

import asyncio
from collections.abc import Sequence
from zlib import crc32

from gateway.agents.lockout import Standing
from gateway.agents.redis_attempts import Counted, RedisAttempts
from gateway.redis_link.shards import shard_of
from gateway.wire.errors import StoreUnavailable


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

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> Standing:
        """See `Attempts.begin`."""
        here = self._of(who)
        standing, counted = await here.begin_here(who, address, attempt, address_limit=address_limit, now_ms=now_ms)
        if standing is not Standing.OPEN:
            return standing
        others = [shard for shard in self._shards if shard is not here]
        found = await asyncio.gather(*(_counted(shard, address, address_limit, now_ms) for shard in others))
        failures = counted.failures + sum(each.failures for each in found)
        if failures + counted.in_flight + sum(each.in_flight for each in found) <= address_limit:
            return Standing.OPEN
        await here.withdrawn(who, address, attempt)
        return Standing.LOCKED if failures >= address_limit else Standing.BUSY

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """See `Attempts.failed`."""
        return await self._of(who).failed(who, address, attempt, now_ms=now_ms)

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """See `Attempts.succeeded`."""
        await self._of(who).succeeded(who, address, attempt, now_ms=now_ms)

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """See `Attempts.withdrawn`."""
        await self._of(who).withdrawn(who, address, attempt)


async def _counted(shard: RedisAttempts, address: str, most: int, now_ms: int) -> Counted:
    if not shard.in_reach:
        return Counted(0, 0)
    try:
        return await shard.counted(address, most=most, now_ms=now_ms)
    except StoreUnavailable:
        return Counted(0, 0)
