"""Who really calls: the peer of the connection, or the client behind proxies that are trusted."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from gateway.ops.request_context import Client
from gateway.wire.addresses import FORWARDED_FOR, FORWARDING_HEADERS
from gateway.wire.http import Request

Networks = Collection[IPv4Network | IPv6Network]
_Address = IPv4Address | IPv6Address


class ClientAddress(NamedTuple):
    """`ip`: the address of the client, as text. `forwarded`: the request claims to have come by a proxy."""

    ip: str
    forwarded: bool


def client_address(request: Request, trusted_proxies: Networks) -> ClientAddress:
    """The address that counts for limits and for the demo agents."""
    headers = request.headers
    forwarded = any(map(headers.__contains__, FORWARDING_HEADERS))
    peer = request.remote
    if forwarded and trusted_proxies:
        peer = behind_proxies(peer, headers.getall(FORWARDED_FOR, ()), trusted_proxies)
    return ClientAddress(peer, forwarded)


def client_of(request: Request, trusted_proxies: Networks) -> Client:
    """Who sent it, for logs and the audit trail: a request id counts where the connection is a trusted proxy's."""
    if not trusted_proxies:
        return Client(request.remote, trusted=False)
    peer = _parsed(request.remote)
    trusted = peer is not None and _within(peer, trusted_proxies)
    return Client(client_address(request, trusted_proxies).ip, trusted)


def behind_proxies(peer_ip: str, forwarded_for: Sequence[str], trusted_proxies: Networks) -> str:
    """The right-most address of `forwarded_for` that no trusted proxy has, or the peer where that is not trusted.

    Only the entries that trusted proxies appended are believed: what stands further left the client may have written
    itself. Where an entry is no address, the proxy that passed it on stands for the client.
    """
    client = _parsed(peer_ip)
    if client is None or not _within(client, trusted_proxies):
        return peer_ip
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    for hop in reversed(hops):
        address = _parsed(hop)
        if address is None:
            break
        client = address
        if not _within(address, trusted_proxies):
            break
    return str(client)


def _within(address: _Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


def _parsed(text: str) -> _Address | None:
    """An address as proxies write it: with a port, in brackets, with a zone, IPv4 inside IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
