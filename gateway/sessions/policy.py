"""Settings as the session rules see them (design section 5, AUTHMODE and Time limits)."""

from dataclasses import dataclass
from functools import lru_cache

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
        """GUIDREUSE = SIGNOUT."""
        return self.settings.guid_reuse == "SIGNOUT"

    def limits(self, agent_id: int, outages: tuple[Outage, ...]) -> Limits:
        """What age means for this agent."""
        settings = self.settings
        static = settings.auth_mode == 1 or agent_id in settings.static_agents
        return _limits(
            0 if static else settings.guid_interval_ms,
            settings.guid_timeout_ms - settings.guid_interval_ms,
            settings.poll_hold_ms,
            not settings.guid_rehearsal,
            outages,
        )

    def too_old(self, session: Session, state: AgentState, now_ms: int) -> bool:
        """True when SESSION_MAXTIME is over; never in a call."""
        longest = self.settings.session_max_time_ms
        return 0 < longest <= now_ms - session.started_ms and state.state is not State.TALKING


@lru_cache(64)
def _limits(interval_ms: int, grace_ms: int, hold_ms: int, expires: bool, outages: tuple[Outage, ...]) -> Limits:
    return Limits(interval_ms, grace_ms, hold_ms, expires, outages)
