"""Whether two places are one: a name and its address, capitals, a dot at the end, forms of one IPv6 address."""

import asyncio
import ipaddress
import socket
from typing import Final

LOOK_UP_S: Final = 0.5
"""How long the name service may take; until then places that are spelled differently are different ones."""


async def same_place(one: tuple[str, int], other: tuple[str, int]) -> bool:
    """Whether two pairs of host and port are one place, as names lead now."""
    if one[1] != other[1]:
        return False
    hosts = plain(one[0]), plain(other[0])
    if hosts[0] == hosts[1]:
        return True
    if all(map(_is_address, hosts)):
        return False
    first, second = await asyncio.gather(*map(_addresses, hosts))
    return not first.isdisjoint(second)


def plain(host: str) -> str:
    """One spelling for all of a host that need no name service."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower().removesuffix(".")
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _addresses(host: str) -> frozenset[str]:
    """Those that a name has, the address itself for one; none where nobody can tell in time."""
    if _is_address(host):
        return frozenset((host,))
    try:
        async with asyncio.timeout(LOOK_UP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return frozenset()
    return frozenset(plain(str(where[0])) for _, _, _, _, where in found)
