"""Who there is: the agents of the VDN, and what their records say now, on all nodes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.agents.registry import Agent
from gateway.backends.embedded.parts import Parts
from gateway.backends.embedded.performers.agent_status import status
from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Record, Session
from gateway.wire.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Present:
    """A signed-in agent's session and state."""

    session: Session
    state: AgentState


@dataclass(frozen=True, slots=True)
class Entry:
    """One agent; `here` is None for one who is signed out."""

    agent: Agent
    here: Present | None

    @property
    def state(self) -> State:
        """The state, signed out included."""
        return self.here.state.state if self.here is not None else State.SIGNED_OUT

    @property
    def status(self) -> int:
        """The status as `agentstatus` tells it."""
        return status(self.here.state) if self.here is not None else int(State.SIGNED_OUT)

    @property
    def skills(self) -> tuple[int, ...]:
        """The skill queues the agent is signed in to."""
        return self.here.state.skills if self.here is not None else ()

    @property
    def takes_calls(self) -> bool:
        """Whether the agent has the right to take inbound calls (`settalkright`)."""
        return self.here is not None and self.here.state.talk_right


def entry(parts: Parts, record: Record) -> Entry | None:
    """The agent of a record; None for one that is neither configured nor signed in."""
    here = None if record.session is None else Present(record.session, record.state)
    agent = parts.registry.get(record.agent_id)
    if agent is None and here is not None:
        agent = Agent(record.agent_id, "", str(record.agent_id))
    return None if agent is None else Entry(agent, here)


async def of(parts: Parts, agent_ids: Iterable[int]) -> list[Entry]:
    """These agents, in this order, without those that there are not."""

    async def read(agent_id: int) -> Record:
        try:
            return await parts.service.store.read(agent_id)
        except Unreadable:
            return Record(agent_id)  # Who asks is another agent, and need not suffer for it.

    records = await asyncio.gather(*map(read, agent_ids))
    return [found for record in records if (found := entry(parts, record)) is not None]


async def signed_in(parts: Parts) -> list[Entry]:
    """Everyone who is signed in, by id."""
    live = sorted({seen.agent_id for seen in await parts.service.store.live()})
    return [found for found in await of(parts, live) if found.here is not None]


async def everybody(parts: Parts) -> list[Entry]:
    """Every agent of the VDN, by id, signed in or not."""
    here = {found.agent.id: found for found in await signed_in(parts)}
    all_ = {agent.id: Entry(agent, None) for agent in parts.registry.all()} | here
    return [all_[agent_id] for agent_id in sorted(all_)]
