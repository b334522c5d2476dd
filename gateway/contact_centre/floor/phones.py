"""Agents' phones: ringing, off hook, on hook, with what agents are told."""

from typing import Final

from gateway.contact_centre.floor.calls import AgentDesk, Call, Phone
from gateway.contact_centre.floor.effects import Effects
from gateway.wire import retcodes
from gateway.wire.errors import Refused

BY_AGENT: Final = 2
BY_PLATFORM: Final = 3

UNUSABLE: Final = {Phone.ENGAGED: "AgentOther_PhoneBusy", Phone.LOST: "AgentOther_PhoneUnknow"}
"""Phones that take no call -> what their agent is told when one comes."""


RELEASED: Final = "AgentOther_PhoneRelease"


def released_by(who: int) -> dict[str, object]:
    """The content of RELEASED."""
    return {"phoneState": who}


def usable(desk: AgentDesk) -> bool:
    """Whether a call can reach the agent's phone."""
    return desk.phone not in UNUSABLE


def check(desk: AgentDesk) -> None:
    """Raises Refused `100-009` when the agent cannot begin anything with its phone."""
    if not usable(desk):
        raise Refused(retcodes.WRONG_STATE, "the phone cannot be used")


def in_use(desk: AgentDesk) -> bool:
    """Whether the phone rings or is lifted."""
    return desk.phone in (Phone.ALERTING, Phone.OFF_HOOK)


def ring(out: Effects, desk: AgentDesk, call: Call | None = None) -> bool:
    """The phone rings, unless it is lifted; False when no call can reach it, which the agent is told.

    For a `call` that comes in the event names it; what the agent began itself has null, which desktops take for that.
    """
    if not usable(desk):
        out.tell_desk(desk, UNUSABLE[desk.phone])
        return False
    if desk.phone is Phone.ON_HOOK:
        desk.phone = Phone.ALERTING
        out.tell_desk(desk, "AgentOther_PhoneAlerting", {"callid": call.id, "caller": call.caller} if call else None)
    return True


def lift(out: Effects, desk: AgentDesk, kind: str = "main") -> None:
    """The phone goes off hook, if it was on, for a `main` or an `assistant` call."""
    if desk.phone is not Phone.OFF_HOOK:
        desk.phone = Phone.OFF_HOOK
        out.tell_desk(desk, "AgentOther_PhoneOffhook", {"type": kind})


def drop(out: Effects, desk: AgentDesk, *, by_agent: bool = False) -> None:
    """The phone goes on hook; a lifted one stays lifted where the agent signed in that way, but for the agent."""
    if not in_use(desk):
        return
    if desk.phone is Phone.OFF_HOOK and not desk.state.release_phone and not by_agent:
        return
    _on_hook(out, desk, BY_AGENT if by_agent else BY_PLATFORM)


def engage(desk: AgentDesk) -> None:
    """The phone is used for something else; its agent is told when a call comes. Raises Refused `100-009`."""
    if desk.phone is not Phone.ON_HOOK:
        raise Refused(retcodes.WRONG_STATE, "the phone is in use, or out of reach")
    desk.phone = Phone.ENGAGED


def lose(out: Effects, desk: AgentDesk) -> None:
    """The phone is out of reach, and no call is on it any more. Raises Refused `100-009`."""
    if desk.phone is Phone.LOST:
        raise Refused(retcodes.WRONG_STATE, "the phone is out of reach already")
    desk.phone = Phone.LOST
    out.tell_desk(desk, UNUSABLE[Phone.LOST])


def find(out: Effects, desk: AgentDesk) -> None:
    """A phone that could not be used can be used again; one that was out of reach is told to be on hook.

    Raises Refused `100-009`.
    """
    if usable(desk):
        raise Refused(retcodes.WRONG_STATE, "the phone can be used already")
    if desk.phone is Phone.LOST:
        _on_hook(out, desk, BY_PLATFORM)
    else:
        desk.phone = Phone.ON_HOOK


def _on_hook(out: Effects, desk: AgentDesk, why: int) -> None:
    desk.phone = Phone.ON_HOOK
    out.tell_desk(desk, RELEASED, released_by(why))
