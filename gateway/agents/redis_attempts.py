"""Locks after wrong passwords, kept in Redis: they hold over all nodes and restarts. Times are in ms."""

import secrets
from typing import Final

from gateway.agents.lockout import PAIR_LIMIT, WINDOW_MS, network
from gateway.redis_link.link import RedisLink
from gateway.redis_link.scripts import load_script

STANDING: Final = load_script("gateway.agents", "login_standing")
FAILED: Final = load_script("gateway.agents", "login_failed")


class RedisAttempts:
    """`Attempts` in Redis. Its keys expire WINDOW_MS after the last failure."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def standing(self, who: str, address: str, *, most: int, now_ms: int) -> tuple[bool, int]:
        """Whether the pair is locked, and how many failures count against the address, at most `most`.

        Raises StoreUnavailable.
        """
        keys = (self._pair(who, address), self._network(address))
        locked, failures = await self._link.script(STANDING, keys, (now_ms, WINDOW_MS, PAIR_LIMIT, most))
        return locked == 1, int(failures)

    async def locked(self, who: str, address: str, *, address_limit: int, now_ms: int) -> bool:
        """See Attempts."""
        locked, failures = await self.standing(who, address, most=address_limit, now_ms=now_ms)
        return locked or failures >= address_limit

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
