"""Locks after wrong passwords, kept in Redis: they hold over all nodes and restarts. Times are in ms."""

import secrets
from typing import Final

from gateway.agents.lockout import PAIR_LIMIT, WINDOW_MS, network
from gateway.redis_link.link import RedisLink
from gateway.redis_link.scripts import load_script

LOCKED: Final = load_script("gateway.agents", "login_locked")
FAILED: Final = load_script("gateway.agents", "login_failed")
FAILURES: Final = load_script("gateway.agents", "login_failures")


class RedisAttempts:
    """`Attempts` in Redis. Its keys expire WINDOW_MS after the last failure."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def failures_from(self, address: str, *, most: int, now_ms: int) -> int:
        """How many failures of this address count against its limit, at most `most`. Raises StoreUnavailable."""
        return int(await self._link.script(FAILURES, (self._network(address),), (now_ms, WINDOW_MS, most)))

    async def locked(self, who: str, address: str, *, address_limit: int, now_ms: int) -> bool:
        """See Attempts."""
        keys = (self._pair(who, address), self._network(address))
        return bool(await self._link.script(LOCKED, keys, (now_ms, WINDOW_MS, PAIR_LIMIT, address_limit)) == 1)

    async def failed(self, who: str, address: str, *, now_ms: int) -> bool:
        """See Attempts."""
        keys = (self._pair(who, address), self._network(address))
        return bool(await self._link.script(FAILED, keys, (now_ms, WINDOW_MS, PAIR_LIMIT, secrets.token_hex(8))) == 1)

    async def succeeded(self, who: str, address: str) -> None:
        """See Attempts."""
        await self._link.command("DEL", self._pair(who, address))

    def _pair(self, who: str, address: str) -> str:
        return self._link.key("sign-in", "of", who, address)

    def _network(self, address: str) -> str:
        return self._link.key("sign-in", "from", network(address))
