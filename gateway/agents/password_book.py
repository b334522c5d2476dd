"""Where the passwords in force are kept: the contract, and its keeping in the agents file."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Protocol

from gateway.agents.agents_file import AgentsFileError
from gateway.agents.editor import EditError, editing
from gateway.agents.registry import Agent, AgentRegistry
from gateway.wire.errors import Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Password:
    """The password of an agent: the hash in force, up to FORMER_PASSWORDS hashes before it, newest first."""

    current: str = field(repr=False)
    former: tuple[str, ...] = field(default=(), repr=False)
    must_change: bool = False


class PasswordBook(Protocol):
    """The password in force of each agent.

    - It is the one in the agents file until the agent changes it; from then on the new one, on every node.
    - An operator who puts another hash into the file sets the password anew. A hash that the agent has replaced
      before is not such another one: a node with a copy of the file from before must not bring it back.
    - A change clears `must_change` and puts the hash it replaces first in `former`.
    """

    async def password(self, agent: Agent) -> Password:
        """The password in force of `agent`, as the registry has it now. Raises StoreUnavailable."""

    async def replace(self, agent: Agent, seen: Password, new_hash: str) -> bool:
        """Puts `new_hash` in force if `seen` still is; False when another change came first.

        Raises Unavailable when it cannot be kept.
        """


def of_file(agent: Agent) -> Password:
    """The password that the agents file gives an agent."""
    return Password(agent.password_hash, agent.former_password_hashes, agent.must_change_password)


class FilePasswordBook:
    """`PasswordBook` in the agents file itself: for the embedded store, one process."""

    def __init__(self, registry: AgentRegistry) -> None:
        self._registry = registry
        self._one_at_a_time = asyncio.Lock()

    async def password(self, agent: Agent) -> Password:
        """See PasswordBook."""
        return of_file(agent)

    async def replace(self, agent: Agent, seen: Password, new_hash: str) -> bool:
        """See PasswordBook."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._replace, agent.id, seen.current, new_hash)

    def _replace(self, agent_id: int, seen_hash: str, new_hash: str) -> bool:
        try:
            with editing(self._registry.path) as editor:
                if editor.password_hash(agent_id) != seen_hash:
                    return False
                editor.set_password(agent_id, new_hash)
        except EditError:
            return False
        except (AgentsFileError, OSError) as problem:
            log.error("agent %d: the new password cannot be written to the agents file: %s", agent_id, problem)
            raise Unavailable("passwords cannot be changed now: tell the operator") from None
        self._registry.reload()
        return True
