"""Addresses of clients and receivers: which count as one, which are public, and headers that tell of a proxy.

The registries of special-purpose addresses (IANA, RFC 6890) are as of 2025, in a table of ours, since that of Python
differs from version to version.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

_NOT_GLOBAL_V4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_UNICAST_V6: Final = IPv6Network("2000::/3")
"""All that is given out to the public."""
_NOT_GLOBAL_V6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""In it, but for documents, tests, tunnels and protocols. What a tunnel leads to is judged by `inner`."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
FORWARDED_FOR: Final = "X-Forwarded-For"
FORWARDING_HEADERS: Final = (
    "Forwarded",
    FORWARDED_FOR,
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Real-IP",
    "X-Forwarded",
    "Forwarded-For",
    "X-Forwarded-Server",
    "X-Original-Host",
    "X-Original-Forwarded-For",
    "X-Envoy-External-Address",
    "Fastly-Client-IP",
    "CDN-Loop",
    "Via",
)
"""By which a request says that it came through a proxy."""


_LONGEST_ADDRESS: Final = 64
"""In characters: of what is longer nothing is remembered."""


def network(address: str) -> str:
    """The address itself; of IPv6 its /64 network, because one host has a whole one. Other text stays as it is."""
    return _network(address) if len(address) <= _LONGEST_ADDRESS else address


@lru_cache(maxsize=512)
def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed.packed, 64), strict=False))
    return str(parsed)


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for or leads to, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def is_public(address: Address) -> bool:
    """Whether it can be anybody's on the Internet. An address that stands for another one is judged as that."""
    real = inner(address)
    if isinstance(real, IPv4Address):
        return not any(real in network for network in _NOT_GLOBAL_V4)
    return real in _UNICAST_V6 and not any(real in network for network in _NOT_GLOBAL_V6)
