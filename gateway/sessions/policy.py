"""Settings as the session rules see them (design section 5, AUTHMODE and Time limits)."""

from dataclasses import dataclass, replace
from functools import cached_property

from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.limits import Limits, Outage
from gateway.sessions.model import Session
from gateway.settings.schema import Settings


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
        some = self.settings.static_agents
        limits = self._static if self._all_static or (some.ranges and agent_id in some) else self._rotating
        return replace(limits, outages=outages) if outages else limits

    @cached_property
    def _all_static(self) -> bool:
        return self.settings.auth_mode == 1

    @cached_property
    def _rotating(self) -> Limits:
        settings = self.settings
        return Limits(
            settings.guid_interval_ms,
            settings.guid_timeout_ms - settings.guid_interval_ms,
            settings.poll_hold_ms,
            not settings.guid_rehearsal,
        )

    @cached_property
    def _static(self) -> Limits:
        return replace(self._rotating, interval_ms=0)

    def too_old(self, session: Session, state: AgentState, now_ms: int) -> bool:
        """True when SESSION_MAXTIME is over; never in a call."""
        longest = self.settings.session_max_time_ms
        return 0 < longest <= now_ms - session.started_ms and state.state is not State.TALKING
