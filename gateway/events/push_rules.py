"""What happens to the push data of a session: pure rules over the record."""

from collections.abc import Callable
from dataclasses import replace

from gateway.sessions.model import PushWay, Record, Session
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
    """A heartbeat brought another service token (contract connection.md section 7); `fresh` is sealed."""
    return _changing(session_id, lambda way: way if way.older else replace(way, url=fresh.url, token=fresh.token))


def claiming(session_id: str, former: str, process: str) -> Rule[bool]:
    """`process` pushes in place of `former`, unless somebody else does already."""
    return _changing(session_id, lambda way: replace(way, holder=process) if way.holder == former else way)


def failing(session_id: str, since_ms: int) -> Rule[bool]:
    """Pushes fail since then, or (0) no longer; the first failure counts."""
    return _changing(session_id, lambda way: way if since_ms and way.failing_ms else replace(way, failing_ms=since_ms))
