"""How many connections there may be: in all, and from one address."""

from collections import Counter
from collections.abc import Callable, Collection
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Protocol

from gateway.wire.addresses import network


class ConnectionLimitSettings(Protocol):
    """The settings that bound it; `Settings` has them."""

    @property
    def connections_max(self) -> int:
        """CONNECTIONS_MAX."""

    @property
    def connections_max_address(self) -> int:
        """CONNECTIONS_MAX_ADDRESS."""

    @property
    def trusted_proxies(self) -> Collection[IPv4Network | IPv6Network]:
        """TRUSTED_PROXIES: one of them stands for many clients."""


class ConnectionLimits:
    """The connections of one process, by address: those of an IPv6 network of /64 count together.

    `settings` returns those in force, asked anew for each connection.
    """

    def __init__(self, settings: Callable[[], ConnectionLimitSettings]) -> None:
        self._settings = settings
        self._held: Counter[str] = Counter()
        self._all = 0

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be in all."""
        return self._all >= self._settings().connections_max

    def enter(self, address: str) -> Callable[[], None] | None:
        """One more from this address: what to call once it has ended. None where there are too many from there."""
        sender = network(address)
        if self._held[sender] >= self._settings().connections_max_address and not self._trusted(address):
            return None
        self._held[sender] += 1
        self._all += 1
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._leave(sender)

        return leave

    def _leave(self, sender: str) -> None:
        self._all -= 1
        self._held[sender] -= 1
        if not self._held[sender]:
            del self._held[sender]

    def _trusted(self, address: str) -> bool:
        proxies = self._settings().trusted_proxies
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        real = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(real in proxy for proxy in proxies)
