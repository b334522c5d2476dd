"""An event as the wire knows it (contract agentevent.yaml, envelope)."""

import secrets

from pydantic_core import to_json

from gateway.sessions.model import Event


def make_event(event_type: str, agent_id: int, content: object, now_ms: int) -> Event:
    """An event made now; its body is the `event` member of a poll answer, encoded once so that a repeat is the same."""
    body = {"eventType": event_type, "eventGenTime": now_ms, "workNo": str(agent_id), "content": content}
    return Event(secrets.token_hex(8), to_json(body))
