"""What a GUID is worth and what becomes of it: pure rules, no I/O, no clock (design section 5). Times are in ms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from gateway.sessions.guid import same
from gateway.sessions.limits import Limits, runs_out
from gateway.sessions.model import (
    LOOK_AHEAD,
    MAX_SUPERSEDED,
    TOMBSTONE_LIFE_MS,
    EndReason,
    Record,
    Session,
    Superseded,
    Tombstone,
)

Derive = Callable[[str, str, int, str], str]
"""Key id, session id, generation number, node name -> GUID (`KeyRing.derive`, perhaps remembered)."""


class Bearer(NamedTuple):
    """An accepted request: the session and the generation whose GUID it carries (may be ahead of the record)."""

    session: Session
    number: int


@dataclass(frozen=True, slots=True)
class Stranger:
    """A refused request: whether the agent has a session, and how the session ended whose GUID it carries, if one."""

    signed_in: bool
    ended: EndReason | None = None


class Use(NamedTuple):
    """What a use of a GUID does: the session after it and the generation to hand out, if any.

    `made` tells that the generation is new.
    """

    session: Session
    hand_out: int | None = None
    made: bool = False


def check(record: Record, guid: str, derive: Derive, limits: Limits, now_ms: int) -> Bearer | Stranger:
    """Decides who carries `guid` (design section 5, Check)."""
    session = record.session
    if session is not None:
        for number in _accepted(session, limits, now_ms):
            if same(guid, derive(session.key_id, session.id, number, session.node)):
                return Bearer(session, number)
    for tombstone in record.tombstones:
        if now_ms - tombstone.ended_ms < TOMBSTONE_LIFE_MS and _was(tombstone, guid, derive):
            return Stranger(session is not None, tombstone.reason)
    return Stranger(session is not None)


def _accepted(session: Session, limits: Limits, now_ms: int) -> Iterator[int]:
    yield session.number
    for former in reversed(session.superseded):
        if in_grace(former, limits, now_ms):
            yield former.number
    yield from range(session.number + 1, session.number + 1 + LOOK_AHEAD)


def _was(tombstone: Tombstone, guid: str, derive: Derive) -> bool:
    numbers = range(max(0, tombstone.number - MAX_SUPERSEDED), tombstone.number + 1 + LOOK_AHEAD)
    return any(same(guid, derive(tombstone.key_id, tombstone.id, number, tombstone.node)) for number in numbers)


def in_grace(former: Superseded, limits: Limits, now_ms: int) -> bool:
    """True while a superseded generation is still accepted."""
    return not limits.expires or now_ms < runs_out(former.replaced_ms, limits.grace_ms, limits.outages)


def use(session: Session, number: int, limits: Limits, now_ms: int, *, hands_out: bool) -> Use:
    """A request with generation `number`; `hands_out` for a poll or heartbeat (design section 5, Rotation)."""
    if number > session.number:
        session = _catch_up(session, number, now_ms)
    if number == session.number:
        session = _adopt(session, now_ms)
        of_age = 0 < limits.interval_ms <= now_ms - session.issued_ms
        if hands_out and of_age:
            session = _make_next(session, limits, now_ms)
            return Use(session, session.number, made=True)
        return Use(session)
    if number == session.number - 1 and not session.adopted_ms:
        return Use(session, session.number if hands_out else None)
    return Use(session)


def renew(session: Session, number: int, limits: Limits, now_ms: int) -> Use | None:
    """`updateGuid`: a new generation for the bearer of the current one, the same again for a retry, else None."""
    if number > session.number:
        session = _catch_up(session, number, now_ms)
    if number == session.number:
        session = _make_next(_adopt(session, now_ms), limits, now_ms)
        return Use(session, session.number, made=True)
    if number == session.number - 1 and not session.adopted_ms:
        return Use(session, session.number)
    return None


def comes_of_age_ms(session: Session, number: int, limits: Limits) -> int | None:
    """When a parked poll of generation `number` should be answered with a GUID; None for never."""
    if number == session.number:
        return session.issued_ms + limits.interval_ms if limits.interval_ms else None
    if number == session.number - 1 and not session.adopted_ms:
        return session.issued_ms
    return None


def is_reuse(session: Session, number: int, limits: Limits, began_ms: int) -> bool:
    """The theft sign: whether a poll that began now carries a generation left long ago (design section 5).

    Asked once, when the poll arrives: what happens during its hold never counts against it.
    """
    left = next((former.left_ms for former in session.superseded if former.number == number), 0)
    return 0 < left < began_ms - limits.reuse_after_ms


def _adopt(session: Session, now_ms: int) -> Session:
    if session.adopted_ms:
        return session
    parent = session.number - 1
    superseded = tuple(
        replace(former, left_ms=now_ms) if former.number == parent and not former.left_ms else former
        for former in session.superseded
    )
    return replace(session, adopted_ms=now_ms, superseded=superseded)


def _make_next(session: Session, limits: Limits, now_ms: int) -> Session:
    kept = [former for former in session.superseded if in_grace(former, limits, now_ms)]
    kept.append(Superseded(session.number, now_ms))
    return replace(
        session, number=session.number + 1, issued_ms=now_ms, adopted_ms=0, superseded=tuple(kept[-MAX_SUPERSEDED:])
    )


def _catch_up(session: Session, number: int, now_ms: int) -> Session:
    """The record lost the write that made `number`: its bearer proves that we issued it."""
    lost = [Superseded(missed, now_ms, now_ms) for missed in range(session.number, number)]
    kept = (*session.superseded, *lost)[-MAX_SUPERSEDED:]
    return replace(session, number=number, issued_ms=now_ms, adopted_ms=now_ms, superseded=kept)
