"""`TokenStore` in Redis: a token is used once over all nodes."""

from collections.abc import Sequence
from typing import Final

from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.tokens.used_tokens import MINUTE_MS, REPEAT_MS, FirstUse, MinuteLimit

FIRST_USE: Final = load_script("token_first_use")
COUNT: Final = load_script("token_uses")
LOOK_ONLY: Final = 0
"""A time to live for the script that makes it change nothing."""


class RedisTokenStore:
    """Keys expire by themselves: those of used tokens with the token, those of counters with their minute."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def first_use(self, token_id: str, request: str, *, ttl_ms: int, now_ms: int) -> FirstUse:
        """See TokenStore. A replica has it when this returns, where there is one."""
        answer = await self._link.durable(FIRST_USE, [self._used(token_id)], (request, now_ms, REPEAT_MS, ttl_ms))
        return FirstUse(answer)

    async def seen(self, token_id: str, request: str, *, now_ms: int) -> FirstUse:
        """See TokenStore."""
        answer = await self._link.script(FIRST_USE, [self._used(token_id)], (request, now_ms, REPEAT_MS, LOOK_ONLY))
        return FirstUse(answer)

    async def count(self, counters: Sequence[MinuteLimit], *, now_ms: int) -> bool:
        """See TokenStore."""
        minute = now_ms // MINUTE_MS
        keys = [self._link.key("token-rate", counter.name, minute) for counter in counters]
        limits = [counter.limit for counter in counters]
        return bool(await self._link.script(COUNT, keys, (2 * MINUTE_MS, *limits)) == 1)

    def _used(self, token_id: str) -> str:
        return self._link.key("token-used", token_id)
