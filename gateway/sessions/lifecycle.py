"""How sessions begin and end: pure rules over the record (docs/protocol.md, Sessions). Times are in ms."""

from dataclasses import dataclass, replace

from gateway.backend import End, EndReason
from gateway.sessions.model import (
    LOST_ANSWER_MS,
    MAX_TOMBSTONES,
    TOMBSTONE_LIFE_MS,
    Record,
    Reservation,
    Session,
    Tombstone,
)
from gateway.wire import retcodes
from gateway.wire.errors import Refused

RESERVATION_MS = 10_000


@dataclass(frozen=True, slots=True)
class EndedRecord:
    """A record after the end of its session, and what the backend is owed for it."""

    record: Record
    end: End


def reserve(record: Record, token: str, now_ms: int, *, force: bool, may_be_forced: bool) -> Record:
    """Keeps the agent for one sign-in while the backend is asked.

    Raises Refused: `100-021` while another sign-in is under way, `100-002` and `100-015` for a session that is alive.
    """
    under_way = record.reservation
    if under_way is not None and under_way.until_ms > now_ms and under_way.token != token:
        raise Refused(retcodes.SIGN_IN_IN_PROGRESS)
    session = record.session
    if session is not None and not answer_was_lost(session, now_ms):
        if not force:
            raise Refused(retcodes.ALREADY_SIGNED_IN)
        if not may_be_forced:
            raise Refused(retcodes.MAY_NOT_BE_FORCED)
    return take_reservation(record, token, now_ms)


def announce(record: Record, token: str, now_ms: int) -> Record:
    """Tells that a sign-in is under way which somebody else judges. It keeps nobody from signing in."""
    under_way = record.reservation
    if under_way is not None and under_way.until_ms > now_ms:
        return record
    return take_reservation(record, token, now_ms)


def take_reservation(record: Record, token: str, now_ms: int) -> Record:
    """Keeps the agent for this sign-in, whoever else had it."""
    return replace(record, reservation=Reservation(token, now_ms + RESERVATION_MS))


def standing(record: Record) -> str:
    """A text that becomes another one whenever a session of the agent opens or ends."""
    live = record.session.id if record.session is not None else ""
    return f"{live}/{record.tombstones[0].id if record.tombstones else ''}"


def answer_was_lost(session: Session, now_ms: int) -> bool:
    """True for a session that nobody can know of: never used, although there was time enough, or its answer is lost."""
    return not session.used and (session.answer_lost or now_ms - session.issued_ms > LOST_ANSWER_MS)


def open_session(
    record: Record, token: str, session: Session, now_ms: int, *, force: bool
) -> tuple[Record, End | None] | None:
    """The reserved sign-in becomes the session; one that it replaces ends. None when the reservation is gone."""
    if record.session is not None and record.session.id == session.id:
        return record, None
    if record.reservation is None or record.reservation.token != token:
        return None
    owed = None
    if record.session is not None:
        ended = end_session(record, record.session.id, EndReason.TAKEN_OVER if force else EndReason.REPLACED, now_ms)
        if ended is not None:
            record, owed = ended.record, ended.end
    return replace(record, session=session, reservation=None, former_note=""), owed


def refuse_used(record: Record, token: str) -> None:
    """A session that came into use while the backend was asked is not replaced without force: raises Refused."""
    session = record.session
    if session is not None and session.id != token and session.used:
        raise Refused(retcodes.ALREADY_SIGNED_IN)


def abandon(record: Record, token: str) -> Record:
    """Lets go of a reservation, if it is still this one."""
    if record.reservation is None or record.reservation.token != token:
        return record
    return replace(record, reservation=None)


def end_session(record: Record, session_id: str, reason: EndReason, now_ms: int, code: int = 0) -> EndedRecord | None:
    """Ends this very session; None when it is not the live one. `code` is a sign-out cause of 1 to 255, 0 = none."""
    session = record.session
    if session is None or session.id != session_id:
        return None
    tombstone = Tombstone(session.id, session.node, session.key_id, session.number, now_ms, reason)
    recent = [old for old in record.tombstones if now_ms - old.ended_ms < TOMBSTONE_LIFE_MS]
    record = replace(record, session=None, tombstones=(tombstone, *recent)[:MAX_TOMBSTONES], former_note="")
    return EndedRecord(record, End(record.agent_id, session_id, reason, now_ms, code, session.upstream))
