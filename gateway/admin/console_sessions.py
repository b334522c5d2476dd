"""Sessions of the console: who signed in with an admin token goes on with a random id, and never shows the token again.

A session ends when nobody uses it, when it is old, when it is signed out, and when its token is changed or withdrawn:
that is looked at with each request. They live in this process alone.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from gateway.admin.admin_tokens import Actor, AdminTokens
from gateway.audit import trail

IDLE_S: Final = 1800.0
LONGEST_S: Final = 43_200.0
MOST: Final = 100
"""Sessions at a time; with one more the one that was used least lately ends."""
_ID_BYTES: Final = 32
WHY: Final = {
    "IDLE": f"nobody used this session for {IDLE_S / 60:.0f} minutes: sign in again",
    "TOO_OLD": f"this session is {LONGEST_S / 3600:.0f} hours old: sign in again",
    "TOKEN_CHANGED": "the token of this session was changed or withdrawn: sign in with the new one",
    "SIGNED_OUT": "this session is signed out: sign in again",
    "CROWDED_OUT": f"more than {MOST} sessions of the console are open, and this one was used least: sign in again",
}
"""What its holder is told, by the reason of the audit trail."""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """What a sign-in gives: the id for the cookie, and what each change must carry in a header. Both are secrets."""

    actor: Actor
    id: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(slots=True)
class ConsoleSession:
    """One session; times by the clock of `ConsoleSessions`."""

    actor: Actor
    csrf_hash: bytes = field(repr=False)
    opened_s: float
    used_s: float

    def is_csrf(self, given: str) -> bool:
        """Whether this came with the sign-in."""
        return hmac.compare_digest(_hash(given), self.csrf_hash)


class ConsoleSessions:
    """The open ones. Ids are kept as hashes alone; `clock` gives s."""

    def __init__(self, tokens: AdminTokens, clock: Callable[[], float] = time.monotonic) -> None:
        self._tokens = tokens
        self._clock = clock
        self._open: dict[bytes, ConsoleSession] = {}
        self._ended: dict[bytes, str] = {}

    def open(self, token: bytes, address: str = "") -> OpenedSession | None:
        """A new session for the holder of this token, who asks from `address`; None where nobody has it."""
        actor = self._tokens.holder(token)
        if actor is None:
            return None
        for key, session in list(self._open.items()):
            self._look_after(key, session)
        if len(self._open) >= MOST:
            self._end(min(self._open, key=lambda key: self._open[key].used_s), "CROWDED_OUT")
        opened = OpenedSession(actor, secrets.token_urlsafe(_ID_BYTES), secrets.token_urlsafe(_ID_BYTES))
        now_s = self._clock()
        self._open[_hash(opened.id)] = ConsoleSession(actor, _hash(opened.csrf), now_s, now_s)
        trail.record("console-sign-in", address=address, by=actor.name, role=actor.role)
        return opened

    def find(self, session_id: str, *, used: bool = True) -> ConsoleSession | str:
        """The session, or why there is none ("" for an id that never was). `used`: somebody is at work with it."""
        key = _hash(session_id)
        session = self._open.get(key)
        if session is not None and self._look_after(key, session):
            if used:
                session.used_s = self._clock()
            return session
        return WHY.get(self._ended.get(key, ""), "")

    def close(self, session_id: str) -> None:
        """Signs out, if there is such a session."""
        key = _hash(session_id)
        if key in self._open:
            self._end(key, "SIGNED_OUT")

    def ends_in_s(self, session: ConsoleSession) -> float:
        """In how many s it ends if nobody uses it."""
        return min(session.used_s + IDLE_S, session.opened_s + LONGEST_S) - self._clock()

    def oldest_in_s(self, session: ConsoleSession) -> float:
        """In how many s it ends however much it is used."""
        return session.opened_s + LONGEST_S - self._clock()

    def _look_after(self, key: bytes, session: ConsoleSession) -> bool:
        """Whether the session goes on; with the role that its token has now."""
        now_s, actor = self._clock(), self._tokens.named(session.actor.name)
        if actor is None or not hmac.compare_digest(actor.token.encode(), session.actor.token.encode()):
            self._end(key, "TOKEN_CHANGED")
        elif now_s >= session.opened_s + LONGEST_S:
            self._end(key, "TOO_OLD")
        elif now_s >= session.used_s + IDLE_S:
            self._end(key, "IDLE")
        else:
            session.actor = actor
            return True
        return False

    def _end(self, key: bytes, reason: str) -> None:
        actor = self._open.pop(key).actor
        self._ended[key] = reason
        while len(self._ended) > MOST:
            del self._ended[next(iter(self._ended))]
        trail.record("console-sign-out", by=actor.name, reason=reason)


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()
