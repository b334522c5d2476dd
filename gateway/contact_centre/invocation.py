"""One operation as the contact centre performs it: validated, with the desk of who asks, and what actions work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple

from typing_extensions import TypeVar

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.backend import OperationRequest, Sink
from gateway.contact_centre.customers.callers import Customers
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.roster import Roster
from gateway.contact_centre.floor.switchboard import Switchboard
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.presence import Presence, Watchers
from gateway.interface.operation import Operation

P = TypeVar("P", default=Any)
B = TypeVar("B", default=Any)


class File(NamedTuple):
    """A file that an agent sends, or that it gets for an operation whose answer is one. Its name is without folders."""

    name: str
    data: bytes


NO_FILE: Final = File("", b"")


@dataclass(slots=True)
class Invocation(Generic[P, B]):
    """An operation that the agent at `desk` asks for; `parameters` and `body` are of the models of its row.

    `file` comes with an upload.
    """

    request: OperationRequest
    desk: AgentDesk
    parameters: P
    body: B
    file: File = NO_FILE

    @property
    def operation(self) -> Operation:
        """The row."""
        return self.request.operation

    def address(self) -> str:
        """Where the request came from."""
        return self.request.message.address()


Action = Callable[[Invocation[Any, Any]], Awaitable[object]]
"""Performs one operation; its JSON value for `result`, or what the answer is: a File, or a BackendAnswer made before.

Raises Refused.
"""


@dataclass(frozen=True, slots=True)
class CentreServices:
    """What actions work with. The docstring of the package tells what each part is for.

    `node` is the name of this gateway, `cluster` that of all gateways together.
    """

    registry: AgentRegistry
    authentication: Authentication
    world: World
    roster: Roster
    presence: Presence
    board: Switchboard
    customers: Customers
    watchers: Watchers
    sink: Sink
    node: str
    cluster: str


GroupActions = Callable[[CentreServices], dict[str, Action]]
"""What a group of operations does, by operation name."""
