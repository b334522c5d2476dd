"""The forms of REDIS_URL, read in one place: what is accepted at load is what is dialled, or it is refused.

No text of an error quotes any part of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode

from gateway.settings.kinds import SettingKind
from gateway.settings.urls import check_place

SERVER: Final = "server"
SENTINEL: Final = "sentinel"
CLUSTER: Final = "cluster"
UNIX: Final = "unix"
_KINDS: Final = {
    "redis": SERVER,
    "rediss": SERVER,
    "redis+sentinel": SENTINEL,
    "rediss+sentinel": SENTINEL,
    "redis+cluster": CLUSTER,
    "rediss+cluster": CLUSTER,
    "unix": UNIX,
}
"""By the scheme."""
_TAIL: Final = re.compile(r"[/?#]")
_PLACE: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SENTINEL_PATH: Final = re.compile(r"(?:/([^/]*))?(?:/([^/]*)/?)?")
NO: Final = frozenset(("false", "no", "f", "n", "0"))
_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "ssl_check_hostname": frozenset(("true", "yes", "t", "y", "1")) | NO,
    "ssl_cert_reqs": frozenset(("none", "optional", "required")),
}
"""Options that take one of a few words, in any case."""
FILES: Final = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
"""Options that name files: authorities, our own certificate, its key."""
_TLS_OPTIONS: Final = frozenset((*FILES, *_WORDS))
_SENTINEL_OPTIONS: Final = frozenset(("sentinel_username", "sentinel_password"))
_OPTIONS: Final = frozenset(("db", "username", "password", *_TLS_OPTIONS, *_SENTINEL_OPTIONS))
_PLACES: Final = frozenset(("host", "port", "path"))

ENCODE: Final = "percent-encode / ? # in user and password (%2F %3F %23), and an @ behind the place (%40)"
_DATABASE: Final = "the database must be a number, such as /0 behind the place"


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """What a REDIS_URL says. `places` are host and port (None: the usual one), none for a Unix socket at `path`.

    A server without a place is the usual one of this machine.
    `primary` is its name at the sentinels, "" where it is not said. `idle` is how many options mean nothing.
    """

    kind: str
    tls: bool = False
    places: tuple[tuple[str, int | None], ...] = ()
    path: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    primary: str = ""
    database: int = 0
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    idle: int = 0


def read_redis_url(text: str) -> RedisUrl:
    """Raises ValueError, which says what is wrong."""
    scheme, _, behind = text.partition("://")
    if scheme not in _KINDS:
        raise ValueError(f"the scheme must be one of {', '.join(_KINDS)}, with :// behind")
    kind, tls = _KINDS[scheme], scheme.startswith("rediss")
    authority, path, query = _split(behind)
    user_info, _, hosts = authority.rpartition("@")
    user, _, password = user_info.partition(":")
    given = _options(query)
    places = _places(kind, hosts)
    socket, primary, database = _path(kind, path)
    return RedisUrl(
        kind,
        tls,
        places,
        socket,
        _decoded(user) or given.get("username", ""),
        _decoded(password) or given.get("password", ""),
        primary,
        _database(kind, database, given),
        {name: value for name, value in given.items() if name in _OPTIONS},
        sum(not _matters(name, kind, tls=tls) for name in given),
    )


def with_files(url: str, authorities: Path | None, chain: Path | None, key: Path | None) -> str:
    """A REDIS_URL that was found right, with the files that other settings name as its options."""
    given = {name: str(path) for name, path in zip(FILES, (authorities, chain, key), strict=True) if path is not None}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(given)}" if given else url


def _split(behind: str) -> tuple[str, str, str]:
    """User and places, path, and query. Raises ValueError where one may belong to another."""
    found = _TAIL.search(behind)
    authority, tail = (behind[: found.start()], behind[found.start() :]) if found else (behind, "")
    # A path of a Unix socket may hold one: it cannot be that of a sign-in, which would stand at its very beginning.
    if "#" in tail or ("@" in tail and authority):
        raise ValueError(ENCODE)
    path, _, query = tail.partition("?")
    if re.search(r"\s", tail) or "@" in query:
        raise ValueError("percent-encode white space (%20) and @ (%40) behind the place")
    return authority, path, query


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("percent escapes must be UTF-8") from None


def _places(kind: str, hosts: str) -> tuple[tuple[str, int | None], ...]:
    if kind == UNIX:
        if hosts:
            raise ValueError("a Unix socket is unix:///path/of/the/socket, three slashes without a sign-in")
        return ()
    if kind == SERVER and not hosts:
        return ()
    return tuple(map(_place, hosts.split(",") if kind in {SENTINEL, CLUSTER} else (hosts,)))


def _place(text: str) -> tuple[str, int | None]:
    found = _PLACE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        check_place(found[1], found[2])
    except ValueError:
        raise ValueError(f"a place is host or host:port, the port from 1 to 65535; else {ENCODE}") from None
    return found[1].strip("[]").lower(), int(found[2]) if found[2] else None


def _path(kind: str, path: str) -> tuple[str, str, str]:
    """A Unix socket, the name of the primary, the number of a database: each "" where there is none."""
    if kind == UNIX:
        if len(path) < len("/x"):
            raise ValueError("a Unix socket is unix:///path/of/the/socket")
        return _decoded(path), "", ""
    if kind == SENTINEL:
        found = _SENTINEL_PATH.fullmatch(path)
        if found is None:
            raise ValueError("behind the sentinels stand the name of the primary and a database, such as /mymaster/0")
        return "", found[1] or "", found[2] or ""
    number = path.removeprefix("/").removesuffix("/")
    return "", "", number


def _database(kind: str, in_path: str, options: Mapping[str, str]) -> int:
    said = {number for number in (in_path, options.get("db", "")) if number}
    if any(_NUMBER.fullmatch(number) is None for number in said):
        raise ValueError(_DATABASE)
    numbers = set(map(int, said)) or {0}
    if len(numbers) > 1:
        raise ValueError("the path and the option db name two databases")
    if kind == CLUSTER and numbers != {0}:
        raise ValueError("a Cluster has database 0 alone")
    return numbers.pop()


def _options(query: str) -> dict[str, str]:
    """Those that are given, each once."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("percent escapes must be UTF-8") from None
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in _PLACES:
            raise ValueError("the options host, port and path are not allowed: the place stands before the options")
        if name in given and name in _OPTIONS:
            raise ValueError(f"the option {name} is given twice")
        if name in _WORDS and value and value.lower() not in _WORDS[name]:
            raise ValueError(f"the option {name} must be one of {', '.join(sorted(_WORDS[name]))}")
        if value or name not in _OPTIONS:
            given[name] = value
    return given


def _matters(name: str, kind: str, *, tls: bool) -> bool:
    """Whether an option means anything in such a URL."""
    if name in _TLS_OPTIONS:
        return tls
    return kind == SENTINEL if name in _SENTINEL_OPTIONS else name in _OPTIONS


def _read(value: str, _folder: Path) -> str:
    """The text as it stands, once it is known how it is read. The place must be in it."""
    if value:
        said = read_redis_url(value)
        if said.kind == SERVER and not said.places:
            raise ValueError(f"no place in it: {REDIS_URL.allowed}")
    return value


REDIS_URL: Final = SettingKind("a URL such as redis://user:password@host:6379/0, or nothing", _read)
