"""Settings as the session rules see them: small values for one agent (docs/protocol.md, AUTHMODE)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Final

from gateway.sessions.model import Session
from gateway.settings.schema import Settings

MOST_KEPT: Final = 512
"""Each shard of the store has outages of its own."""
AGENTS_KEPT: Final = 65_536


def place(agent_id: int) -> int:
    """Where an agent stands in the move to AUTHMODE 2, from 0 to 99: it is among the first AUTHMODE_PERCENT, or not.

    It depends on the id alone: the same on every node and in every version, or raising the percentage would move agents
    back. Agents who sit side by side are far apart.
    """
    return int.from_bytes(blake2b(b"%d" % agent_id, digest_size=8).digest()) % 100


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the store was out of reach; idle limits and grace start again at its end."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What age and silence mean for one agent now.

    `interval_ms` is 0 where age makes no new generation (`Policy.keeps_guid`, AUTHMODE 1 without a rehearsal).
    `lenient`: the last adopted generation outlives its grace (the same two, and a rehearsal). `rehearsal`: no GUID is
    refused that was good when it began. `hold_ms` is the longest hold of a poll.
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


@dataclass(frozen=True)
class Policy:
    """The session rules' view of one set of settings; made anew when they change."""

    settings: Settings

    @property
    def reuse_signs_out(self) -> bool:
        """GUIDREUSE = SIGNOUT; a rehearsal signs nobody out."""
        return self.settings.guid_reuse == "SIGNOUT" and not self.settings.guid_rehearsal

    @cached_property
    def looks_at_every_use(self) -> bool:
        """Whether a use of the current generation may matter: in a rehearsal, and where sessions may be too old."""
        return self.settings.guid_rehearsal or self.settings.session_max_time_ms > 0

    def limits(self, agent_id: int, outages: tuple[Outage, ...]) -> Limits:
        """What age means for this agent."""
        keeping, others = self._both(outages) if outages else (self._keeping, self._others)
        return others if self._all_alike or not self.keeps_guid(agent_id) else keeping

    @cached_property
    def keeps_guid(self) -> Callable[[int], bool]:
        """Whether this agent follows AUTHMODE 1 whatever it is: it is listed, or not among the first AUTHMODE_PERCENT.

        A rehearsal is for all who are not listed. Found out once an agent: this is asked for at every call.
        """
        return lru_cache(AGENTS_KEPT)(self._keeps_guid)

    def _keeps_guid(self, agent_id: int) -> bool:
        settings = self.settings
        if agent_id in settings.static_agents:
            return True
        return not settings.guid_rehearsal and place(agent_id) >= settings.auth_mode_percent

    @cached_property
    def _all_alike(self) -> bool:
        """Whether nobody has to be asked about: `keeps_guid` is for none."""
        return not self.settings.static_agents and (
            self.settings.guid_rehearsal or self.settings.auth_mode_percent == 100
        )

    def _both(self, outages: tuple[Outage, ...]) -> tuple[Limits, Limits]:
        """Of agents that keep their GUID and of the others. Made anew for other outages: it is asked at every call."""
        kept = self._kept.get(id(outages))
        if kept is None or kept[0] is not outages:
            pair = replace(self._keeping, outages=outages), replace(self._others, outages=outages)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[id(outages)] = kept = outages, pair
        return kept[1]

    @cached_property
    def _kept(self) -> dict[int, tuple[tuple[Outage, ...], tuple[Limits, Limits]]]:
        return {}

    @cached_property
    def _others(self) -> Limits:
        """A rehearsal rotates under either AUTHMODE."""
        settings = self.settings
        static, rehearsal = settings.auth_mode == 1, settings.guid_rehearsal
        return Limits(
            0 if static and not rehearsal else settings.guid_interval_ms,
            settings.guid_timeout_ms - settings.guid_interval_ms,
            settings.poll_hold_ms,
            lenient=static or rehearsal,
            rehearsal=rehearsal,
        )

    @cached_property
    def _keeping(self) -> Limits:
        return replace(self._others, interval_ms=0, lenient=True)

    def too_old(self, session: Session, now_ms: int) -> bool:
        """True when SESSION_MAXTIME is over."""
        longest = self.settings.session_max_time_ms
        return 0 < longest <= now_ms - session.started_ms
