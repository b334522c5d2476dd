"""What an agent may do, by its roles in the agents file."""

from typing import Final

from gateway.contact_centre.invocation import CentreServices, Invocation
from gateway.wire.errors import Refused

INSPECTOR: Final = "inspector"
PICKUP: Final = "pickup"
REPORTS: Final = "reports"
SYSTEM: Final = "system"


def has(services: CentreServices, agent_id: int, *roles: str) -> bool:
    """Whether the agent has one of these roles."""
    agent = services.registry.get(agent_id)
    return agent is not None and not agent.roles.isdisjoint(roles)


def require(services: CentreServices, invocation: Invocation, code: str, *roles: str) -> None:
    """Raises Refused with `code` unless the asking agent has one of these roles."""
    if not has(services, invocation.desk.agent_id, *roles):
        raise Refused(code)
