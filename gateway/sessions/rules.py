"""What a GUID is worth and what becomes of it: pure rules, no I/O, no clock (docs/protocol.md). Times are in ms."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.backend import EndReason
from gateway.sessions.guid import same
from gateway.sessions.model import (
    LOOK_AHEAD,
    MAX_SUPERSEDED,
    MOST_REHEARSED,
    TOMBSTONE_LIFE_MS,
    Record,
    Session,
    Superseded,
    Tombstone,
)
from gateway.sessions.policy import Limits, runs_out

Derive = Callable[[str, str, int, str], str]
"""Key id, session id, generation number, node name -> GUID (`KeyRing.derive`, perhaps remembered)."""


class Bearer(NamedTuple):
    """An accepted request: the session and the generation whose GUID it carries (may be ahead of the record)."""

    session: Session
    number: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A refused request: whether the agent has a session, and how and when the session ended whose GUID it carries."""

    signed_in: bool
    ended: EndReason | None = None
    ended_ms: int = field(default=0, compare=False)


class Use(NamedTuple):
    """What a use of a GUID does: the session after it and the generation to hand out, if any.

    `made` tells that the generation is new.
    """

    session: Session
    hand_out: int | None = None
    made: bool = False


def check(record: Record, guid: str, derive: Derive, limits: Limits, now_ms: int) -> Bearer | Rejected:
    """Decides who carries `guid` (docs/protocol.md, Check), but for what only `search` finds."""
    session = record.session
    if session is not None:
        if same(guid, derive(session.key_id, session.id, session.number, session.node)):
            return Bearer(session, session.number)
        for number in _others_accepted(session, limits, now_ms):
            if same(guid, derive(session.key_id, session.id, number, session.node)):
                return Bearer(session, number)
    for tombstone in record.tombstones:
        if now_ms - tombstone.ended_ms < TOMBSTONE_LIFE_MS and _was(tombstone, guid, derive):
            return Rejected(session is not None, tombstone.reason, tombstone.ended_ms)
    return Rejected(session is not None)


def _others_accepted(session: Session, limits: Limits, now_ms: int) -> Iterator[int]:
    """Besides the current one."""
    for former in reversed(session.superseded):
        if is_accepted(session, former, limits, now_ms):
            yield former.number
    yield from range(session.number + 1, session.number + 1 + LOOK_AHEAD)


def _was(tombstone: Tombstone, guid: str, derive: Derive) -> bool:
    numbers = range(max(0, tombstone.number - MAX_SUPERSEDED), tombstone.number + 1 + LOOK_AHEAD)
    return any(same(guid, derive(tombstone.key_id, tombstone.id, number, tombstone.node)) for number in numbers)


def is_accepted(session: Session, former: Superseded, limits: Limits, now_ms: int) -> bool:
    """True while a superseded generation is accepted: in its grace, or because AUTHMODE or a rehearsal lets it live."""
    return _outlives_grace(session, former, limits) or _in_grace(former, limits, now_ms)


def _outlives_grace(session: Session, former: Superseded, limits: Limits) -> bool:
    last_adopted, from_rehearsal = former.number == session.last_adopted, 0 <= session.rehearsed_from <= former.number
    return limits.lenient and (last_adopted or from_rehearsal)


def _in_grace(former: Superseded, limits: Limits, now_ms: int) -> bool:
    return former.waiting or now_ms < runs_out(former.replaced_ms, limits.grace_ms, limits.outages)


def lapses_ms(session: Session, number: int, limits: Limits) -> int | None:
    """When an accepted generation is no longer good by this record, None where no such time is known."""
    if number >= session.number:
        return None
    former = next((former for former in session.superseded if former.number == number), None)
    if former is None or former.waiting or _outlives_grace(session, former, limits):
        return None
    return runs_out(former.replaced_ms, limits.grace_ms, limits.outages)


def rehearsed(session: Session, limits: Limits) -> Sequence[int]:
    """The generations that live by a rehearsal and are too old for the record, newest first; many, so searched last."""
    if not limits.lenient or session.rehearsed_from < 0:
        return ()
    oldest = max(session.rehearsed_from, session.number - MOST_REHEARSED)
    newest = min((former.number for former in session.superseded), default=session.number) - 1
    return range(newest, oldest - 1, -1)


def search(session: Session, guid: str, derive: Derive, limits: Limits) -> Bearer | None:
    """Whose GUID this is among those of `rehearsed`, if anybody's."""
    for number in rehearsed(session, limits):
        if same(guid, derive(session.key_id, session.id, number, session.node)):
            return Bearer(session, number)
    return None


def is_current(session: Session, guid: str, derive: Derive) -> bool:
    """The common case of `check` and `use` in one: the adopted, current generation on a request that hands nothing out.

    Such a request changes nothing, whatever the time is; only a rehearsal may have to note it.
    """
    return session.adopted_ms > 0 and same(guid, derive(session.key_id, session.id, session.number, session.node))


def would_be_refused(session: Session, number: int, limits: Limits, now_ms: int) -> bool:
    """Whether AUTHMODE 2 in earnest would have refused this generation, had it been handed its successor when made."""
    if number >= session.number:
        return False
    former = next((former for former in session.superseded if former.number == number), None)
    return former is None or not _in_grace(replace(former, waiting=False), limits, now_ms)


