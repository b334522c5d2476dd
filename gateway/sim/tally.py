"""What a day counted, and whether that is a pass."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from gateway.kit.load_run import Latencies

REFUSED: Final = "calls refused that should not have been"
LOST: Final = "events lost"
BROKEN: Final = "requests without an answer"
FAULTS: Final = (REFUSED, LOST, BROKEN)
_EXAMPLES: Final = 3


@dataclass
class DayTally:
    """Counts of one day. `faults` are what must be 0; `examples` describe the first of each.

    Latency is noted while `measures`. `raced` are operations refused because something else had come first, `again`
    events that came twice.
    """

    placed: int = 0
    answered: int = 0
    abandoned: int = 0
    left_waiting: int = 0
    operations: int = 0
    raced: int = 0
    events: int = 0
    again: int = 0
    measures: bool = True
    latencies: Latencies = field(default_factory=Latencies)
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def fault(self, name: str, example: str) -> None:
        """Counts what must not be."""
        self.faults[name] += 1
        if self.faults[name] <= _EXAMPLES:
            self.examples.append(f"{name}: {example}")

    def event(self, age_ms: float) -> None:
        """An event came, so long after it was made."""
        self.events += 1
        if self.measures:
            self.latencies.add(age_ms)

    @property
    def delay(self) -> str:
        """How late events came."""
        return f"events p50 {self.latencies.percentile(50)} ms p99 {self.latencies.percentile(99)} ms"

    def line(self, elapsed_s: float, whole_s: float, agents: Counter[str], calls: Counter[str]) -> str:
        """The live line, so long after the beginning of a day that long; `agents` by state, `calls` by stage."""
        states = " ".join(f"{state} {count}" for state, count in sorted(agents.items())) or "none"
        talking = calls["talking"] + calls["held"]
        return (
            f"{elapsed_s:5.0f} of {whole_s:.0f} s | agents: {states} | calls: waiting {calls['waiting']}"
            f" talking {talking} answered {self.answered} abandoned {self.abandoned} | {self.delay}"
            f" | faults {sum(self.faults.values())}"
        )

    def failures(self) -> list[str]:
        """Why this is no pass: faults, and a day on which nothing happened."""
        found = [f"{name}: {self.faults[name]}" for name in FAULTS if self.faults[name]]
        return found if self.answered else [*found, "no call was answered"]

    def summary(self) -> list[str]:
        """The result in lines."""
        return [
            f"{self.placed} calls placed: {self.answered} answered, {self.abandoned} abandoned,"
            f" {self.left_waiting} left waiting at the end",
            f"{self.operations} operations of agents, {self.raced} of them too late because something else came first",
            f"{self.events} events, {self.again} of them twice; {self.delay}, longest"
            f" {self.latencies.percentile(100)} ms",
            *(f"{self.faults[name]:6d}  {name}" for name in FAULTS),
            *(f"        {example}" for example in self.examples),
        ]
