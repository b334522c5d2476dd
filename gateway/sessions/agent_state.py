"""What the contact centre knows of a signed-in agent; kept in the agent's record so that any node can change it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

NO_CUSTOM_STATE: Final = 65_535
"""`AgentState.custom_state` when the business has set none."""


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
    `rest_told` whether the agent was reminded of it. `wrap_until_ms` is when wrap-up ends by itself. `deferred` is the
    state asked for during a call, with its reason and rest in s. While talking, `centre` names the process that holds
    the agent's calls, and `calls` are those, by id. `linkage`: the phone is steered with the calls; `video`: it has a
    picture; `talk_right`: inbound calls may come. `custom_state` is a number of the business's own. `previous` is the
    state before this one. `self_record` and `record_early`: the own calls are recorded, and already before they are
    answered. `forwarding` is where the agent's calls go and when, as JSON. `max_chats` limits the text chats at a time.
    `runs_out` is False for a session that may be silent for ever.
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
    wrap_until_ms: int = 0
    deferred: State | None = None
    deferred_reason: int = 0
    deferred_rest_s: int = 0
    centre: str = ""
    calls: tuple[str, ...] = ()
    linkage: bool = False
    video: bool = False
    talk_right: bool = True
    custom_state: int = NO_CUSTOM_STATE
    previous: State | None = None
    self_record: bool = False
    record_early: bool = False
    forwarding: str = ""
    max_chats: int | None = None
    runs_out: bool = True
