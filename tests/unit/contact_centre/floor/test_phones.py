"""An agent's phone rings once, is lifted once, and stays lifted where the agent wants it so."""

import pytest

from gateway.contact_centre.floor import phones
from gateway.contact_centre.floor.agent_state import AgentState
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Phone
from gateway.contact_centre.floor.effects import Effects, Tell
from gateway.wire.errors import Refused


def _desk(phone: Phone, *, release_phone: bool = True) -> AgentDesk:
    return AgentDesk(101, "session", AgentState(release_phone=release_phone), phone)


def _told(out: Effects) -> list[tuple[str, object]]:
    return [(effect.event_type, effect.content) for effect in out.effects if isinstance(effect, Tell)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (Phone.ON_HOOK, Phone.ALERTING, [("AgentOther_PhoneAlerting", None)]),
        (Phone.ALERTING, Phone.ALERTING, []),
        (Phone.OFF_HOOK, Phone.OFF_HOOK, []),
    ],
)
def test_a_phone_on_hook_rings(before: Phone, after: Phone, told: list[object]) -> None:
    desk, out = _desk(before), Effects(0)
    phones.ring(out, desk)
    assert (desk.phone, _told(out)) == (after, told)


def test_a_phone_that_rings_for_a_call_that_comes_in_tells_which() -> None:
    """Desktops take null for a call of their own."""
    desk, out = _desk(Phone.ON_HOOK), Effects(0)
    phones.ring(out, desk, Call("1760000000-12", Feature.INBOUND, "13800000000", "60001", 0))
    assert _told(out) == [("AgentOther_PhoneAlerting", {"callid": "1760000000-12", "caller": "13800000000"})]


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (Phone.ON_HOOK, [("AgentOther_PhoneOffhook", {"type": "assistant"})]),
        (Phone.ALERTING, [("AgentOther_PhoneOffhook", {"type": "assistant"})]),
        (Phone.OFF_HOOK, []),
    ],
)
def test_a_phone_is_lifted_once_and_tells_for_which_call(before: Phone, told: list[object]) -> None:
    desk, out = _desk(before), Effects(0)
    phones.lift(out, desk, "assistant")
    assert (desk.phone, _told(out)) == (Phone.OFF_HOOK, told)


@pytest.mark.parametrize(
    ("before", "release_phone", "by_agent", "after", "told"),
    [
        (Phone.OFF_HOOK, True, False, Phone.ON_HOOK, [("AgentOther_PhoneRelease", {"phoneState": 3})]),
        (Phone.OFF_HOOK, True, True, Phone.ON_HOOK, [("AgentOther_PhoneRelease", {"phoneState": 2})]),
        (Phone.OFF_HOOK, False, True, Phone.ON_HOOK, [("AgentOther_PhoneRelease", {"phoneState": 2})]),
        (Phone.OFF_HOOK, False, False, Phone.OFF_HOOK, []),
        (Phone.ALERTING, False, False, Phone.ON_HOOK, [("AgentOther_PhoneRelease", {"phoneState": 3})]),
        (Phone.ON_HOOK, True, True, Phone.ON_HOOK, []),
    ],
)
def test_a_phone_is_hung_up_unless_it_is_to_stay_lifted(
    before: Phone, release_phone: bool, by_agent: bool, after: Phone, told: list[object]
) -> None:
    desk, out = _desk(before, release_phone=release_phone), Effects(0)
    phones.drop(out, desk, by_agent=by_agent)
    assert (desk.phone, _told(out)) == (after, told)


@pytest.mark.parametrize(
    ("before", "told"),
    [(Phone.LOST, [("AgentOther_PhoneRelease", {"phoneState": 3})]), (Phone.ENGAGED, [])],
)
def test_a_phone_that_could_not_be_used_is_on_hook_again(before: Phone, told: list[object]) -> None:
    desk, out = _desk(before), Effects(0)
    phones.find(out, desk)
    assert (desk.phone, _told(out)) == (Phone.ON_HOOK, told)


def test_a_phone_is_lost_once() -> None:
    desk, out = _desk(Phone.LOST), Effects(0)
    with pytest.raises(Refused):
        phones.lose(out, desk)
    assert _told(out) == []
