"""The processes of the gateway, said in Redis: how each of a node stands, and which are alive.

`RedisNodeBook` has one hash of what each says, and one key for each node that is to drain; `RedisPushNodes` tells, in
every shard that is in reach, who holds a work.
"""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gateway.nodes.node_keeper import GONE_MS, DrainWish, ProcessState
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.wire.errors import StoreUnavailable

KEPT_MS: Final = 3_600_000
"""A wish lives as long after the last word of its node."""
FORGOTTEN_MS: Final = 60_000
_STATE: Final = TypeAdapter(ProcessState)
_WISH: Final = TypeAdapter(DrainWish)
_ALIVE: Final = load_script("push_nodes")


class RedisNodeBook:
    """`NodeBook` over a link, that of the first shard."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._key = link.key("nodes")

    async def say(self, state: ProcessState) -> DrainWish | None:
        """See NodeBook."""
        command, wish_key = self._link.command, self._wish_key(state.run)
        sent = [
            command("HSET", self._key, state.process, to_json(state)),
            command("PEXPIRE", self._key, KEPT_MS),
            command("GET", wish_key),
        ]
        if state.draining:
            sent.append(command("PEXPIRE", wish_key, KEPT_MS))
        kept = (await asyncio.gather(*sent))[2]
        try:
            return None if kept is None else _WISH.validate_json(kept)
        except ValidationError:
            return None

    async def all(self, now_ms: int) -> Sequence[ProcessState]:
        """See NodeBook. What nobody has said anything of for long is forgotten."""
        found, gone = list[ProcessState](), list[bytes]()
        for process, kept in (await self._link.command("HGETALL", self._key)).items():
            try:
                state = _STATE.validate_json(kept)
            except ValidationError:  # Of another version.
                continue
            if now_ms - state.seen_ms < GONE_MS:
                found.append(state)
            elif now_ms - state.seen_ms > FORGOTTEN_MS:
                gone.append(process)
        if gone:
            await self._link.command("HDEL", self._key, *gone)
        return found

    async def wish(self, run: str, wish: DrainWish | None) -> None:
        """See NodeBook."""
        key = self._wish_key(run)
        if wish is None:
            await self._link.command("DEL", key)
        else:
            await self._link.command("SET", key, to_json(wish), "PX", KEPT_MS)

    async def leave(self, state: ProcessState) -> None:
        """See NodeBook."""
        await self._link.command("HDEL", self._key, state.process)

    def _wish_key(self, run: str) -> str:
        return self._link.key("drain", run)


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
