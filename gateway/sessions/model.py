"""The record of an agent: its session, its former sessions, a sign-in under way. Times are in ms.

See docs/protocol.md, Sessions.
"""

from dataclasses import dataclass, field
from typing import Final

from gateway.backend import EndReason, Upstream

MAX_SUPERSEDED = 8
MAX_TOMBSTONES = 4
TOMBSTONE_LIFE_MS = 600_000
LOOK_AHEAD = 2
MOST_REHEARSED = 1_500
LOST_ANSWER_MS = 15_000


DISPLACED: Final = frozenset({EndReason.TAKEN_OVER, EndReason.REPLACED})
"""Another session of the agent took this one's place."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """A former generation: when its grace began, and when its successor was first used (0 = not yet).

    `waiting`: the grace has not begun, because nobody knows yet that the client was handed the successor; until then
    `replaced_ms` is when the successor was made.
    """

    number: int
    replaced_ms: int
    left_ms: int = 0
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class PushWay:
    """Where the events of a session go. `url` (its query may hold a key) and `token` are secrets: never logged.

    In a record `url` has no query, and `token` is that and the token, sealed by `events.push_way.PushSeal`. `older` is
    the form of `pushUrl`. `holder` names the gateway process that pushes; `failing_ms` is since when pushes fail (0 =
    they do not).
    """

    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    older: bool = False
    holder: str = ""
    failing_ms: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A live session. Its GUIDs follow from `id`, the generation number and the secret named `key_id`; none is stored.

    `number` is the current generation, made at `issued_ms` and first used at `adopted_ms` (0 = not yet). `node` is the
    node name that every GUID of the session ends in. `push` tells how events go out, and `way` where to; `client` is
    what the desktop says of itself and `address` where it signed in from, an IP address, for reports only. `upstream`
    is its counterpart at a contact centre behind.
    `rehearsed_from` is the first generation that was good when a rehearsal began (-1 = none since the last rotation in
    earnest): no later one is refused while it goes on, or afterwards in AUTHMODE 1. `silent`: the agent
    need not poll for now, and the time limit does not count. `answer_lost`: the answer to its sign-in is known not to
    have arrived.
    """

    id: str
    node: str
    key_id: str
    started_ms: int
    number: int = 0
    issued_ms: int = 0
    adopted_ms: int = 0
    superseded: tuple[Superseded, ...] = ()
    push: bool = False
    client: str = ""
    way: PushWay | None = None
    upstream: Upstream | None = None
    rehearsed_from: int = -1
    silent: bool = False
    address: str = ""
    answer_lost: bool = False

    @property
    def last_adopted(self) -> int:
        """The newest generation that the client has used; that of sign-in counts as used."""
        return self.number if self.adopted_ms or not self.number else self.number - 1

    @property
    def used(self) -> bool:
        """True once any request carried a GUID of this session."""
        return self.number > 0 or self.adopted_ms > 0


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An ended session, kept so that its former holder learns why it is out. `number` was its last generation."""

    id: str
    node: str
    key_id: str
    number: int
    ended_ms: int
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Reservation:
    """A sign-in under way; void after `until_ms`, for the case that its node died."""

    token: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Record:
    """All the store keeps of one agent.

    `former_note` is what a version before had in the record for the contact centre: the session's first note, until the
    centre has written one.
    """

    agent_id: int
    session: Session | None = None
    reservation: Reservation | None = None
    tombstones: tuple[Tombstone, ...] = ()
    former_note: str = ""
