"""Which addresses events may be pushed to: the white list of callback URLs (docs/protocol.md, Push).

A URL is on the list when scheme, host, port and path are those of an entry, letter for letter save the case of the
host; an entry without a query allows any, since older clients put a key of their own there. Nothing in it is decoded or
rewritten, so that what was compared is what is called.
"""

import re
from collections.abc import Collection
from typing import Final

from yarl import URL

from gateway.sessions.model import PushWay
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_URL: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_NEVER: Final = re.compile(r"[\\#@]")


def choose_way(
    call_back_uri: str, service_token: str, push_url: str, allowed: Collection[str], holder: str
) -> PushWay | None:
    """Where the events of a new session go; None for polling mode (docs/protocol.md, Push).

    `holder` is the process that will push. Raises Refused `100-001` for an address that is not on the list.
    """
    if call_back_uri and service_token:
        _must_be_listed("callBackUri", call_back_uri, allowed)
        return PushWay(call_back_uri, service_token, holder=holder)
    if push_url:
        _must_be_listed("pushUrl", push_url, allowed)
        return PushWay(push_url, older=True, holder=holder)
    return None


def _must_be_listed(name: str, url: str, allowed: Collection[str]) -> None:
    if not is_listed(url, allowed):
        raise Refused(
            retcodes.BAD_SIGN_IN, f"{name}: not among the callback URLs of this gateway: the operator can add it"
        )


def is_listed(url: str, allowed: Collection[str]) -> bool:
    """Whether events may be pushed to this URL."""
    given = parse(url)
    return given is not None and any(_covers(entry, given) for entry in map(parse, allowed) if entry is not None)


def parse(url: str) -> URL | None:
    """An http or https URL of plain ASCII without user and fragment; None for anything else."""
    if not _URL.fullmatch(url) or _NEVER.search(url):
        return None
    try:
        parsed = URL(url, encoded=True)
        return parsed if parsed.raw_host and parsed.port else None
    except ValueError:
        return None


def origin(url: str) -> str:
    """Scheme, host and port of a URL that `parse` took, to be logged and counted by."""
    return str(URL(url, encoded=True).origin())


def _covers(entry: URL, given: URL) -> bool:
    return _place(entry) == _place(given) and entry.raw_query_string in {"", given.raw_query_string}


def _place(url: URL) -> tuple[str, str, int | None, str]:
    return url.scheme, (url.raw_host or "").lower(), url.port, url.raw_path or "/"
