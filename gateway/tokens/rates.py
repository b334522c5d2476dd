"""How many requests one address may send, and how many of them about one tenant."""

import logging
from collections.abc import Callable
from typing import Protocol

from gateway.tokens.used_tokens import MemoryTokenStore, MinuteLimit, TokenStore, wait_s
from gateway.wire.addresses import network
from gateway.wire.errors import StoreUnavailable, Unavailable

log = logging.getLogger(__name__)

NO_TENANT = "?"
"""Counts requests for tenants that do not exist: their names are the sender's, and would fill the store."""


class RateSettings(Protocol):
    """The settings that matter here; `Settings` has them. In requests a minute."""

    @property
    def token_address_limit(self) -> int:
        """TOKEN_ADDRESS_LIMIT."""

    @property
    def token_tenant_limit(self) -> int:
        """TOKEN_TENANT_LIMIT."""


class Limited(Unavailable):
    """Too many requests; the next are heard after `retry_after_s` seconds."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many requests: try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TokenRateLimits:
    """Counts requests by address, and by address and tenant: nobody uses up what belongs to callers elsewhere.

    While the store is out of reach each node counts for itself, so that tokens are validated all the same.
    """

    def __init__(self, store: TokenStore, settings: Callable[[], RateSettings]) -> None:
        self._store = store
        self._settings = settings
        self._own = MemoryTokenStore()

    async def admit(self, address: str, tenant: str | None = None, *, now_ms: int) -> None:
        """Counts a request from an IP address, for a tenant where one is known. Raises Limited."""
        settings, sender = self._settings(), network(address)
        counters = [MinuteLimit(f"{sender} ", settings.token_address_limit)]
        if tenant is not None:
            counters.append(MinuteLimit(f"{sender} {tenant}", settings.token_tenant_limit))
        try:
            within = await self._store.count(counters, now_ms=now_ms)
        except StoreUnavailable:
            within = await self._own.count(counters, now_ms=now_ms)
        if not within:
            log.warning("too many requests about tokens from %s", sender)
            raise Limited(wait_s(now_ms))
