"""Kinds of values: how each is read from the text of a file, and the words for what is allowed.

Parts of lists have `;` or `,` between them. Origins of pages are written as browsers write them in the header `Origin`:
only so can they match.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from gateway.settings.problems import HIDDEN, shown
from gateway.settings.urls import PORT_MAX, shown_url, shown_urls

_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_HOST_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*"
)
"""With underscores, which container tools put into names."""
_SEPARATOR: Final = re.compile(r"[;,]")
_MAX_AGENT: Final = 999999
NULL: Final = "null"
"""What browsers write for pages without an origin: files, sandboxed frames, and whoever likes to be one."""
_ORIGIN: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*)(?::(?P<port>[0-9]{1,5}))?/?"
)
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_LIKE_NUMBERS: Final = re.compile(r"(.*\.)?(0[xX][0-9A-Fa-f]*|[0-9]+)\.?")
"""Browsers take a host that ends so for an IPv4 address."""


@dataclass(frozen=True)
class SettingKind:
    """Annotation of a field of the settings model.

    `read` makes the value from text (and the folder that relative paths start from); it raises ValueError with a
    reason, or an empty one where `allowed` says enough. Values that are not text are left to pydantic.
    """

    allowed: str
    read: Callable[[str, Path], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._value, handler(source))

    def _value(self, value: object, info: ValidationInfo) -> object:
        return self.read(value, (info.context or {}).get("folder", Path())) if isinstance(value, str) else value


def number(floor: int, ceiling: int, *, off: bool = False) -> SettingKind:
    """A whole number from `floor` to `ceiling`; with `off`, 0 as well."""

    def read(text: str, _folder: Path) -> int:
        if not _WHOLE.fullmatch(text):
            raise ValueError
        value = int(text)
        if not (floor <= value <= ceiling or (off and value == 0)):
            raise ValueError
        return value

    return SettingKind(f"a whole number from {floor} to {ceiling}" + (", or 0 for off" if off else ""), read)


def choice(values: Mapping[str, object], refused: Mapping[str, str] | None = None) -> SettingKind:
    """One of a few words, in any case. `refused` gives words of the vendor that we do not act on, with the reason."""

    def read(text: str, _folder: Path) -> object:
        word = text.casefold()
        if word in (refused or {}):
            raise ValueError((refused or {})[word])
        for name, value in values.items():
            if name.casefold() == word:
                return value
        raise ValueError

    *others, last = values
    return SettingKind(f"{', '.join(others)} or {last}" if others else last, read)


def words(*names: str) -> SettingKind:
    """One of a few words, kept as written here."""
    return choice({name: name for name in names})


FLAG: Final = choice({"ON": True, "OFF": False})


def text(pattern: str, allowed: str) -> SettingKind:
    """Text that `pattern` matches as a whole."""

    def read(value: str, _folder: Path) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return SettingKind(allowed, read)


def _read_path(value: str, folder: Path) -> Path | None:
    if "\0" in value or any("\ud800" <= mark <= "\udfff" for mark in value):
        raise ValueError
    return Path(os.path.normpath(folder / value)) if value else None


PATH: Final = SettingKind("a path, relative to the folder of this file, or nothing", _read_path)


def _read_host(value: str, _folder: Path) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        pass
    if not _HOST_NAME.fullmatch(value) or value.replace(".", "").isdigit():
        raise ValueError
    return value


HOST: Final = SettingKind("an IP address or a host name", _read_host)


def items(value: str) -> list[str]:
    """The parts of a list, which `;` or `,` separate; empty parts do not count."""
    return [part for part in (piece.strip() for piece in _SEPARATOR.split(value)) if part]


def refused_entry(value: str, place: int, allowed: str) -> ValueError:
    """What is said of the entry at `place`, counted from 1, of a list of URLs."""
    found = items(value)
    # What is told of it depends on the others: it may be a piece of a secret that holds a separator.
    told = HIDDEN if shown_urls(value) == HIDDEN else shown_url(found[place - 1])
    return ValueError(f"entry {place} of {len(found)}, {told}, is not allowed here: must be {allowed}")


def urls(check: Callable[[str], None], allowed: str) -> SettingKind:
    """A list of URLs; `check` raises ValueError for one that is not allowed."""

    def read(value: str, _folder: Path) -> tuple[str, ...]:
        found = items(value)
        for place, item in enumerate(found, 1):
            try:
                check(item)
            except ValueError:
                raise refused_entry(value, place, allowed) from None
        return tuple(found)

    return SettingKind(allowed, read)


def _read_hosts(value: str, _folder: Path) -> tuple[str, ...]:
    try:
        return tuple(str(HOST.read(item, Path())).lower() for item in items(value))
    except ValueError:
        raise ValueError(f"must be {HOSTS.allowed}") from None


HOSTS: Final = SettingKind("host names and IP addresses, with ; between, without ports", _read_hosts)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED_BITS: Final = 96
"""Of an IPv6 address that stands for an IPv4 one, those before it."""


def _network(text: str) -> Network:
    """As addresses are compared: without a zone, IPv4 as such. Raises ValueError."""
    if "%" in text:
        raise ValueError(f"{shown(text)} has a zone, which addresses are compared without")
    network = ipaddress.ip_network(text)
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        inner = network.network_address.ipv4_mapped
        return ipaddress.IPv4Network((inner, network.prefixlen - _MAPPED_BITS)) if inner else network
    return network


def _read_networks(value: str, _folder: Path) -> tuple[Network, ...]:
    networks: list[Network] = []
    for item in items(value):
        try:
            networks.append(_network(item))
        except ValueError as problem:
            raise ValueError(f"{problem}: must be {NETWORKS.allowed}") from None
    return tuple(networks)


NETWORKS: Final = SettingKind("IP addresses or networks such as 10.0.0.0/8, with ; between", _read_networks)


@dataclass(frozen=True)
class AgentIds:
    """A set of agent ids, as ranges of (first, last)."""

    ranges: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, agentid: object) -> bool:
        return isinstance(agentid, int) and any(first <= agentid <= last for first, last in self.ranges)


def _read_agent_ids(value: str, _folder: Path) -> AgentIds:
    ranges = []
    for item in items(value):
        found = re.fullmatch(r"([1-9][0-9]{0,5})(?:\s*-\s*([1-9][0-9]{0,5}))?", item)
        if not found:
            raise ValueError(f"{shown(item)} is neither an agent id nor a range: must be {AGENT_IDS.allowed}")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise ValueError(f"{shown(item)} ends before it begins: must be {AGENT_IDS.allowed}")
        ranges.append((first, last))
    return AgentIds(tuple(ranges))


AGENT_IDS: Final = SettingKind(
    f"agent ids from 1 to {_MAX_AGENT} and ranges of them, such as 101;102;200-210", _read_agent_ids
)


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


ORIGINS: Final = SettingKind(
    "origins such as https://desk.example.com: a scheme, a host in ASCII (xn--...), perhaps a port, with ; between",
    _read,
)

ANY_HEADER: Final = "*"
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")


def _read_headers(value: str, _folder: Path) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.lower() for name in items(value)))
    if any(not _HEADER.fullmatch(name) for name in names) or (ANY_HEADER in names and len(names) > 1):
        raise ValueError
    return names


HEADERS: Final = SettingKind("names of headers with ; between, or * for any that is asked for", _read_headers)
