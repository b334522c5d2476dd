"""Locks after wrong passwords, kept in Redis: they hold over all nodes and restarts. Times are in ms."""

from typing import Final, NamedTuple

from gateway.agents.lockout import JUDGED_WITHIN_MS, PAIR_LIMIT, WINDOW_MS, Standing, network
from gateway.redis_link.link import RedisLink
from gateway.redis_link.scripts import load_script

BEGIN: Final = load_script("gateway.agents", "login_begin")
NETWORK: Final = load_script("gateway.agents", "login_network")
FAILED: Final = load_script("gateway.agents", "login_failed")
SUCCEEDED: Final = load_script("gateway.agents", "login_succeeded")
WITHDRAWN: Final = load_script("gateway.agents", "login_withdrawn")


class Counted(NamedTuple):
    """What counts against an address: failures, up to a limit, and attempts in flight."""

    failures: int
    in_flight: int


class RedisAttempts:
    """`Attempts` in Redis. Its keys expire WINDOW_MS after the last failure, or the last attempt that began."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    @property
    def in_reach(self) -> bool:
        """False while its Redis is known to be out of reach."""
        return not self._link.reason

    async def begin(self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int) -> Standing:
        """See Attempts."""
        standing, _ = await self.begin_here(who, address, attempt, address_limit=address_limit, now_ms=now_ms)
        return standing

    async def begin_here(
        self, who: str, address: str, attempt: str, *, address_limit: int, now_ms: int
    ) -> tuple[Standing, Counted]:
        """As `begin`, and what counts against the address here, the attempt included. Raises StoreUnavailable."""
        limits = (now_ms, WINDOW_MS, JUDGED_WITHIN_MS, PAIR_LIMIT, address_limit, attempt)
        standing, failures, in_flight = await self._link.script(BEGIN, self._keys(who, address), limits)
        return Standing(standing), Counted(failures, in_flight)

    async def counted(self, address: str, *, most: int, now_ms: int) -> Counted:
        """What counts against the address, failures up to `most`. Raises StoreUnavailable."""
        keys = (self._network(address), self._begun_by(address))
        return Counted(*await self._link.script(NETWORK, keys, (now_ms, WINDOW_MS, JUDGED_WITHIN_MS, most)))

    async def failed(self, who: str, address: str, attempt: str, *, now_ms: int) -> bool:
        """See Attempts."""
        values = (now_ms, WINDOW_MS, PAIR_LIMIT, attempt)
        return bool(await self._link.script(FAILED, self._keys(who, address), values) == 1)

    async def succeeded(self, who: str, address: str, attempt: str, *, now_ms: int) -> None:
        """See Attempts."""
        await self._link.script(SUCCEEDED, self._keys(who, address), (attempt, now_ms - JUDGED_WITHIN_MS))

    async def withdrawn(self, who: str, address: str, attempt: str) -> None:
        """See Attempts."""
        await self._link.script(WITHDRAWN, self._keys(who, address)[2:], (attempt,))

    def _keys(self, who: str, address: str) -> tuple[str, str, str, str]:
        pair = self._link.key("sign-in", "of", who, address)
        begun = self._link.key("sign-in", "begun", "of", who, address)
        return pair, self._network(address), begun, self._begun_by(address)

    def _network(self, address: str) -> str:
        return self._link.key("sign-in", "from", network(address))

    def _begun_by(self, address: str) -> str:
        return self._link.key("sign-in", "begun", "from", network(address))
