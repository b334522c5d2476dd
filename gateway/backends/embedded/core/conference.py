"""A telephone conference of agents and parties outside. Times are ms since the epoch, 0 = never."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from gateway.backends.embedded.core.model import Call, Leg


class Attribute(IntEnum):
    """What a participant may do (contract agentconf.yaml, changeParticipantMode)."""

    LISTEN = 1
    SPEAK = 2
    BOTH = 3
    NEITHER = 4


@dataclass(slots=True, eq=False)
class Member:
    """A participant, or one who is asked to be (`joined_ms` 0).

    The leg of a party outside is one of the conference's call; that of an agent is in no call. `came_with` marks an
    agent who was in that call when it became the conference. `playing`: a file is played to it alone.
    """

    leg: Leg
    joined_ms: int = 0
    came_with: bool = False
    attribute: Attribute = Attribute.BOTH
    held: bool = False
    playing: bool = False

    @property
    def is_agent(self) -> bool:
        """False for a party outside."""
        return bool(self.leg.agent_id)


@dataclass(slots=True, eq=False)
class Conference:
    """`minutes` is its whole time, `prompt` how many of them before the end the chair is reminded (0 = not)."""

    id: int
    call: Call
    chair: Member
    seats: int
    minutes: int
    prompt: int
    since_ms: int
    members: list[Member] = field(default_factory=list)
    playing: bool = False

    def joined(self) -> Iterator[Member]:
        """Who is in it."""
        return (member for member in self.members if member.joined_ms)

    def agents(self) -> Iterator[Member]:
        """The agents who are in it."""
        return (member for member in self.joined() if member.is_agent)

    def of_session(self, session_id: str) -> Member | None:
        """The agent of this session, in it or asked to be."""
        return next((one for one in self.members if one.is_agent and one.leg.session_id == session_id), None)

    def named(self, number: str, *, agent: bool) -> Member | None:
        """The participant with this agent id or phone number, in it or asked to be."""
        return next((one for one in self.members if one.leg.number == number and one.is_agent is agent), None)
