"""What follows from one stimulus, for the shell to carry out in order. The rules only ever append to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from gateway.contact_centre.floor.calls import AgentDesk, Call, Leg

Content = Mapping[str, object] | str | None


class CallEnding(Enum):
    """What an agent is after a call; see `state_machine.free`."""

    TALKED = auto()
    NOT_TALKED = auto()
    NO_ANSWER = auto()
    REJECTED = auto()
    NO_PHONE = auto()
    LEFT = auto()


class PartyChange(Enum):
    """What happens to a party outside, for whoever plays it."""

    RINGS = auto()
    TALKS = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class Tell:
    """An event for an agent's session."""

    agent_id: int
    session_id: str
    event_type: str
    content: Content


@dataclass(frozen=True, slots=True)
class Free:
    """The agent is in no call any more."""

    agent_id: int
    session_id: str
    after: CallEnding


@dataclass(frozen=True, slots=True)
class Timer:
    """Come back after `delay_s` (None: not at all) with `key`."""

    key: "TimerKey"
    delay_s: float | None


@dataclass(frozen=True, slots=True)
class PartyChanged:
    """Something happened to a party outside."""

    what: PartyChange
    call: Call
    leg: Leg


@dataclass(frozen=True, slots=True)
class TimerKey:
    """Names a timer: what runs out, for which call, for which party (its number, or its agent's session)."""

    name: str
    call_id: str
    party: str = ""


Effect = Tell | Free | Timer | PartyChanged


@dataclass(slots=True)
class Effects:
    """Effects in order. `now_ms` is the time of the stimulus."""

    now_ms: int
    effects: list[Effect] = field(default_factory=list)

    def tell(self, leg: Leg, event_type: str, content: Content) -> None:
        """An event for the agent of this leg; parties outside get none."""
        if leg.agent_id:
            self.effects.append(Tell(leg.agent_id, leg.session_id, event_type, content))

    def tell_desk(self, desk: AgentDesk, event_type: str, content: Content = None) -> None:
        """An event for the agent at this desk."""
        self.effects.append(Tell(desk.agent_id, desk.session_id, event_type, content))

    def add(self, effect: Effect) -> None:
        """Any other effect."""
        self.effects.append(effect)


NOTHING: Final[dict[str, object]] = {}
