"""What a session keeps of its counterpart at the service behind: its keys there, sealed for the record and the outbox.

How they change is told by pure rules over the record. Times are in ms.

All that is compared here are the sealed texts as they stand in the record, and GUIDs that were unsealed for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from gateway.backend import EndReason, Upstream
from gateway.sessions import lifecycle
from gateway.sessions.guid import KeyRing, Sealing
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Change, Rule

_BETWEEN: Final = "\n"
MOST_UNSEALED: Final = 8192
"""So many keys are remembered as they were unsealed."""
LONGEST_REMEMBERED: Final = 1024
"""In characters, sealed: what is longer is unsealed each time, so that 16 MiB are remembered at most."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What calls of one session carry there: its GUID, and the cookies that its balancer gave ("" for none)."""

    guid: str = field(repr=False)
    cookie: str = field(default="", repr=False)


class Sealer:
    """Seals and unseals under the secrets of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._sealing = Sealing(ring, "upstream")
        self._unsealed = lru_cache(maxsize=MOST_UNSEALED)(self._unseal)

    def seal(self, session_id: str, keys: Keys) -> str:
        """As text; another one each time."""
        return self._sealing.seal(f"{keys.guid}{_BETWEEN}{keys.cookie}", session_id)

    def unseal(self, session_id: str, text: str) -> Keys:
        """What was sealed for this session. Raises Unavailable when this node lacks the secret."""
        unseal = self._unsealed if len(text) <= LONGEST_REMEMBERED else self._unseal
        return unseal(session_id, text)

    def _unseal(self, session_id: str, text: str) -> Keys:
        guid, _, cookie = self._sealing.unseal(text, session_id).partition(_BETWEEN)
        return Keys(guid, cookie)


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
