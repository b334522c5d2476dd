"""What follows from one stimulus, for the shell to carry out in order. The rules only ever append to it."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from gateway.backends.embedded.core.model import Call, Leg

Content = dict[str, object] | str | None


class After(Enum):
    """What an agent is after a call; each is a row of `states.AFTER`."""

    TALKED = auto()
    NOT_TALKED = auto()
    NO_ANSWER = auto()
    REJECTED = auto()
    NO_PHONE = auto()
    LEFT = auto()


class Outside(Enum):
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
    after: After


@dataclass(frozen=True, slots=True)
class Timer:
    """Come back after `delay_s` (None: not at all) with `key`."""

    key: "TimerKey"
    delay_s: float | None


@dataclass(frozen=True, slots=True)
class Moves:
    """Something happened to a party outside."""

    what: Outside
    call: Call
    leg: Leg


@dataclass(frozen=True, slots=True)
class TimerKey:
    """Names a timer: what runs out, for which call, for which party (its number, or its agent's session)."""

    name: str
    call_id: str
    party: str = ""


Effect = Tell | Free | Timer | Moves


@dataclass(slots=True)
class Outcome:
    """Effects in order. `now_ms` is the time of the stimulus; `result` what the operation answers."""

    now_ms: int
    effects: list[Effect] = field(default_factory=list)
    result: object = None

    def tell(self, leg: Leg, event_type: str, content: Content) -> None:
        """An event for the agent of this leg; parties outside get none."""
        if leg.agent_id:
            self.effects.append(Tell(leg.agent_id, leg.session_id, event_type, content))

    def add(self, effect: Effect) -> None:
        """Any other effect."""
        self.effects.append(effect)


NOTHING: Final[dict[str, object]] = {}
