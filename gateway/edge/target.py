"""Request targets as they are understood."""

import re
from typing import Final

_SLASHES: Final = re.compile("//+")


def understood(target: str) -> str:
    """Path and query for whoever reads the target once more: no other host in it, no empty segment, no fragment."""
    path = path_of(target).rstrip("/") or "/"
    query = target.partition("?")[2].partition("#")[0]
    return f"{path}?{query}" if query else path


def path_of(target: str) -> str:
    """The path of a request target, of an absolute one too (RFC 9112, 3.2.2); doubled slashes in it are one."""
    path, _, _ = target.partition("?")
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    return _SLASHES.sub("/", path) if "//" in path else path
