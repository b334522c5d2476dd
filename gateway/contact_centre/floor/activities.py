"""What agents do besides calls, and that no leg of a call shows: conferences, inspection, chats, playing.

Times are ms since the epoch, 0 = never.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Generic, TypeVar

from gateway.contact_centre.floor.calls import Call, Feature, Leg, Stage

V = TypeVar("V")
OVERHEAD_BYTES: Final = 4096
"""What a value takes besides what is in it."""
TEXT_CHAT: Final = 1
TEXT_MEDIA: Final = frozenset({TEXT_CHAT, 51, 53})
"""Media types of skill queues whose customers write. Chats of type 1 speak the older interface, `textchat`."""
KEPT_TEXTS: Final = 500
KEPT_CHATS_BYTES: Final = 16 * 1_048_576
KEPT_FILES_BYTES: Final = 64 * 1_048_576
KEPT_MESSAGES: Final = 200
TEXT: Final = "1"
"""`kind` of texts. A sender may call its file the same."""
ALL_MEDIA: Final = 0
"""Stands for all media types together in `Activities.chat_limits`."""


class Attribute(IntEnum):
    """What a participant may do."""

    LISTEN = 1
    SPEAK = 2
    BOTH = 3
    NEITHER = 4


@dataclass(slots=True, eq=False)
class ConferenceMember:
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
    chair: ConferenceMember
    seats: int
    minutes: int
    prompt: int
    since_ms: int
    members: list[ConferenceMember] = field(default_factory=list)
    playing: bool = False

    def joined(self) -> Iterator[ConferenceMember]:
        """Who is in it."""
        return (member for member in self.members if member.joined_ms)

    def agents(self) -> Iterator[ConferenceMember]:
        """The agents who are in it."""
        return (member for member in self.joined() if member.is_agent)

    def of_session(self, session_id: str) -> ConferenceMember | None:
        """The agent of this session, in it or asked to be."""
        return next((one for one in self.members if one.is_agent and one.leg.session_id == session_id), None)

    def named(self, number: str, *, agent: bool) -> ConferenceMember | None:
        """The participant with this agent id or phone number, in it or asked to be."""
        return next((one for one in self.members if one.leg.number == number and one.is_agent is agent), None)


class BoundedHistory(Generic[V]):
    """Values by key, oldest first. At most `most_bytes` of them: the oldest are forgotten for newer ones."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._found: dict[str, tuple[V, int]] = {}

    def keep(self, key: str, value: V, size_bytes: int) -> None:
        """One value more, under a key of its own. The newest one is kept whatever its size."""
        self._found[key] = (value, size_bytes + OVERHEAD_BYTES)
        self._bytes += size_bytes + OVERHEAD_BYTES
        while self._bytes > self._most_bytes and len(self._found) > 1:
            _, oldest_bytes = self._found.pop(next(iter(self._found)))
            self._bytes -= oldest_bytes

    def get(self, key: str) -> V | None:
        """The value under this key."""
        found = self._found.get(key)
        return None if found is None else found[0]

    def __iter__(self) -> Iterator[V]:
        return (value for value, _ in self._found.values())


class Mode(IntEnum):
    """How an inspector inspects; the value is `qcType` of the events."""

    LISTEN = 8
    INSERT = 9
    WHISPER = 20172


@dataclass(slots=True, eq=False)
class Inspection:
    """An inspector with an agent, in whatever call that agent is."""

    agent_id: int
    session_id: str
    target_id: int
    target_session: str
    mode: Mode
    since_ms: int


