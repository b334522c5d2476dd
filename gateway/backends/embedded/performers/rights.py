"""What an agent may do, by its roles in the agents file and by the media it is signed in with."""

from typing import Final

from gateway.backends.base import Call
from gateway.backends.embedded.parts import Parts
from gateway.sessions.agent_state import AgentState
from gateway.wire.errors import Refused

INSPECTOR: Final = "inspector"
PICKUP: Final = "pickup"
REPORTS: Final = "reports"
SYSTEM: Final = "system"


def has(parts: Parts, agent_id: int, *roles: str) -> bool:
    """Whether the agent has one of these roles."""
    agent = parts.registry.get(agent_id)
    return agent is not None and not agent.roles.isdisjoint(roles)


def require(parts: Parts, call: Call, code: str, *roles: str) -> None:
    """Raises Refused with `code` unless the calling agent has one of these roles."""
    if not has(parts, call.record.agent_id, *roles):
        raise Refused(code)


def has_voice(state: AgentState) -> bool:
    """Whether the agent is signed in to CTIServer, which voice calls need (contract onlineagent.yaml, mediatype)."""
    return state.media.startswith("T")
