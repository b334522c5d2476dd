"""Where the events of a session go, as its record keeps it: pure rules, and the seal on a receiver's secrets.

Those secrets, its token and what stands in the query, are bound to the address that they were given for, so that no
other receiver can be sent them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gateway.sessions.guid import KeyRing
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.sealing import Sealing
from gateway.sessions.store import Change, Rule

_Step = Callable[[PushWay], PushWay]


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


_MARK: Final = "~"
"""Before a sealed text; no token of a client begins so, and versions that sealed nothing kept those as they were."""
_BETWEEN: Final = "\n"


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
