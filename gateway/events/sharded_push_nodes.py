"""Which processes are alive, said to several shards (design section 8, STORE_SHARDS)."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from gateway.events.push_nodes import RedisPushNodes
from gateway.wire.errors import StoreUnavailable


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
