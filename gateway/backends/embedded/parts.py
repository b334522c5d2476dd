"""What performers work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.backends.base import Call
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.records import Records
from gateway.backends.embedded.simulated import Customers
from gateway.backends.embedded.switchboard import Switchboard
from gateway.backends.embedded.watching import Watch
from gateway.sessions.service import SessionService
from gateway.sessions.store import EventQueue

Performer = Callable[[Call], Awaitable[object]]
"""Performs one operation; its JSON value for `result`. Raises Refused."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The contact centre's parts. The package's docstring tells what each is for."""

    service: SessionService
    queue: EventQueue
    registry: AgentRegistry
    authentication: Authentication
    world: World
    records: Records
    board: Switchboard
    customers: Customers
    watch: Watch


Group = Callable[[Parts], dict[str, Performer]]
"""The performers of one group of operations, by operation name."""
