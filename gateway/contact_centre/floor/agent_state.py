"""What an agent is: idle, busy, in a call, with which skills and switches; and how a session keeps it."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

NO_CUSTOM_STATE: Final = 65_535
"""`AgentState.custom_state` when the business has set none."""


class State(IntEnum):
    """Agent state as `agentstatus` tells it."""

    SIGNED_OUT = 2
    BUSY = 3
    IDLE = 4
    WRAP_UP = 5
    TALKING = 7
    REST = 8


class AgentState(NamedTuple):
    """State of one agent. `reason` is the busy or rest reason; times are ms since the epoch, 0 = none.

    `skills` are the skill queues the agent is signed in to; `rest_until_ms` is when a rest asked for runs out and
    `rest_told` whether the agent was reminded of it. `wrap_until_ms` is when wrap-up ends by itself. `deferred` is the
    state asked for during a call, with its reason and rest in s. `linkage`: the phone is steered with the calls;
    `video`: it has a picture; `talk_right`: inbound calls may come. `custom_state` is a number of the business's own.
    `previous` is the state before this one. `self_record` and `record_early`: the own calls are recorded, and already
    before they are answered. `forwarding` is where the agent's calls go and when, as JSON. `max_chats` limits the
    text chats at a time.
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
    linkage: bool = False
    video: bool = False
    talk_right: bool = True
    custom_state: int = NO_CUSTOM_STATE
    previous: State | None = None
    self_record: bool = False
    record_early: bool = False
    forwarding: str = ""
    max_chats: int | None = None

    @property
    def has_voice(self) -> bool:
        """Whether the agent is signed in to CTIServer, which voice calls need: the first letter of `media`."""
        return self.media.startswith("T")

    @property
    def has_text(self) -> bool:
        """Whether the agent is signed in to WebM, which text chats need: the second letter of `media`."""
        return self.media[1:2] == "T"


_USUAL: Final = AgentState()
_NAMES: Final = AgentState._fields
_STATES: Final = ("state", "deferred", "previous")
_READ: Final = TypeAdapter(AgentState)
_CALLS: Final = "calls"


def write_note(state: AgentState, calls: Sequence[str]) -> bytes:
    """State and ids of open calls as a session keeps them: a JSON object without what is as ever."""
    changed: dict[str, Any] = {
        name: value for name, value, usual in zip(_NAMES, state, _USUAL, strict=True) if value != usual
    }
    for name in _STATES:
        if name in changed:
            changed[name] = changed[name].name
    return to_json({**changed, _CALLS: calls} if calls else changed)


def read_note(note: bytes) -> tuple[AgentState, tuple[str, ...]]:
    """What was written, also by an older or a newer version; who is signed in without a note is idle.

    Raises ValueError for what no version writes.
    """
    kept = from_json(note) if note else {}
    if not isinstance(kept, dict):
        raise ValueError("a note must be a JSON object")
    known = {name: value for name, value in kept.items() if name in _NAMES}
    try:
        for name in _STATES:
            if isinstance(known.get(name), str):
                known[name] = State[known[name]]
        return _READ.validate_python(known), tuple(map(str, kept.get(_CALLS, ())))
    except (KeyError, TypeError, ValidationError) as wrong:
        raise ValueError(f"not a note of this contact centre: {type(wrong).__name__}") from None
