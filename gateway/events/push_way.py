"""Where the events of a session go: which addresses they may, how its record keeps that, the seal on secrets.

The white list (docs/protocol.md, Push): a URL is on it when scheme, host, port and path are those of an entry, letter
for letter save the case of the host; an entry without a query allows any, since older clients put a key of their own
there. Nothing in it is decoded or rewritten, so that what was compared is what is called.

A receiver's secrets, its token and what stands in the query, are bound to the address that they were given for, so that
no other receiver can be sent them.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from yarl import URL

from gateway.sessions.guid import KeyRing, Sealing
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.store import Change, Rule
from gateway.wire import retcodes
from gateway.wire.errors import Refused

_Step = Callable[[PushWay], PushWay]
_URL: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_NEVER: Final = re.compile(r"[\\#@]")
_MARK: Final = "~"
"""Before a sealed text; no token of a client begins so, and versions that sealed nothing kept those as they were."""
_BETWEEN: Final = "\n"


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
    """Scheme, host and port of a URL that `parse` took, to be logged and counted by: one text for each receiver."""
    given = URL(url, encoded=True)
    return str(given.with_port(given.port).origin()).lower()


def _covers(entry: URL, given: URL) -> bool:
    return _place(entry) == _place(given) and entry.raw_query_string in {"", given.raw_query_string}


def _place(url: URL) -> tuple[str, str, int | None, str]:
    return url.scheme, (url.raw_host or "").lower(), url.port, url.raw_path or "/"


def way_of(record: Record, session_id: str) -> tuple[Session, PushWay] | None:
    """The session and where its events go; None when it is over or polls."""
    session = record.session
    if session is None or session.id != session_id or session.way is None:
        return None
    return session, session.way


def _changing(session_id: str, step: _Step) -> Rule[bool]:
    """True when the session is still there and was changed."""

    def rule(record: Record) -> Change[bool]:
        found = way_of(record, session_id)
        if found is None:
            return Change(False)
        session, way = found
        after = step(way)
        return Change(True, replace(record, session=replace(session, way=after))) if after != way else Change(False)

    return rule


def renewing(session_id: str, fresh: PushWay) -> Rule[bool]:
    """A heartbeat brought another service token (docs/protocol.md, Push); `fresh` is sealed."""
    return _changing(session_id, lambda way: way if way.older else replace(way, url=fresh.url, token=fresh.token))


def failing(session_id: str, since_ms: int) -> Rule[bool]:
    """Pushes fail since then, or (0) no longer; the first failure counts."""
    return _changing(session_id, lambda way: way if since_ms and way.failing_ms else replace(way, failing_ms=since_ms))


class PushSeal:
    """Seals and unseals under the secrets of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._sealing = Sealing(ring, "push-way")

    def sealed(self, way: PushWay) -> PushWay:
        """To be kept; another one each time."""
        url, mark, query = way.url.partition("?")
        text = self._sealing.seal(f"{mark}{query}{_BETWEEN}{way.token}", url)
        return replace(way, url=url, token=f"{_MARK}{text}")

    def unsealed(self, way: PushWay) -> PushWay:
        """As it was before. Raises Unavailable when this node lacks the secret."""
        if not way.token.startswith(_MARK):
            return way
        query, _, token = self._sealing.unseal(way.token[len(_MARK) :], way.url).partition(_BETWEEN)
        return replace(way, url=way.url + query, token=token)
