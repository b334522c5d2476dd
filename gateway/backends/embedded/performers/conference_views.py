"""What is told of a conference (contract agentconf.yaml, queryConfInfos)."""

from gateway.backends.embedded.core.conference import Conference, Member
from gateway.operations import agentconf_models as models

_MS_A_MINUTE = 60_000
_NORMAL, _HELD, _HEARS_FILE = 0, 1, 2


def conference_view(conference: Conference, now_ms: int) -> models.Conference:
    """The conference with those who are in it."""
    return models.Conference(
        conf_id=conference.id,
        conf_state=int(conference.playing),
        start_time=conference.since_ms,
        apply_conf_time=conference.minutes,
        conf_have_been_time=(now_ms - conference.since_ms) // _MS_A_MINUTE,
        addresses=[_member(member, chair=member is conference.chair) for member in conference.joined()],
    )


def _member(member: Member, *, chair: bool) -> models.Member:
    state = _HELD if member.held else _HEARS_FILE if member.playing else _NORMAL
    return models.Member(
        address_type="9" if member.is_agent else "6",
        address=member.leg.number,
        device_call_type=0,
        device_type=0,
        channel_attrib=int(member.attribute),
        channel_state=state,
        role=int(chair),
        enter_time=member.joined_ms,
    )
