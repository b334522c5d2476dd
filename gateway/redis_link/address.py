"""Where Redis is and how to sign in to it, from REDIS_URL."""

import re
import ssl
from dataclasses import dataclass, field, replace
from typing import Any, Final

from redis.asyncio.connection import SSLConnection, parse_url

SENTINEL_PORT: Final = 26379

_SEVERAL: Final = re.compile(r"(rediss?)\+(sentinel|cluster)://((?:[^/?]*@)?)([^/?@]+)(?:/([^/?]*))?(.*)", re.DOTALL)


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
class Target:
    """What a REDIS_URL names: servers of which any will do, or sentinels that know the primary named `primary`."""

    servers: tuple[Address, ...] = ()
    sentinels: tuple[Address, ...] = ()
    primary: str = ""

    @property
    def shown(self) -> str:
        """For logs: the places, nothing secret."""
        names = ",".join(address.shown for address in self.sentinels or self.servers)
        return f"{self.primary} by {names}" if self.sentinels else names


def parse_target(url: str) -> Target:
    """Reads REDIS_URL. Options are those of redis-py. Raises ValueError.

    `redis://`, `rediss://` (TLS) and `unix://` name one server; `redis+cluster://host,host` some nodes of a Cluster;
    `redis+sentinel://user:password@host,host/primary/0` the sentinels and the primary's name there. User and password
    are those of Redis; sentinels have the options `sentinel_username` and `sentinel_password`.
    """
    several = _SEVERAL.fullmatch(url)
    if several is None:
        return Target((_address(parse_url(url)),))
    scheme, kind, sign_in, hosts, first, rest = several.groups()
    places = hosts.split(",")
    if kind == "cluster":
        return Target(tuple(_address(parse_url(f"{scheme}://{sign_in}{place}{rest}")) for place in places))
    parts: dict[str, Any] = dict(parse_url(f"{scheme}://{sign_in}{places[0]}{rest}"))
    server = _address(parts)
    asked = replace(
        server,
        user=str(parts.get("sentinel_username", "")),
        password=str(parts.get("sentinel_password", "")),
        database=0,
    )
    return Target((server,), tuple(_placed(asked, place) for place in places), first or "mymaster")


def _placed(address: Address, place: str) -> Address:
    parts: dict[str, Any] = dict(parse_url(f"redis://{place}"))
    return address.at(parts["host"], parts.get("port", SENTINEL_PORT))


def _address(parts: Any) -> Address:
    return Address(
        host=parts.get("host", "localhost"),
        port=parts.get("port", 6379),
        path=parts.get("path", ""),
        user=parts.get("username", ""),
        password=parts.get("password", ""),
        database=int(parts.get("db", 0)),
        tls=_tls(parts) if parts.get("connection_class") is SSLConnection else None,
    )


def _tls(parts: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=parts.get("ssl_ca_certs"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if "ssl_certfile" in parts:
        context.load_cert_chain(parts["ssl_certfile"], parts.get("ssl_keyfile"))
    if str(parts.get("ssl_check_hostname", "true")).lower() in {"false", "0", "no"}:
        context.check_hostname = False
    if parts.get("ssl_cert_reqs") == "none":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
