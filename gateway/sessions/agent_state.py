"""What the contact centre knows of a signed-in agent; kept in the agent's record so that any node can change it."""

from dataclasses import dataclass
from enum import IntEnum


class State(IntEnum):
    """Agent state as `agentstatus` tells it (contract onlineagent.yaml, agent_state_codes)."""

    SIGNED_OUT = 2
    BUSY = 3
    IDLE = 4
    WRAP_UP = 5
    TALKING = 7
    REST = 8


@dataclass(frozen=True, slots=True)
class AgentState:
    """State of one agent. `reason` is the busy or rest reason; times are ms since the epoch, 0 = none.

    `skills` are the skill queues the agent is signed in to; `rest_until_ms` is when a rest asked for runs out and
    `rest_told` whether the agent was reminded of it.
    """

    state: State = State.IDLE
    reason: int = 0
    since_ms: int = 0
    skills: tuple[int, ...] = ()
    phone: str = ""
    media: str = "TTF"
    auto_answer: bool = True
    auto_enter_idle: bool = True
    release_phone: bool = True
    rest_until_ms: int = 0
    rest_told: bool = False
