"""The settings that the rules depend on, as one small value (design sections 5 and 6). All times are in ms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the store was out of reach; idle limits and grace start again at its end."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What age and silence mean for one agent now.

    `interval_ms` is 0 where age makes no new generation (static agents, AUTHMODE 1 without a rehearsal). `lenient`: the
    last adopted generation outlives its grace (the same two, and a rehearsal). `rehearsal`: no GUID is refused that was
    good when it began. `hold_ms` is the longest hold of a poll.
    """

    interval_ms: int
    grace_ms: int
    hold_ms: int
    lenient: bool = False
    rehearsal: bool = False
    outages: tuple[Outage, ...] = ()

    @property
    def reuse_after_ms(self) -> int:
        """How long after the adoption of its successor a generation may still turn up on a poll."""
        return self.hold_ms + 2_000


def runs_out(start_ms: int, life_ms: int, outages: tuple[Outage, ...]) -> int:
    """When a time limit that began at `start_ms` runs out: each outage that it meets starts it again at its end."""
    end = start_ms + life_ms
    for outage in outages:
        if outage.end_ms > start_ms and outage.start_ms < end:
            end = max(end, outage.end_ms + life_ms)
    return end
