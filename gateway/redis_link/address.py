"""Where Redis is and how to sign in to it, from REDIS_URL."""

import ssl
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio.connection import SSLConnection, parse_url


@dataclass(frozen=True, slots=True)
class Address:
    """One server. `path` is a Unix socket, used instead of host and port. The password is in no text of this object."""

    host: str = "localhost"
    port: int = 6379
    path: str = ""
    user: str = ""
    password: str = ""
    database: int = 0
    tls: ssl.SSLContext | None = None

    def __repr__(self) -> str:
        return self.path or f"{self.host}:{self.port}"

    def moved(self, host: str, port: int) -> "Address":
        """The same sign-in at another place; an empty host means the same one."""
        return replace(self, host=host or self.host, port=port)


def parse_address(url: str) -> Address:
    """The address in `redis://`, `rediss://` (TLS) or `unix://`; options as in redis-py. Raises ValueError."""
    parts: dict[str, Any] = dict(parse_url(url))
    return Address(
        host=parts.get("host", "localhost"),
        port=parts.get("port", 6379),
        path=parts.get("path", ""),
        user=parts.get("username", ""),
        password=parts.get("password", ""),
        database=int(parts.get("db", 0)),
        tls=_tls(parts) if parts.get("connection_class") is SSLConnection else None,
    )


def _tls(parts: dict[str, Any]) -> ssl.SSLContext:
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
