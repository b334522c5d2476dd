"""Which processes serve, said in Redis: one hash of what each says, and one key for each node that is to drain."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gateway.nodes.node_keeper import GONE_MS, DrainWish, ProcessState
from gateway.redis_store.link import RedisLink

KEPT_MS: Final = 3_600_000
"""A wish lives as long after the last word of its node."""
FORGOTTEN_MS: Final = 60_000
_STATE: Final = TypeAdapter(ProcessState)
_WISH: Final = TypeAdapter(DrainWish)


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
