"""Locks after wrong passwords over several shards (design section 8, STORE_SHARDS)."""

import asyncio
from collections.abc import Sequence
from zlib import crc32

from gateway.agents.redis_attempts import RedisAttempts
from gateway.redis_link.shards import shard_of
from gateway.wire.errors import StoreUnavailable


class ShardedAttempts:
    """`Attempts` over two shards or more.

    A failure is counted where its agent lies, for the pair and for the address in one step. For the limit by address
    the shards in reach are added up, so that one out of reach locks nobody else out; what it counted is missing until
    it is back, while none of its own agents can be tried.
    """

    def __init__(self, shards: Sequence[RedisAttempts]) -> None:
        self._shards = tuple(shards)

    def _of(self, who: str) -> RedisAttempts:
        number = int(who) if who.isascii() and who.isdigit() else crc32(who.encode("utf-8", "surrogatepass"))
        return self._shards[shard_of(number, len(self._shards))]

    async def locked(self, who: str, address: str, *, address_limit: int, now_ms: int) -> bool:
        """See `Attempts.locked`."""
        here = self._of(who)
        (locked, count), elsewhere = await asyncio.gather(
            here.standing(who, address, most=address_limit, now_ms=now_ms),
            self._failures(here, who, address, address_limit, now_ms),
        )
        return locked or count + elsewhere >= address_limit

    async def _failures(self, but: RedisAttempts, who: str, address: str, most: int, now_ms: int) -> int:
        """How many count against the address in all shards in reach but one."""
        others = (shard for shard in self._shards if shard is not but)
        return sum(await asyncio.gather(*(_failures(shard, who, address, most, now_ms) for shard in others)))

    async def failed(self, who: str, address: str, *, now_ms: int) -> bool:
        """See `Attempts.failed`."""
        return await self._of(who).failed(who, address, now_ms=now_ms)

    async def succeeded(self, who: str, address: str) -> None:
        """See `Attempts.succeeded`."""
        await self._of(who).succeeded(who, address)


async def _failures(shard: RedisAttempts, who: str, address: str, most: int, now_ms: int) -> int:
    if not shard.in_reach:
        return 0
    try:
        _, failures = await shard.standing(who, address, most=most, now_ms=now_ms)
    except StoreUnavailable:
        return 0
    return failures
