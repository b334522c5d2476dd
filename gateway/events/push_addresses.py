"""Where names in callback URLs may lead (docs/protocol.md, Push).

A name is resolved once, and the address found stays pinned while pushes to it succeed: what was checked is what is
connected to. Addresses that are not public (private, loopback, link-local, shared, reserved) are refused, unless
EVENT_PUSH_NETWORKS holds them. A URL with such an address in place of a name, or with `localhost`, needs no more leave
than its entry on the white list; aiohttp does not resolve addresses, so they never come here.
"""

import asyncio
import socket
from collections.abc import Callable, Collection, Coroutine, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

from gateway.settings.kinds import Network
from gateway.wire.addresses import inner, is_public

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Coroutine[None, None, Sequence[str]]]
"""Name and port -> addresses as text. Raises OSError."""

MOST_PINNED: Final = 1000
LOCALHOST: Final = "localhost"


class AddressRefusedError(OSError):
    """The name leads to no address that events may be pushed to."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses that the system knows for a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[0]) for _, _, _, _, where in found]


def may_be_used(host: str, address: Address, networks: Collection[Network]) -> bool:
    """Whether events for `host` may go to `address`."""
    real = inner(address)
    if real.is_multicast or real.is_unspecified:
        return False
    if is_public(real) or any(real in network for network in networks):
        return True
    return host.lower() == LOCALHOST and real.is_loopback


class PinnedResolver(AbstractResolver):
    """`networks` is asked at every use, so that a changed setting holds for pinned addresses too."""

    def __init__(self, networks: Callable[[], Collection[Network]], find: LookUp = look_up) -> None:
        self._networks = networks
        self._find = find
        self._pinned: dict[str, list[Address]] = {}
        self._asking: dict[str, asyncio.Task[Sequence[str]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """See aiohttp. Raises AddressRefusedError, and OSError for a name that is not known."""
        found = self._pinned.get(host)
        if found is None:
            found = [ip_address(text.partition("%")[0]) for text in await self._asked(host, port)]
        usable = [address for address in found if may_be_used(host, address, self._networks())]
        if not usable:
            raise AddressRefusedError("no address that events may be pushed to")
        self._pin(host, usable)
        return [_result(host, port, address) for address in usable]

    async def _asked(self, host: str, port: int) -> Sequence[str]:
        """One question at a time about a name: each keeps a thread busy until it is answered."""
        task = self._asking.get(host)
        if task is None:
            task = self._asking[host] = asyncio.create_task(self._find(host, port))
            task.add_done_callback(lambda done: self._answered(host, done))
        return await asyncio.shield(task)

    def _answered(self, host: str, task: "asyncio.Task[Sequence[str]]") -> None:
        del self._asking[host]
        if not task.cancelled():
            task.exception()  # Those who asked may have given up; then nobody else looks at it.

    def _pin(self, host: str, usable: list[Address]) -> None:
        self._pinned[host] = usable
        if len(self._pinned) > MOST_PINNED:
            del self._pinned[next(iter(self._pinned))]

    def unpin(self, host: str) -> None:
        """A push to this name failed: the next one resolves it again."""
        self._pinned.pop(host, None)

    async def close(self) -> None:
        """Asks no more."""
        for task in list(self._asking.values()):
            task.cancel()


def _result(host: str, port: int, address: Address) -> ResolveResult:
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    return ResolveResult(
        hostname=host, host=str(address), port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
