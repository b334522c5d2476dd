"""How the contact centre is set up; read from the contact centre file by `plan_file`."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Queue:
    """A skill queue by skill id. `max_wait_s` 0 = callers wait for ever."""

    skill_id: int
    service_type: int = 0
    max_wait_s: int = 0


@dataclass(frozen=True, slots=True)
class VoiceMenu:
    """A voice menu: it keeps a customer for `seconds`, then passes the call to a queue (0 = hangs up)."""

    access: str
    id: int
    description: str = ""
    service_no: int = 0
    seconds: float = 5.0
    then_skill: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """A team of agents. `monitor` is the agent who leads it, 0 for nobody."""

    id: int
    name: str
    agents: frozenset[int] = frozenset()
    monitor: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in s. `wrap_up_s` 0 = until the agent leaves it; `voice_s` is the length of a file that is played."""

    no_answer_s: float = 20.0
    dial_s: float = 45.0
    wrap_up_s: float = 0.0
    voice_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a simulated customer whose number begins with `prefix` does by itself; None = nothing, in s.

    It answers a call after `answer_s`, or refuses it then with the cause `detect` and its text; it hangs up after
    `talk_s` of talk, or after `patience_s` of waiting.
    """

    prefix: str = ""
    answer_s: float | None = 2.0
    talk_s: float | None = None
    patience_s: float | None = None
    detect: int = 0
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Customers who call a queue: `per_minute` on average, with talk and patience in s on average."""

    skill_id: int
    per_minute: float
    talk_s: float = 90.0
    patience_s: float = 120.0
    prefix: str = "138"


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole set-up. `access` maps access codes to skill ids; `barred` are prefixes that may not be called.

    `forbidden_words` may not be written in chats, in any case; `conference_seats` are those of all conferences.
    `phones` are the ranges, first and last number, of phones that agents may have; none = any.
    """

    vdn_id: int = 1
    vdn_name: str = "VDN1"
    number: str = "60000"
    timing: Timing = field(default_factory=Timing)
    queues: dict[int, Queue] = field(default_factory=dict)
    access: dict[str, int] = field(default_factory=dict)
    ivrs: dict[str, VoiceMenu] = field(default_factory=dict)
    groups: tuple[Team, ...] = ()
    barred: tuple[str, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    arrivals: tuple[Arrivals, ...] = ()
    record: bool = False
    forbidden_words: tuple[str, ...] = ()
    conference_seats: int = 120
    phones: tuple[tuple[str, str], ...] = ()

    def takes_phone(self, number: str) -> bool:
        """Whether an agent may have this phone."""
        return not self.phones or any(
            len(number) == len(first) and first <= number <= last for first, last in self.phones
        )

    def behaviour(self, number: str) -> Behaviour:
        """What a customer with this number does: the behaviour with the longest prefix of it."""
        fitting = [entry for entry in self.behaviours if number.startswith(entry.prefix)]
        return max(fitting, key=lambda entry: len(entry.prefix), default=Behaviour())

    def group_of(self, agent_id: int) -> Team | None:
        """The agent's team; None for an agent of no team."""
        return next((group for group in self.groups if agent_id in group.agents), None)

    def access_code(self, skill_id: int) -> str:
        """The first access code of a queue, or the centre's own number."""
        return next((code for code, skill in self.access.items() if skill == skill_id), self.number)
