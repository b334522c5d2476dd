"""Where Redis is and how to sign in to it, from REDIS_URL."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from gateway.settings.redis_url import FILES, NO, SENTINEL, read_redis_url
from gateway.wire.trust import TrustError, client_context

SENTINEL_PORT: Final = 26379


@dataclass(frozen=True, slots=True)
class Address:
    """One server. `path` is a Unix socket, used instead of host and port."""

    host: str = "localhost"
    port: int = 6379
    path: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    database: int = 0
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """For logs: the place, nothing secret."""
        return self.path or f"{self.host}:{self.port}"

    def at(self, host: str, port: int) -> "Address":
        """The same sign-in at another place; an empty host means the same one."""
        return replace(self, host=host or self.host, port=port)


@dataclass(frozen=True, slots=True)
class RedisTarget:
    """What a REDIS_URL names: servers of which any will do, or sentinels that know the primary named `primary`."""

    servers: tuple[Address, ...] = ()
    sentinels: tuple[Address, ...] = ()
    primary: str = ""

    @property
    def shown(self) -> str:
        """For logs: the places, nothing secret."""
        names = ",".join(address.shown for address in self.sentinels or self.servers)
        return f"{self.primary} by {names}" if self.sentinels else names


def parse_target(url: str) -> RedisTarget:
    """Reads REDIS_URL. Raises ValueError, and OSError (ssl.SSLError) where the certificates that it names are no good.

    `redis://`, `rediss://` (TLS) and `unix://` name one server; `redis+cluster://host,host` some nodes of a Cluster;
    `redis+sentinel://user:password@host,host/primary/0` the sentinels and the primary's name there. User and password
    are those of Redis; sentinels have the options `sentinel_username` and `sentinel_password`.
    """
    said = read_redis_url(url)
    server = Address(
        path=said.path,
        user=said.user,
        password=said.password,
        database=said.database,
        tls=_tls(said.options) if said.tls else None,
    )
    if said.kind != SENTINEL:
        return RedisTarget(tuple(server.at(host, port or server.port) for host, port in said.places) or (server,))
    asked = replace(
        server,
        user=said.options.get("sentinel_username", ""),
        password=said.options.get("sentinel_password", ""),
        database=0,
    )
    first = replace(server, host=said.places[0][0], port=said.places[0][1] or server.port)
    sentinels = tuple(asked.at(host, port or SENTINEL_PORT) for host, port in said.places)
    return RedisTarget((first,), sentinels, said.primary or "mymaster")


def _tls(options: Mapping[str, str]) -> ssl.SSLContext:
    trusted, chain, key = (Path(options[name]) if name in options else None for name in FILES)
    try:
        context = client_context(trusted, chain, key)
    except TrustError as problem:
        raise ssl.SSLError(str(problem)) from None
    if options.get("ssl_check_hostname", "true").lower() in NO:
        context.check_hostname = False
    if options.get("ssl_cert_reqs", "").lower() == "none":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


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
