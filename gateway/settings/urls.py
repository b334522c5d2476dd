"""URLs in settings: the one way to show one, and the form of those that are called. Nothing here quotes a secret."""

import ipaddress
import re
from typing import Final
from urllib.parse import unquote

from gateway.settings.problems import HIDDEN, shown

PORT_MAX: Final = 65_535
_PLACE: Final = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::[0-9]{1,5})?"
_SHOWN: Final = re.compile(
    r"(?P<scheme>https?|rediss?(?:\+(?:sentinel|cluster))?|unix)://"
    rf"(?P<user>[^/?#\s]*@)?(?P<places>(?:{_PLACE}(?:,{_PLACE})*)?)(?P<path>(?:/[^?#@;\s\\]*)?)(?P<rest>[?#;].*)?",
    re.IGNORECASE | re.DOTALL,
)
_SEPARATORS: Final = re.compile(r"[;,]")
_CALLED: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/?#@:;,\[\]\\]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[^\s?#\\]*)?)(?P<query>(?:\?[^\s#]*)?)"
)


_ASCII: Final = re.compile(r"[!-?A-~]+")
"""Without @, which a callback URL has nowhere."""
CALLBACK_LENGTH: Final = 200
"""Of what a client names at sign-in, in characters."""


def shown_url(url: str) -> str:
    """A URL, or "", as it may stand in a message: scheme, place and path, with `***` for the user and for what follows.

    What is no such URL, or might be one with a secret in another place than it seems, is `***` altogether: an @ behind
    the place means that the password holds a sign that should have been percent-encoded.
    """
    if not url:
        return ""
    found = _SHOWN.fullmatch(url)
    if found is None or "@" in unquote(found["path"] + (found["rest"] or "")):
        return HIDDEN
    user = f"{HIDDEN}@" if found["user"] else ""
    rest = f"{found['rest'][0]}{HIDDEN}" if found["rest"] else ""
    return shown(f"{found['scheme']}://{user}{found['places']}{found['path']}{rest}")


def shown_urls(text: str) -> str:
    """Some URLs with `;` or `,` between as they may stand in a message.

    They are `***` altogether where a part is none: it may belong to a secret that holds the separator.
    """
    parts = [shown_url(part.strip()) for part in _SEPARATORS.split(text) if part.strip()]
    return HIDDEN if HIDDEN in parts else shown("; ".join(parts))


def scheme_and_host(url: str) -> tuple[str, str]:
    """Of an http or https URL, the host without brackets; two empty texts for anything else."""
    found = _CALLED.fullmatch(url)
    return (found["scheme"], found["host"].strip("[]").lower()) if found else ("", "")


def check_called_url(url: str, *, query: bool) -> None:
    """Raises ValueError unless this is an http or https URL without user and fragment, and without `query` if False.

    All who read it find the same place in it.
    """
    found = _CALLED.fullmatch(url)
    if found is None or (found["query"] and not query):
        raise ValueError
    check_place(found["host"], found["port"])


def check_callback_url(url: str) -> None:
    """Raises ValueError unless a client can name this URL at sign-in, and then be found on a list that holds it."""
    if not _ASCII.fullmatch(url) or len(url) > CALLBACK_LENGTH:
        raise ValueError
    check_called_url(url, query=True)


def check_place(host: str, port: str | None) -> None:
    """Raises ValueError unless a name can be that of a host, what is in brackets is an IPv6 address, a port a port."""
    if port is not None and not 1 <= int(port) <= PORT_MAX:
        raise ValueError
    try:
        _ = ipaddress.IPv6Address(host.strip("[]")) if host.startswith("[") else host.encode("idna")
    except ValueError:
        raise ValueError from None  # Its text quotes the host.
