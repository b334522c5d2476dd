"""Agents' phones: ringing, off hook, on hook, with what agents are told (contract events.yaml, physical phone)."""

from typing import Final

from gateway.backends.embedded.core.model import Desk, Phone
from gateway.backends.embedded.core.outcome import Outcome, Tell

BY_AGENT: Final = 2
BY_PLATFORM: Final = 3


def ring(out: Outcome, desk: Desk) -> None:
    """The phone rings, unless it is lifted."""
    if desk.phone is Phone.ON_HOOK:
        desk.phone = Phone.ALERTING
        out.add(Tell(desk.agent_id, desk.session_id, "AgentOther_PhoneAlerting", None))


def lift(out: Outcome, desk: Desk, kind: str = "main") -> None:
    """The phone goes off hook, if it was on, for a `main` or an `assistant` call."""
    if desk.phone is not Phone.OFF_HOOK:
        desk.phone = Phone.OFF_HOOK
        out.add(Tell(desk.agent_id, desk.session_id, "AgentOther_PhoneOffhook", {"type": kind}))


def drop(out: Outcome, desk: Desk, *, by_agent: bool = False) -> None:
    """The phone goes on hook; a lifted one stays lifted where the agent signed in that way, but for the agent."""
    if desk.phone is Phone.ON_HOOK:
        return
    if desk.phone is Phone.OFF_HOOK and not desk.state.release_phone and not by_agent:
        return
    desk.phone = Phone.ON_HOOK
    content: dict[str, object] = {"phoneState": BY_AGENT if by_agent else BY_PLATFORM}
    out.add(Tell(desk.agent_id, desk.session_id, "AgentOther_PhoneRelease", content))