def use(session: Session, number: int, limits: Limits, now_ms: int, *, hands_out: bool) -> Use:
    """A request with generation `number`; `hands_out` for a poll or heartbeat (docs/protocol.md, Rotation)."""
    if limits.lenient or limits.rehearsal:
        session = _take_back_hand_out(_begin_rehearsal(session, limits, now_ms), number, limits)
    if number > session.number:
        session = _catch_up(session, number, now_ms)
    if number == session.number:
        if not session.adopted_ms:
            session = _adopt(session, now_ms)
        of_age = 0 < limits.interval_ms <= now_ms - session.issued_ms
        if hands_out and of_age:
            session = _make_next(session, limits, now_ms)
            return Use(session, session.number, made=True)
        return Use(session)
    if _is_handed_again(session, number, limits):
        return Use(session, session.number if hands_out else None)
    return Use(session)


def _is_handed_again(session: Session, number: int, limits: Limits) -> bool:
    """Whether a poll of this generation gets the current one once more: its answer may have been lost."""
    return number == session.number - 1 and not session.adopted_ms and limits.interval_ms > 0


def note_hand_out(session: Session, number: int, limits: Limits, now_ms: int) -> Session:
    """The client has got an answer with generation `number`: the grace of the one before begins, where it has one."""
    if limits.lenient or number != session.number:
        return session
    return _begin_grace(session, now_ms)


def renew(session: Session, number: int, limits: Limits, now_ms: int) -> Use | None:
    """`updateGuid`: a new generation for the bearer of the current one, the same again for a retry, else None."""
    session = _take_back_hand_out(_begin_rehearsal(session, limits, now_ms), number, limits)
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
    if _is_handed_again(session, number, limits):
        return session.issued_ms
    return None


def is_reuse(session: Session, number: int, limits: Limits, began_ms: int) -> bool:
    """The theft sign: whether a poll that began now carries a generation left long ago (docs/protocol.md, Theft sign).

    Asked once, when the poll arrives: what happens during its hold never counts against it. Nor does a generation that
    lives on from a rehearsal that is over: a second window may hold it.
    """
    if number >= session.number:
        return False
    if limits.lenient and not limits.rehearsal and 0 <= session.rehearsed_from <= number:
        return False
    left = next((former.left_ms for former in session.superseded if former.number == number), 0)
    return 0 < left < began_ms - limits.reuse_after_ms


def _begin_rehearsal(session: Session, limits: Limits, now_ms: int) -> Session:
    """The first request in a rehearsal notes which generations were good then."""
    if not limits.rehearsal or session.rehearsed_from >= 0:
        return session
    good = [former.number for former in session.superseded if is_accepted(session, former, limits, now_ms)]
    return replace(session, rehearsed_from=min([*good, session.last_adopted]))


def _take_back_hand_out(session: Session, number: int, limits: Limits) -> Session:
    """Where the last adopted generation outlives its grace, its use makes the hand-out of its successor as not made.

    So a grace that ran out meanwhile refuses nobody when the site goes back to AUTHMODE 2.
    """
    if not limits.lenient or session.adopted_ms or number != session.number - 1:
        return session
    superseded = tuple(
        replace(former, waiting=True) if former.number == number and not former.waiting else former
        for former in session.superseded
    )
    return session if superseded == session.superseded else replace(session, superseded=superseded)


def _begin_grace(session: Session, now_ms: int) -> Session:
    if not any(former.waiting for former in session.superseded):
        return session
    superseded = tuple(
        replace(former, replaced_ms=now_ms, waiting=False) if former.waiting else former
        for former in session.superseded
    )
    return replace(session, superseded=superseded)


def _adopt(session: Session, now_ms: int) -> Session:
    """The first use of a generation is also the proof that it was handed out."""
    if session.adopted_ms:
        return session
    session = _begin_grace(session, now_ms)
    parent = session.number - 1
    superseded = tuple(
        replace(former, left_ms=now_ms) if former.number == parent and not former.left_ms else former
        for former in session.superseded
    )
    return replace(session, adopted_ms=now_ms, superseded=superseded)


def _make_next(session: Session, limits: Limits, now_ms: int) -> Session:
    """The next generation; the grace of the present one begins with the hand-out of that."""
    if session.rehearsed_from >= 0 and not limits.lenient:
        session = _end_rehearsal(session, now_ms)
    kept = [former for former in session.superseded if is_accepted(session, former, limits, now_ms)]
    kept.append(Superseded(session.number, now_ms, waiting=True))
    return replace(
        session, number=session.number + 1, issued_ms=now_ms, adopted_ms=0, superseded=tuple(kept[-MAX_SUPERSEDED:])
    )


def _end_rehearsal(session: Session, now_ms: int) -> Session:
    """The first rotation in earnest: what lived on from the rehearsal gets its grace from now."""
    oldest = max(session.rehearsed_from, session.number - MAX_SUPERSEDED)
    older = [former for former in session.superseded if former.number < oldest]
    # Not known as left: whoever holds one was let live until now, and is no thief for it.
    again = [Superseded(number, now_ms) for number in range(oldest, session.number)]
    return replace(session, superseded=(*older, *again), rehearsed_from=-1)


def _catch_up(session: Session, number: int, now_ms: int) -> Session:
    """The record lost the write that made `number`: its bearer proves that we issued it."""
    session = _begin_grace(session, now_ms)
    lost = [Superseded(missed, now_ms, now_ms) for missed in range(session.number, number)]
    kept = (*session.superseded, *lost)[-MAX_SUPERSEDED:]
    return replace(session, number=number, issued_ms=now_ms, adopted_ms=now_ms, superseded=kept)
