"""Origins of pages, written as browsers write them in the header `Origin`: only so can they match."""

import ipaddress
import re
from pathlib import Path
from typing import Final

from gateway.settings.kinds import HOST, Kind
from gateway.settings.lists import items, refused_entry
from gateway.settings.urls import PORT_MAX

NULL: Final = "null"
"""What browsers write for pages without an origin: files, sandboxed frames, and whoever likes to be one."""
_ORIGIN: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*)(?::(?P<port>[0-9]{1,5}))?/?"
)
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_LIKE_NUMBERS: Final = re.compile(r"(.*\.)?(0[xX][0-9A-Fa-f]*|[0-9]+)\.?")
"""Browsers take a host that ends so for an IPv4 address."""


def _read(value: str, _folder: Path) -> tuple[str, ...]:
    found = items(value)
    origins: list[str] = []
    for place, item in enumerate(found, 1):
        try:
            origins += [NULL] if item == NULL else _as_sent(item)
        except ValueError:
            raise refused_entry(value, place, ORIGINS.allowed) from None
    return tuple(dict.fromkeys(origins))


def _as_sent(text: str) -> list[str]:
    """The spellings of one origin. Raises ValueError."""
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise ValueError
    scheme, host, port = found["scheme"].lower(), found["host"], found["port"]
    if port is not None and not 1 <= int(port) <= PORT_MAX:
        raise ValueError
    end = "" if port is None or int(port) == _USUAL_PORTS.get(scheme) else f":{int(port)}"
    if scheme in _USUAL_PORTS:
        return [f"{scheme}://{_host(host)}{end}"]
    # Of other schemes (app:, capacitor:, extensions of browsers) some keep the capitals of the host, some do not.
    return [f"{scheme}://{host}{end}", f"{scheme}://{host.lower()}{end}"]


def _host(text: str) -> str:
    if text.startswith("["):
        return f"[{ipaddress.IPv6Address(text.strip('[]')).compressed}]"
    name = text.removesuffix(".")
    if _LIKE_NUMBERS.fullmatch(text):
        ipaddress.IPv4Address(text)
    HOST.read(name, Path())
    return text.lower()


ORIGINS: Final = Kind(
    "origins such as https://desk.example.com: a scheme, a host in ASCII (xn--...), perhaps a port, with ; between",
    _read,
)
