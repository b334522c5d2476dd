"""The parts that answering needs, wired once by the app."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Backend
from gateway.backends.relay import Relay
from gateway.events.hand_outs import HandOuts
from gateway.events.poll import PollService
from gateway.events.push import PushService
from gateway.sessions.service import SessionService
from gateway.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """`settings` gives those of the moment; `owes` is called when the backend is owed an end.

    With BACKEND = upstream the backend is a Relay, and there is neither registry nor authentication.
    """

    settings: Callable[[], Settings]
    sessions: SessionService
    polls: PollService
    hand_outs: HandOuts
    push: PushService
    backend: Backend | Relay
    registry: AgentRegistry | None
    authentication: Authentication | None
    owes: Callable[[], None]
