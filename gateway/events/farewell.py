"""The last event of an agent who is forced out: `AgentOther_ShutdownService` (contract events.yaml).

It goes to the poll that waits at that moment, or to the receiver of a session whose events are pushed. Later polls are
refused. An own sign-out, and a forced sign-in elsewhere, bring none: a poll held during the latter ends empty.
"""

from gateway.events.event import make_event
from gateway.sessions.model import EndReason, Event, Record, Session


def farewell(record: Record, session: Session, now_ms: int) -> Event | None:
    """The event, if this session of the agent was ended by an inspector or the operator."""
    if not any(old.id == session.id and old.reason is EndReason.FORCED for old in record.tombstones):
        return None
    return make_event("AgentOther_ShutdownService", record.agent_id, {"loginTime": str(session.started_ms)}, now_ms)
