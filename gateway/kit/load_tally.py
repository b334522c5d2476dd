"""What a load counted, and whether it stayed within its limits."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

_LONGEST_MS: Final = 10_000
_EXAMPLES: Final = 5
_PERCENTS: Final = (50, 90, 99, 100)


class Latencies:
    """Times in whole ms, counted one by one up to 10 s, so that a percentile costs the same on a long day."""

    def __init__(self) -> None:
        self.count = 0
        self._by_ms = [0] * (_LONGEST_MS + 1)

    def add(self, ms: float) -> None:
        """One more; what is longer than 10 s counts as 10 s."""
        self.count += 1
        self._by_ms[min(_LONGEST_MS, max(0, int(ms)))] += 1

    def percentile(self, percent: float) -> int:
        """The ms that `percent` of all do not exceed; 0 where there are none."""
        wanted, seen = self.count * percent / 100, 0
        for ms, count in enumerate(self._by_ms):
            seen += count
            if count and seen >= wanted:
                return ms
        return 0


class Kind(StrEnum):
    """What is timed: the answers of sign-in, query, change and sign-out; an event, from the request that brings it."""

    SIGN_IN = "sign-in"
    QUERY = "query"
    CHANGE = "change"
    EVENT = "event"
    SIGN_OUT = "sign-out"


@dataclass(frozen=True)
class LoadLimits:
    """`most_ms` bounds the time that 99 of 100 of a kind do not exceed; `failures_percent` is of all that was done."""

    most_ms: Mapping[Kind, float]
    failures_percent: float = 0.0


@dataclass
class LoadTally:
    """`signed_in` agents are there now. `examples` are the first failures; they hold no GUID."""

    signed_in: int = 0
    times: dict[Kind, Latencies] = field(default_factory=lambda: {kind: Latencies() for kind in Kind})
    failed: Counter[Kind] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many requests and events there were, failures included."""
        return sum(times.count for times in self.times.values()) + self.failed.total()

    def fail(self, kind: Kind, example: str) -> None:
        """One of a kind failed."""
        self.failed[kind] += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(f"{kind}: {example}")

    def line(self, elapsed_s: float, whole_s: float, agents: int) -> str:
        """The live line."""
        query, event = (self.times[kind].percentile(99) for kind in (Kind.QUERY, Kind.EVENT))
        return (
            f"{elapsed_s:5.0f} of {whole_s:.0f} s | agents {self.signed_in} of {agents}"
            f" | done {self.done} | p99 of queries {query} ms, of events {event} ms | failures {self.failed.total()}"
        )

    def rows(self) -> list[tuple[str, ...]]:
        """The table of latencies, its head first; ms."""
        head = ("KIND", "COUNT", "FAILED", *(f"P{percent}" if percent < 100 else "LONGEST" for percent in _PERCENTS))
        rows = [
            (kind, str(times.count), str(self.failed[kind]), *(str(times.percentile(percent)) for percent in _PERCENTS))
            for kind, times in self.times.items()
        ]
        return [head, *rows]

    def exceeded(self, limits: LoadLimits) -> list[str]:
        """Why this is no pass; a kind that never happened is a reason."""
        found = [
            f"{kind}: {self.times[kind].percentile(99)} ms, at most {most_ms:g} are allowed"
            for kind, most_ms in limits.most_ms.items()
            if self.times[kind].percentile(99) > most_ms
        ]
        found += [f"no {kind} succeeded" for kind in (Kind.SIGN_IN, Kind.QUERY) if not self.times[kind].count]
        share = 100 * self.failed.total() / self.done if self.done else 0.0
        if share > limits.failures_percent:
            found.append(f"{share:.2f} % failed, at most {limits.failures_percent:g} are allowed")
        return found

    def as_json(self, limits: LoadLimits) -> dict[str, Any]:
        """The object that `--json` prints; times in ms."""
        kinds = {
            kind.value: {
                "count": times.count,
                "failed": self.failed[kind],
                **{f"p{percent}": times.percentile(percent) for percent in _PERCENTS},
            }
            for kind, times in self.times.items()
        }
        exceeded = self.exceeded(limits)
        return {"passed": not exceeded, "exceeded": exceeded, "kinds": kinds, "examples": self.examples}
