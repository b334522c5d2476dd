"""How what a session carries at the service behind changes: pure rules over the record. Times are in ms.

All that is compared here are the sealed texts as they stand in the record, and GUIDs that were unsealed for it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gateway.sessions import lifecycle
from gateway.sessions.model import EndReason, Record, Session, Upstream
from gateway.sessions.store import Change, Rule

FALLBACK_MS: Final = 120_000
"""For so long a replaced GUID is tried when the newest is refused: the service may have lost its last rotation."""

Guid = Callable[[str], str]
"""The GUID in a sealed text."""


def upstream_of(record: Record, session_id: str) -> tuple[Session, Upstream] | None:
    """The session and its counterpart; None when it is over."""
    session = record.session
    if session is None or session.id != session_id or session.upstream is None:
        return None
    return session, session.upstream


def keys_to_try(upstream: Upstream, now_ms: int) -> tuple[str, ...]:
    """What a call may carry, sealed, the best first."""
    recent = upstream.former and now_ms - upstream.replaced_ms < FALLBACK_MS
    return (upstream.key, upstream.former) if recent else (upstream.key,)


def following(session_id: str, carried: str, fresh: str, guid: Guid, now_ms: int) -> Rule[bool]:
    """An answer to `carried` handed out `fresh` (both sealed): that is the newest now. False: the session is over.

    Answers overtake each other: one to a GUID that was given up long ago says nothing, nor does one that hands out
    again what is known.
    """

    def rule(record: Record) -> Change[bool]:
        found = upstream_of(record, session_id)
        if found is None:
            return Change(False)
        session, upstream = found
        if carried not in {upstream.key, upstream.former} or guid(fresh) in _known(upstream, guid):
            return Change(True)
        after = replace(upstream, key=fresh, former=upstream.key, replaced_ms=now_ms)
        return Change(True, replace(record, session=replace(session, upstream=after)))

    return rule


def _known(upstream: Upstream, guid: Guid) -> set[str]:
    return {guid(sealed) for sealed in (upstream.key, upstream.former) if sealed}


def reverting(session_id: str, works: str, now_ms: int) -> Rule[None]:
    """The newest was refused and the one before (`works`, sealed) was not: they change places."""

    def rule(record: Record) -> Change[None]:
        found = upstream_of(record, session_id)
        if found is None or found[1].former != works:
            return Change(None)
        session, upstream = found
        after = replace(upstream, key=works, former=upstream.key, replaced_ms=now_ms)
        return Change(None, replace(record, session=replace(session, upstream=after)))

    return rule


def claiming(session_id: str, former: str, process: str) -> Rule[bool]:
    """`process` fetches the events in place of `former`, unless somebody else does already."""

    def rule(record: Record) -> Change[bool]:
        found = upstream_of(record, session_id)
        if found is None or found[1].holder not in {former, process}:
            return Change(False)
        session, upstream = found
        after = replace(upstream, holder=process)
        return Change(True, replace(record, session=replace(session, upstream=after)))

    return rule


def ending(session_id: str, refused: str, reason: EndReason, now_ms: int) -> Rule[bool]:
    """The session is over there, where `refused` (sealed) was its newest: it is over here. True if this ended it.

    Not while a sign-in of the agent is under way: what that brings is the reason, and takes this session's place.
    """

    def rule(record: Record) -> Change[bool]:
        found = upstream_of(record, session_id)
        under_way = record.reservation is not None and record.reservation.until_ms > now_ms
        if found is None or found[1].key != refused or under_way:
            return Change(False)
        ended = lifecycle.end_session(record, session_id, reason, now_ms)
        if ended is None:
            return Change(False)
        return Change(True, ended.record, ends=(replace(ended.end, upstream=None),))

    return rule
