"""Small records and settings that the tests of the session rules start from. All times are in ms."""

from dataclasses import replace

from gateway.sessions.guid import KeyRing
from gateway.sessions.model import Record, Session
from gateway.sessions.policy import Limits

AGENT = 101
INTERVAL, TIMEOUT, HOLD = 60_000, 120_000, 10_000
GRACE = TIMEOUT - INTERVAL
START = 1_700_000_000_000
"""When the sample session was signed in."""

RING = KeyRing("k1", {"k1": bytes(range(32)), "k0": bytes(range(32, 64))})
ROTATING = Limits(INTERVAL, GRACE, HOLD)
STATIC = replace(ROTATING, interval_ms=0, lenient=True)
REHEARSAL = replace(ROTATING, lenient=True, rehearsal=True)
FRESH = Session("a" * 32, "AgentGateway0", "k1", START, issued_ms=START)


def record(session: Session | None = FRESH) -> Record:
    """The record of the sample agent with this session."""
    return Record(AGENT, session)


def guid(session: Session, number: int) -> str:
    """The GUID of a generation of `session`."""
    return RING.derive(session.key_id, session.id, number, session.node)
