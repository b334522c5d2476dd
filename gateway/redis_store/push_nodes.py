"""Which gateway processes are alive, said in Redis, in every shard that is in reach."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.wire.errors import StoreUnavailable

_ALIVE: Final = load_script("push_nodes")


class RedisPushNodes:
    """`PushNodes` over a link, in the store's time. `work` names what the processes do; each work has its own."""

    def __init__(self, link: RedisLink, work: str = "push") -> None:
        self._link = link
        self._work = work

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """See `PushNodes.alive`."""
        return await self._say(process, lease_ms)

    async def leave(self, process: str) -> None:
        """See `PushNodes.leave`."""
        await self._say(process, 0)

    async def _say(self, process: str, for_ms: int) -> AbstractSet[str]:
        names = await self._link.script(
            _ALIVE, [self._link.key(self._work, "alive")], [process, for_ms, self._link.now_ms()]
        )
        return frozenset(name.decode("utf-8", "replace") for name in names)


class ShardedPushNodes:
    """`PushNodes` over two shards or more. Who is alive in any of them is: losing one moves no session.

    Both methods raise StoreUnavailable only when no shard is in reach.
    """

    def __init__(self, shards: Sequence[RedisPushNodes]) -> None:
        self._shards = tuple(shards)

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """See `PushNodes.alive`."""
        asked = (shard.alive(process, lease_ms) for shard in self._shards if shard.in_reach)
        answers = await asyncio.gather(*asked, return_exceptions=True)
        found = [answer for answer in answers if not isinstance(answer, BaseException)]
        _raise_other(answers)
        if not found:
            raise StoreUnavailable
        return frozenset().union(*found)

    async def leave(self, process: str) -> None:
        """See `PushNodes.leave`."""
        told = (shard.leave(process) for shard in self._shards if shard.in_reach)
        answers = await asyncio.gather(*told, return_exceptions=True)
        _raise_other(answers)
        if all(isinstance(answer, BaseException) for answer in answers):
            raise StoreUnavailable


def _raise_other(answers: Sequence[object]) -> None:
    """A fault of ours is none of an outage."""
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, StoreUnavailable):
            raise answer
