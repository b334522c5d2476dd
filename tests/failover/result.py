"""What came of a number of fail-overs, and whether that is a pass."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.failover.history import FAULTS, Fact, Fault, Kind, Outcome

EXAMPLES = 8


@dataclass(frozen=True)
class Round:
    """One fail-over. Times are in s since the fault: the first accepted call at any node, at the last node to return,

    and the first accepted sign-in; `extra` are counts of what this kind of round is for, none of which may be 0.
    """

    first_call_s: float
    last_node_s: float
    sign_in_s: float
    extra: dict[str, int] = field(default_factory=dict)


@dataclass
class Result:
    """All rounds and faults. `limit_s`: by when every node must serve again after the fault, None for no limit."""

    limit_s: float | None
    rounds: list[Round] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    facts: Sequence[Fact] = ()

    def failures(self) -> list[str]:
        """Why this is no pass: broken claims, and claims that were never put to the test."""
        broken = Counter(fault.name for fault in self.faults)
        found = [f"{name}: {broken[name]}" for name in FAULTS if broken[name]]
        if self.limit_s is not None:
            late = [round_.last_node_s for round_ in self.rounds if round_.last_node_s > self.limit_s]
            found += [f"a node served again only after {late_s:.2f} s" for late_s in late]
        found += [f"nothing tested: {name}" for round_ in self.rounds for name, n in round_.extra.items() if not n]
        done = Counter((fact.kind, fact.outcome) for fact in self.facts)
        found += [
            f"nothing tested: no {kind.name.lower().replace('_', '-')} was accepted"
            for kind in Kind
            if not done[kind, Outcome.ACCEPTED]
        ]
        return found + ([] if self.rounds else ["nothing tested: no round"])

    def summary(self) -> list[str]:
        """The result in lines."""
        done = Counter((fact.kind, fact.outcome) for fact in self.facts)
        broken = Counter(fault.name for fault in self.faults)
        extra: Counter[str] = sum((Counter(round_.extra) for round_ in self.rounds), Counter())
        return [
            *(_counts(kind, done) for kind in Kind),
            *(f"{count} {name}" for name, count in extra.items()),
            _spread("first call accepted", [round_.first_call_s for round_ in self.rounds]),
            _spread("all nodes serve", [round_.last_node_s for round_ in self.rounds]),
            _spread("first sign-in accepted", [round_.sign_in_s for round_ in self.rounds]),
            *(f"{broken[name]:6d}  {name}" for name in FAULTS),
            *(f"        {fault.name}: {fault.fact}" for fault in self.faults[:EXAMPLES]),
        ]


def _counts(kind: Kind, done: Counter[tuple[Kind, Outcome]]) -> str:
    parts = [f"{done[kind, outcome]} {outcome.name.lower()}" for outcome in Outcome if done[kind, outcome]]
    return f"{kind.name.lower().replace('_', '-')}: {', '.join(parts)}"


def _spread(what: str, values: Sequence[float]) -> str:
    if not values:
        return f"{what}: never"
    return f"{what} {statistics.median(values):.2f} s (median), {max(values):.2f} s (worst) after the fault"
