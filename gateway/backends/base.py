"""The seam to a contact centre (design section 10)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from gateway.agents.registry import Agent
from gateway.operations.fields import Body, Parameters
from gateway.operations.operation import Operation
from gateway.operations.sign_in_models import LightSignInBody
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import End, Record
from gateway.sessions.signing import Admission


@dataclass(frozen=True, slots=True)
class SignInCall:
    """An agent whose credentials are right wants in, as session `session_id`."""

    agent: Agent
    session_id: str
    body: LightSignInBody
    now_ms: int


class File(NamedTuple):
    """A file that an agent sends, or that it gets for an operation whose answer is one. Its name is without folders."""

    name: str
    data: bytes


class Call(NamedTuple):
    """One operation of a signed-in agent, validated. `address` tells where it came from.

    `file` comes with an upload.
    """

    operation: Operation
    record: Record
    session_id: str
    parameters: Parameters
    body: Body | None
    address: Callable[[], str]
    file: File | None = None


class Backend(Protocol):
    """A contact centre. Every method raises Refused for a business refusal and Unavailable when out of reach."""

    async def sign_in(self, call: SignInCall) -> Admission:
        """Takes the agent in; a former session of the agent may still be known and ends by its own `sign_out`."""

    async def sign_out(self, end: End) -> None:
        """The session is over. Told at least once, by any node; unknown sessions are no error."""

    async def perform(self, call: Call) -> object:
        """Performs an operation; the JSON value for `result`, or a File where the operation's answer is one."""

    def may_sign_out(self, state: AgentState) -> bool:
        """False while the agent must not sign out without force."""

    def due_ms(self, state: AgentState) -> int | None:
        """When `come_due` should be called for this agent, in ms of the store's time; None for never."""

    async def come_due(self, agent_id: int, session_id: str) -> None:
        """Does what `due_ms` announced, once over all nodes."""
