"""What desks saw of their sessions, and which of it may not be: pure, no I/O.

See docs/protocol.md; docs/failover.md; docs/design/failure.md.

Only what a desk knows for certain counts. A session is alive for certain from the answer that began it until the first
request that may end it leaves; it is over for certain from the answer that confirms its end. Between the two, and after
an answer that got lost or was a 503, every answer is right.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise


class Kind(Enum):
    """What was asked. A take-over is a sign-in by force."""

    SIGN_IN = auto()
    TAKE_OVER = auto()
    SIGN_OUT = auto()
    CALL = auto()


class Outcome(Enum):
    """What came back.

    ENDED is `100-006` with the reason of the end, UNKNOWN_SESSION without one, WRONG `000-003`, TAKEN `100-002`; DOUBT
    is what says nothing of the session: a 503, a broken connection.
    """

    ACCEPTED = auto()
    ENDED = auto()
    UNKNOWN_SESSION = auto()
    WRONG = auto()
    TAKEN = auto()
    DOUBT = auto()


@dataclass(frozen=True, slots=True)
class Fact:
    """One request. `session` is the one whose GUID it carried, or the one that a sign-in began; 0 for none.

    Sessions are numbered by the desk that signed in. Times are in s of one monotonic clock.
    """

    agent: int
    kind: Kind
    session: int
    node: int
    sent_s: float
    done_s: float
    outcome: Outcome
    said: str = ""


LOST = "acknowledged sign-ins lost"
SIGNED_OUT = "sign-outs not asked for"
REFUSED = "valid GUIDs refused"
UNDONE = "acknowledged sign-outs undone"
VICTIMS = "taken-over GUIDs accepted"
REVIVED = "GUIDs accepted after they were refused as over"
FAULTS = (LOST, SIGNED_OUT, REFUSED, UNDONE, VICTIMS, REVIVED)

_REFUSALS = {Outcome.UNKNOWN_SESSION: LOST, Outcome.ENDED: SIGNED_OUT, Outcome.WRONG: REFUSED}
_OVER = frozenset({Outcome.ENDED, Outcome.UNKNOWN_SESSION})


@dataclass(frozen=True, slots=True)
class Fault:
    """A fact that may not be, and what is wrong with it."""

    name: str
    fact: Fact


@dataclass(slots=True)
class _Life:
    asked_s: float = math.inf
    begun_s: float = math.inf
    threats: list[Fact] = field(default_factory=list)
    over_from_s: float = math.inf
    over_because: str = ""

    def certain_during(self, fact: Fact) -> bool:
        """Whether it is alive for certain, from the request to the answer."""
        return self.begun_s <= fact.sent_s and all(
            threat is fact or threat.sent_s >= fact.done_s for threat in self.threats
        )

    def threatened(self, by: Fact, because: str) -> None:
        """`by` may end it, and did if it was accepted."""
        self.threats.append(by)
        if by.outcome is Outcome.ACCEPTED:
            self.over(by.done_s, because)

    def rivalled(self, by: Fact) -> None:
        """`by` is another sign-in. Of two at the same moment nobody knows which came first."""
        if self.begun_s <= by.sent_s:
            self.threatened(by, VICTIMS)
        elif self.asked_s <= by.done_s:
            self.threats.append(by)

    def over(self, from_s: float, because: str) -> None:
        """It is over for certain."""
        if from_s < self.over_from_s:
            self.over_from_s, self.over_because = from_s, because


def faults(facts: Iterable[Fact], excused: Callable[[Fact], bool] = lambda fact: False) -> list[Fault]:
    """All faults, in the order of their answers.

    `excused` names the acceptances that are allowed although the session is over: those of a node that is cut off, for
    as long as it may take until it knows.
    """
    of_agents: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        of_agents[fact.agent].append(fact)
    found = [fault for mine in of_agents.values() for fault in _of_agent(mine, excused)]
    return sorted(found, key=lambda fault: fault.fact.done_s)


def _of_agent(facts: list[Fact], excused: Callable[[Fact], bool]) -> list[Fault]:
    lives = _lives(facts)
    found = [Fault(name, fact) for fact in facts if (name := _wrong(fact, lives, excused))]
    return found + [Fault(UNDONE, fact) for fact in _still_taken(facts)]


def _lives(facts: list[Fact]) -> dict[int, _Life]:
    lives: dict[int, _Life] = defaultdict(_Life)
    for fact in facts:
        if _begins(fact) and fact.session:
            lives[fact.session].asked_s, lives[fact.session].begun_s = fact.sent_s, fact.done_s
    for fact in facts:
        if fact.kind is Kind.SIGN_OUT:
            lives[fact.session].threatened(fact, UNDONE)
        elif _begins(fact) and fact.outcome is not Outcome.TAKEN:
            for session, life in lives.items():
                if session != fact.session:
                    life.rivalled(fact)
        if fact.session and fact.outcome in _OVER:
            lives[fact.session].over(fact.done_s, REVIVED)
    return lives


def _begins(fact: Fact) -> bool:
    return fact.kind in {Kind.SIGN_IN, Kind.TAKE_OVER}


def _wrong(fact: Fact, lives: dict[int, _Life], excused: Callable[[Fact], bool]) -> str:
    if _begins(fact):
        return ""
    life = lives[fact.session]
    if fact.outcome is Outcome.ACCEPTED:
        return life.over_because if fact.sent_s > life.over_from_s and not excused(fact) else ""
    return _REFUSALS.get(fact.outcome, "") if life.certain_during(fact) else ""


def _still_taken(facts: list[Fact]) -> Iterator[Fact]:
    """Sign-ins refused for a session that a confirmed sign-out just before them ended."""
    ordered = sorted((fact for fact in facts if fact.kind is not Kind.CALL), key=lambda fact: fact.sent_s)
    for before, fact in pairwise(ordered):
        confirmed = before.kind is Kind.SIGN_OUT and before.outcome is Outcome.ACCEPTED
        if confirmed and fact.kind is Kind.SIGN_IN and fact.outcome is Outcome.TAKEN:
            yield fact