@dataclass(slots=True, eq=False)
class ChatLine:
    """Something written in a chat, or the path of a file (`is_file`); `kind` is what its sender says it is.

    `chat_id` is what the sender's program calls it. `delivered`: somebody was there; `confirmed`: who received it says
    that it was read.
    """

    sender: str
    text: str
    at_ms: int
    receiver: str = ""
    kind: str = TEXT
    is_file: bool = False
    chat_id: str = ""
    delivered: bool = True
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What an agent wrote to customers who are in no chat."""

    agent_id: int
    skill_id: int
    chat_id: str
    receivers: str
    text: str
    at_ms: int


@dataclass(slots=True, eq=False)
class Chat:
    """A text chat: parties and data as of a call, which is in no other list of calls.

    `said` is what was written last, `unread` what nobody but its sender has seen. `passed_over` are sessions that did
    not take the chat when it was offered. `agents` are all who are or were in it.
    """

    call: Call
    said: deque[ChatLine] = field(default_factory=lambda: deque(maxlen=KEPT_TEXTS))
    unread: deque[ChatLine] = field(default_factory=lambda: deque(maxlen=KEPT_TEXTS))
    passed_over: set[str] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)

    @property
    def older(self) -> bool:
        """Whether its events are those of the older interface."""
        return self.call.media_type == TEXT_CHAT

    @property
    def internal(self) -> bool:
        """Whether agents alone are in it."""
        return self.call.feature is Feature.INTERNAL

    def leg_of(self, session_id: str) -> Leg | None:
        """The party of this session."""
        return next((leg for leg in self.call.legs if leg.session_id == session_id and leg.agent_id), None)

    def present(self) -> Iterator[Leg]:
        """The agents who are in the chat, not only asked."""
        return (leg for leg in self.call.agents() if leg.stage is Stage.TALKING)


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file that was sent in a chat, under the name that it had with its sender. `agents` are those of the chat."""

    agents: set[int]
    name: str
    data: bytes = field(repr=False)


@dataclass(slots=True, eq=False)
class Playback:
    """A file that is played to an agent; `position_s` is where it was at `since_ms`, or is while it is paused."""

    agent_id: int
    session_id: str
    length_s: float
    position_s: float
    since_ms: int
    paused: bool = False
    endless: bool = False


@dataclass(slots=True)
class Activities:
    """`inspections` by the inspector's session, `chats` and `conferences` by id, `playing` by session.

    `chat_limits` are by session and media type; `recorded` are recordings made here, with their length in s. `screens`
    are sessions whose screen is recorded. `past_chats` are chats that are over, by id, `files` what was sent in chats,
    by path, and `sent` the last messages to customers who were in none.
    """

    inspections: dict[str, Inspection] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    chat_limits: dict[str, dict[int, int]] = field(default_factory=dict)
    conferences: dict[int, Conference] = field(default_factory=dict)
    playing: dict[str, Playback] = field(default_factory=dict)
    recorded: dict[str, float] = field(default_factory=dict)
    screens: set[str] = field(default_factory=set)
    past_chats: BoundedHistory[Chat] = field(default_factory=lambda: BoundedHistory(KEPT_CHATS_BYTES))
    files: BoundedHistory[ChatFile] = field(default_factory=lambda: BoundedHistory(KEPT_FILES_BYTES))
    sent: deque[SentMessage] = field(default_factory=lambda: deque(maxlen=KEPT_MESSAGES))

    def sessions(self) -> set[tuple[int, str]]:
        """Agent and session of everyone in here."""
        found = {(one.agent_id, one.session_id) for one in self.inspections.values()}
        found |= {(one.agent_id, one.session_id) for one in self.playing.values()}
        found |= {(one.target_id, one.target_session) for one in self.inspections.values()}
        found |= {(leg.agent_id, leg.session_id) for chat in self.chats.values() for leg in chat.call.agents()}
        everywhere = (member for conference in self.conferences.values() for member in conference.members)
        return found | {(one.leg.agent_id, one.leg.session_id) for one in everywhere if one.is_agent}

    def conference_of(self, session_id: str) -> tuple[Conference, ConferenceMember] | None:
        """An agent's conference, in it or asked to be."""
        for conference in self.conferences.values():
            member = conference.of_session(session_id)
            if member is not None:
                return conference, member
        return None

    def conference_by_call(self, call_id: str) -> Conference | None:
        """The conference that this call has become."""
        return next((one for one in self.conferences.values() if one.call.id == call_id), None)

    def chats_of(self, session_id: str) -> list[Chat]:
        """The chats that an agent is in, or is asked to take."""
        return [chat for chat in self.chats.values() if chat.leg_of(session_id) is not None]

    def inspection_of(self, target_session: str) -> Inspection | None:
        """The inspection of an agent, by the session of that agent."""
        return next((one for one in self.inspections.values() if one.target_session == target_session), None)
