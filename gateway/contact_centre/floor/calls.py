"""Calls, their parties, agents' desks, waiting calls. Times are ms since the epoch, 0 = never."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from typing import Any

from gateway.contact_centre.floor.agent_state import AgentState, State

NO_AGENT = 65_535
"""`lastReleaseAgentId` of a call that no agent has released yet; also the trunk number of every call."""


class Stage(Enum):
    """Where one party is in a call."""

    ALERTING = "the own phone rings before the number is dialled"
    DIALLING = "waits for the other side to answer"
    RINGING = "is asked to answer"
    TALKING = "talks"
    HELD = "has put the call on hold"
    AT_IVR = "waits for the customer to come back from an IVR"


class Feature(IntEnum):
    """Kind of a call; it stays with the call id."""

    INBOUND = 0
    INTERNAL = 6
    OUTBOUND = 7
    HELP = 51
    HELP_THREE = 52
    MULTI_PARTY = 53


class Purpose(Enum):
    """Why a party was brought into a call; what follows is a row of `inviting.FOLLOW_UPS`."""

    ORIGIN = auto()
    ROUTED = auto()
    OUTBOUND = auto()
    INTERNAL = auto()
    HELP = auto()
    HELP_THREE = auto()
    TALK = auto()
    BLIND = auto()
    SUCCESS = auto()
    OUT_BLIND = auto()
    OUT_SUCCESS = auto()
    OUT_TALK = auto()
    OUT_THREE = auto()
    PHONE_TRANSFER = auto()
    CONFERENCE = auto()


@dataclass(slots=True, eq=False)
class Leg:
    """One party of one call: an agent, in a session, or somebody outside (`agent_id` 0), by `number`.

    `call` is the call it is in, `by` the party that brought it in. `assistant` marks a help call. `hidden`: its
    picture is not shown. `joins` is set on the leg of an agent who, by releasing it, connects the others with the call
    held before (talk transfer).
    """

    number: str
    stage: Stage
    purpose: Purpose
    since_ms: int
    agent_id: int = 0
    session_id: str = ""
    by: "Leg | None" = None
    assistant: bool = False
    muted: bool = False
    hidden: bool = False
    joins: "Call | None" = None
    talking_since_ms: int = 0
    held_since_ms: int = 0
    recording: "Recording | None" = None
    call: "Call | None" = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        """`main` or `assistant`, as events name it."""
        return "assistant" if self.assistant else "main"

    @property
    def connected(self) -> bool:
        """True once the party is in the call, also on hold; false while it is only asked to answer."""
        return self.stage is not Stage.RINGING


@dataclass(slots=True)
class Recording:
    """A recording of an agent's leg. `paused_since_ms` is 0 while it runs, `paused_ms` the time of former pauses."""

    task_id: int
    began_ms: int
    file_name: str
    paused_since_ms: int = 0
    paused_ms: int = 0


@dataclass(slots=True, eq=False)
class QueueEntry:
    """A call's place in a skill queue, or in the private queue of an agent (`agent_id`; `skill_id` 0).

    `by` is the leg that keeps the call meanwhile (success transfer).
    """

    call: "Call"
    skill_id: int
    since_ms: int
    purpose: Purpose = Purpose.ROUTED
    by: Leg | None = None
    agent_id: int = 0


@dataclass(frozen=True, slots=True)
class Dial:
    """What is dialled once the caller's phone is lifted: a number, or with `skill_id` an idle agent of a queue."""

    number: str
    purpose: Purpose
    skill_id: int = 0


@dataclass(slots=True, eq=False)
class Call:
    """A call with its parties. `caller`, `called` and `skill_id` (0 = none) are as clients read them.

    `for_agent` is the agent whom a customer calls, past all skill queues (0 = none). `data` and `business` are call
    data of the agents; `served` are the agents who have talked in it. `conference` is the id of the agent conference
    that it has become, whose agents are no legs of it. `picture`: it was switched to video. `forwarded_by` is the agent
    whom it was meant for when it was offered last, if that agent forwards its calls (0 = nobody).
    """

    id: str
    feature: Feature
    caller: str
    called: str
    created_ms: int
    skill_id: int = 0
    for_agent: int = 0
    data: str = ""
    business: dict[str, Any] = field(default_factory=dict)
    original_called: str = ""
    media_type: int = 5
    picture: bool = False
    priority: int = 0
    legs: list[Leg] = field(default_factory=list)
    waiting: QueueEntry | None = None
    to_dial: "Dial | None" = None
    at_ivr: str = ""
    answered_ms: int = 0
    ended_ms: int = 0
    last_release_agent: int = NO_AGENT
    requeued: int = 0
    served: list[int] = field(default_factory=list)
    conference: int = 0
    forwarded_by: int = 0

    def agents(self) -> Iterator[Leg]:
        """The legs of agents."""
        return (leg for leg in self.legs if leg.agent_id)

    def connected(self) -> list[Leg]:
        """The parties that are in the call."""
        return [leg for leg in self.legs if leg.connected]

    def customer(self) -> Leg | None:
        """The first connected party outside."""
        return next((leg for leg in self.legs if not leg.agent_id and leg.connected), None)

    def others(self, leg: Leg) -> list[Leg]:
        """The connected parties besides this one."""
        return [other for other in self.legs if other is not leg and other.connected]


class Phone(Enum):
    """An agent's phone. ENGAGED: used for something else; LOST: out of reach."""

    ON_HOOK = auto()
    ALERTING = auto()
    OFF_HOOK = auto()
    ENGAGED = auto()
    LOST = auto()


@dataclass(slots=True, eq=False)
class AgentDesk:
    """An agent who is signed in, since `since_ms`, and its state. `last_call` is the call that ended last.

    `leaving`: the agent is just signing out, so no new call comes.
    """

    agent_id: int
    session_id: str
    state: AgentState
    phone: Phone = Phone.ON_HOOK
    last_call: Call | None = None
    since_ms: int = 0
    leaving: bool = False

    @property
    def in_call(self) -> bool:
        """Whether the agent is in a call, or in what is like one."""
        return self.state.state is State.TALKING


@dataclass(frozen=True, slots=True)
class ReachedParty:
    """Whom a call for an agent reaches: an agent occupied for it, or a number outside.

    `forwarded_by` is the agent who was called and forwards its calls, 0 for nobody.
    """

    who: AgentDesk | str
    forwarded_by: int = 0

    @property
    def number(self) -> str:
        """The agent's number, or the one outside."""
        return self.who if isinstance(self.who, str) else str(self.who.agent_id)


@dataclass(slots=True)
class DayTotals:
    """What an agent did on one day."""

    talk_ms: int = 0
    answered: int = 0
    called_out: int = 0


@dataclass(frozen=True, slots=True)
class PreviewOffer:
    """An outbound call that an agent was asked to make."""

    agent_id: int
    session_id: str
    numbers: tuple[str, ...]
    data: str = ""
