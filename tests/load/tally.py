"""What a load counted, and whether that is a pass."""

from collections import Counter
from dataclasses import dataclass, field

from tests.support.waiting import Lost

ACCEPTED = "0"
EXPIRED = "000-003"
SIGNED_OUT = "100-006"
EXAMPLES = 5


@dataclass
class Tally:
    """Counts of one load. `faults` are what must be 0, by name; `examples` describe the first of them.

    `lost` is the time that a busy machine took from the load itself.
    """

    polls: int = 0
    dropped: int = 0
    dropped_with_guid: int = 0
    calls: int = 0
    calls_in_grace: int = 0
    expired_tried: int = 0
    adopted: int = 0
    events_made: int = 0
    events_read: int = 0
    events_again: int = 0
    flips: int = 0
    broken: int = 0
    kills: int = 0
    restarts: int = 0
    longest_pause_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    lost: Lost = field(default_factory=Lost)

    def fault(self, name: str, example: str) -> None:
        """Counts what must not be."""
        self.faults[name] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{name}: {example}")

    def line(self, elapsed_s: float) -> str:
        """The live line."""
        return (
            f"{elapsed_s:4.0f} s  polls {self.polls}  dropped {self.dropped}  calls {self.calls}  GUIDs {self.adopted}"
            f"  expired tried {self.expired_tried}  flips {self.flips}  kills {self.kills}  restarts {self.restarts}"
            f"  broken {self.broken}  faults {sum(self.faults.values())}"
        )

    def verdicts(self) -> dict[str, int]:
        """Each claim with the number of times it was broken."""
        return {name: self.faults[name] for name in FAULTS}

    def failures(self) -> list[str]:
        """Why this is no pass: broken claims, and claims that the load never put to the test."""
        broken = [f"{name}: {count}" for name, count in self.verdicts().items() if count]
        tested = {
            "no GUID was adopted": self.adopted,
            "no expired GUID was tried": self.expired_tried,
            "no replaced GUID was used in its grace": self.calls_in_grace,
            "no event was made": self.events_made,
        }
        return broken + [complaint for complaint, count in tested.items() if not count]

    def summary(self) -> list[str]:
        """The result in lines."""
        return [
            f"{self.polls} polls, {self.dropped} answers dropped, {self.dropped_with_guid} of them with a new GUID",
            f"{self.calls} calls, {self.calls_in_grace} of them with a replaced GUID in its grace;"
            f" {self.expired_tried} tries of an expired GUID",
            f"{self.adopted} GUIDs adopted; {self.events_made} events made, {self.events_read} received,"
            f" {self.events_again} of them twice; AUTHMODE flipped {self.flips} times",
            f"{self.kills} nodes killed, {self.restarts} restarted; {self.broken} requests broke on the way;"
            f" longest time without an answered poll {self.longest_pause_s:.1f} s",
            "calls answered in {:.0f} ms (median), {:.0f} ms (99 %), {:.0f} ms (longest)".format(
                *(percentile(self.latencies_ms, share) for share in (50, 99, 100))
            ),
            *(f"{count:6d}  {name}" for name, count in self.verdicts().items()),
            *(f"        {example}" for example in self.examples),
        ]


REFUSED = "valid calls refused"
EXPIRED_ACCEPTED = "expired GUIDs accepted"
SIGN_OUTS = "agents signed out"
LOST = "events lost"
DISORDER = "events out of order"
BROKEN = "connections broken"
STOPPED = "desks that stood still"
FAULTS = (REFUSED, EXPIRED_ACCEPTED, SIGN_OUTS, LOST, DISORDER, BROKEN, STOPPED)


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of all do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0
