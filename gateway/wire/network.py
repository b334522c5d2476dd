"""What an address counts as where something is limited by address."""

from ipaddress import IPv6Address, ip_address, ip_network


def network(address: str) -> str:
    """The address itself; of IPv6 its /64 network, because one host has a whole one. Other text stays as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed.packed, 64), strict=False))
    return str(parsed)
