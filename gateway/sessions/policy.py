"""Settings as the session rules see them (design section 5, AUTHMODE and Time limits)."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.limits import Limits, Outage
from gateway.sessions.model import Session
from gateway.settings.schema import Settings

MOST_KEPT: Final = 512
"""Each shard of the store has outages of its own."""


@dataclass(frozen=True)
class Policy:
    """The session rules' view of one set of settings; made anew when they change."""

    settings: Settings

    @property
    def reuse_signs_out(self) -> bool:
        """GUIDREUSE = SIGNOUT; a rehearsal signs nobody out."""
        return self.settings.guid_reuse == "SIGNOUT" and not self.settings.guid_rehearsal

    def limits(self, agent_id: int, outages: tuple[Outage, ...]) -> Limits:
        """What age means for this agent."""
        listed, others = self._both(outages)
        some = self.settings.static_agents
        return listed if some and agent_id in some else others

    def _both(self, outages: tuple[Outage, ...]) -> tuple[Limits, Limits]:
        """Of listed agents and of the others. Made anew only for other outages: this is asked for at every call."""
        if not outages:
            return self._listed, self._others
        kept = self._kept.get(id(outages))
        if kept is None or kept[0] is not outages:
            pair = replace(self._listed, outages=outages), replace(self._others, outages=outages)
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
    def _listed(self) -> Limits:
        return replace(self._others, interval_ms=0, lenient=True)

    def too_old(self, session: Session, state: AgentState, now_ms: int) -> bool:
        """True when SESSION_MAXTIME is over; never in a call."""
        longest = self.settings.session_max_time_ms
        return 0 < longest <= now_ms - session.started_ms and state.state is not State.TALKING
