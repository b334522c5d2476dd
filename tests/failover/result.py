"""What came of a number of fail-overs, and whether that is a pass."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.failover.history import FAULTS, Fact, Fault, Kind, Outcome

EXAMPLES, STORY = 5, 12


@dataclass(frozen=True)
class Round:
    """One fault. `times`: what happened when, in s since the fault; `counts`: what it must have brought about."""

    times: Mapping[str, float]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """For the live line."""
        return ", ".join(
            [f"{name} {seconds:.2f} s" for name, seconds in self.times.items()]
            + [f"{count} {name}" for name, count in self.counts.items()]
        )


@dataclass
class Result:
    """All rounds and faults. `limits`: the latest that something may happen, by name, in s since the fault."""

    limits: Mapping[str, float] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    facts: Sequence[Fact] = ()

    def failures(self) -> list[str]:
        """Why this is no pass: broken claims, and claims that were never put to the test."""
        broken = Counter(fault.name for fault in self.faults)
        found = [f"{name}: {broken[name]}" for name in FAULTS if broken[name]]
        for number, round_ in enumerate(self.rounds, 1):
            late = [name for name, limit_s in self.limits.items() if not round_.times[name] <= limit_s]
            found += [f"round {number}: {name} {round_.times[name]:.2f} s" for name in late]
            found += [f"round {number} tested nothing: 0 {name}" for name, count in round_.counts.items() if not count]
        done = Counter((fact.kind, fact.outcome) for fact in self.facts)
        untested = [kind for kind in Kind if not done[kind, Outcome.ACCEPTED]]
        found += [f"nothing tested: no {_name(kind)} was accepted" for kind in untested]
        return found + ([] if self.rounds else ["nothing tested: no round"])

    def summary(self) -> list[str]:
        """The result in lines."""
        done = Counter((fact.kind, fact.outcome) for fact in self.facts)
        broken = Counter(fault.name for fault in self.faults)
        counts: Counter[str] = sum((Counter(round_.counts) for round_ in self.rounds), Counter())
        times = self.rounds[0].times if self.rounds else {}
        return [
            *(_outcomes(kind, done) for kind in Kind),
            *(f"{count} {name}" for name, count in counts.items()),
            *(self._spread(name) for name in times),
            *(f"{broken[name]:6d}  {name}" for name in FAULTS),
            *(line for fault in self.faults[:EXAMPLES] for line in self._story(fault)),
        ]

    def _story(self, fault: Fault) -> list[str]:
        """What the agent had seen before."""
        mine = sorted((fact for fact in self.facts if fact.agent == fault.fact.agent), key=lambda fact: fact.done_s)
        end = mine.index(fault.fact)
        return [f"{fault.name}: agent {fault.fact.agent}, session {fault.fact.session}"] + [
            f"    {fact.done_s - fault.fact.done_s:8.3f} s  {_name(fact.kind)} of session {fact.session} at node"
            f" {fact.node}: {fact.outcome.name.lower()} after {fact.done_s - fact.sent_s:.3f} s ({fact.said})"
            for fact in mine[max(0, end - STORY) : end + 1]
        ]

    def _spread(self, name: str) -> str:
        values = [round_.times[name] for round_ in self.rounds]
        limit = f", at most {self.limits[name]:.1f} s are allowed" if name in self.limits else ""
        return f"{name}: {statistics.median(values):.2f} s (median), {max(values):.2f} s (worst) after the fault{limit}"


def _name(kind: Kind) -> str:
    return kind.name.lower().replace("_", "-")


def _outcomes(kind: Kind, done: Counter[tuple[Kind, Outcome]]) -> str:
    parts = [f"{done[kind, outcome]} {outcome.name.lower()}" for outcome in Outcome if done[kind, outcome]]
    return f"{_name(kind)}: {', '.join(parts)}"
