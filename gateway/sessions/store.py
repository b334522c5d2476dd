"""The contract of every store. Stores apply rules atomically and know none of them (docs/design/optimistic_swap.md).

All methods raise StoreUnavailable when the store is out of reach or refuses to write; nothing is then known of the
outcome, so every rule must be safe to apply twice. Times are ms since the epoch in the store's own time.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from gateway.backend import End
from gateway.ops.jobs import all_done
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.wire.envelope import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What a rule wants: its outcome and, unless `record` is None, the new record with what goes along with it.

    `events` join the queue of the record's session, which keeps `note` (b"": the one before); `ends` stay owed to the
    backend. With `silent_since_ms` the change holds only if the session was last seen at or before that time; otherwise
    the store answers None.
    """

    outcome: T
    record: Record | None = None
    events: tuple[Event, ...] = ()
    ends: tuple[End, ...] = ()
    silent_since_ms: int | None = None
    note: bytes = b""


Rule = Callable[[Record], Change[T]]
"""A pure function of the record. It may be called several times; only its last Change counts. It may raise."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A live session and when a request of it was last noted."""

    agent_id: int
    session_id: str
    seen_ms: int
    push: bool


class Looking(NamedTuple):
    """What a poll wants to know.

    `until_ms`: when its GUID is no longer good by the record known, None for never. `confirms` is the id of an event
    that has arrived, "" for none. `tells`: this node will know whether the event that it finds arrives; for a while no
    other sends that one then. With a `token` the poll becomes the agent's newest, for `hold_ms`; `ended` tells how many
    polls of the session ended one another on this node, as `events.parking.Parked` counts them.
    """

    session_id: str
    until_ms: int | None = None
    confirms: str = ""
    tells: bool = False
    token: str = ""
    hold_ms: int = 0
    ended: int = 0


class Look(NamedTuple):
    """What a look found: another `record` (and then nothing else was done), or the oldest event, if any.

    For `wait_ms` the event must not be sent: another node has sent it and may still hear of its arrival. `ended` is as
    that of `Looking`, over all nodes.
    """

    record: Record | None = None
    event: Event | None = None
    wait_ms: int = 0
    ended: int = 0


Wake = Callable[[int, str], None]
"""Called with an agent id (0: any agent) and "", or the token of a poll that a newer one on another node has ended."""


class SessionStore(Protocol):
    """One record per agent, over all nodes."""

    def shards(self) -> Sequence["SessionStore"]:
        """The parts that agents are spread over, each with its own time and outages; itself where there is one."""

    def shard_of(self, agent_id: int) -> "SessionStore":
        """The part that keeps this agent: its time and its outages are those of the agent."""

    def in_reach(self) -> bool:
        """False while this store, or a shard of it, is known to be out of reach. Calls try anyway."""

    def now_ms(self) -> int:
        """The store's time, never backwards."""

    def outages(self) -> tuple[Outage, ...]:
        """The last times in which this store was out of reach of every node, oldest first; at most 8."""

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        """The record as it is now, never remembered; an empty one for an agent without.

        A store that was cut off may live in the past for some seconds. That is no reason to turn anybody away: where an
        agent would be, the record is read with `sure`, which raises StoreUnavailable when nobody else confirms it.
        """

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        """Applies `rule` to the record, atomically over all nodes, and answers its outcome.

        What `rule` raises as Refused is raised only if the record was sure (see `read`), else it is asked again.
        `known` is a record read just now, tried first. When the session of the record becomes another one, its queue is
        emptied first and the new one counts as seen now. `durable` waits for a replica, where there is one, and raises
        StoreUnavailable without its word. Polls of the agent are woken by events and by an end. None only as
        `Change.silent_since_ms` says.
        """

    def note_seen(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """Notes a request of a session. Written in batches, only forward, only for sessions that exist."""

    async def forget_seen(self, seen: Seen) -> None:
        """Takes out what `silent` or `live` told of a session that the agent's record does not have."""

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """Up to `most` live sessions last seen before the limit of their mode, the longest silent first."""

    async def live(self) -> Sequence[Seen]:
        """All live sessions; for sweeps of age and for operators, not for calls."""

    async def count(self, *, push: bool = False) -> int:
        """How many sessions live, with `push` those in push mode; cheap however many there are."""

    async def owed(self, most: int) -> Sequence[End]:
        """Up to `most` ends that the backend has not confirmed, oldest first."""

    async def paid(self, session_id: str) -> None:
        """The backend has confirmed the end of this session."""

    async def key_fingerprints(self, add: Mapping[str, str], drop: Sequence[str] = ()) -> Mapping[str, str]:
        """Fingerprints of all GUID secrets in use, by key id, after dropping some and adding those not there yet."""

    def on_wake(self, wake: Wake) -> None:
        """Calls `wake` when a parked poll should look again, wherever the cause was."""

    def known(self, agent_id: int) -> Record | None:
        """The record as it was when it was last read or written here; another one may be there by now."""

    async def look(self, known: Record, looking: Looking) -> Look:
        """One look of a poll, all of it in one step and only while the agent's record is still `known`.

        It confirms an event, finds the oldest one, and makes the poll the agent's newest if it is to wait: the one
        before, if on another node, is woken by its token. Where the record is another one nothing of that is done.
        """

    async def lost(self, agent_id: int, event_id: str) -> None:
        """What this node got by `look` was not sent, or has not arrived: another one need not wait."""

    async def close(self) -> None:
        """Writes what is noted and lets go of connections."""


RECENT_IDS: Final = 64
"""How many ids a queue remembers, taken events included, so that a repeated append adds nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one queue may hold: events and bytes of their bodies."""

    count: int
    size: int


class EventQueue(Protocol):
    """The events of each session, in order, bounded in count and bytes; what is dropped is counted.

    Minor events are dropped first; of these, and of the others, the oldest.

    `at_once`: none of these methods ever waits for anything, nor do those of the store that goes with it.
    """

    at_once: bool

    async def head(self, agent_id: int, session_id: str) -> Event | None:
        """The oldest event of this session; it stays until confirmed."""

    async def confirm(self, agent_id: int, session_id: str, event_id: str) -> None:
        """Removes the event if it is the oldest one; does nothing otherwise, so that a retry is harmless."""

    async def append(self, agent_id: int, session_id: str, events: Sequence[Event], note: bytes | None = None) -> bool:
        """Adds events in order; False when that session is over. A retry adds nothing.

        The agent's poll is woken where the queue was empty: one that waits has found it so, and whoever finds an event
        comes again for the next. In the same step `note` becomes what the session keeps for the contact centre; None
        leaves that as it is.
        """

    async def note(self, agent_id: int, session_id: str) -> bytes:
        """What this session keeps for the contact centre, b"" for nothing. It goes with the session."""

    async def clear(self, agent_id: int, session_id: str) -> None:
        """Drops every event of this session."""

    async def depth(self, agent_id: int) -> int:
        """How many events wait."""


async def over_shards(store: SessionStore, work: Callable[[SessionStore], Awaitable[object]]) -> None:
    """Does `work` on all shards at the same time, to the end on each. Raises as `all_done`."""
    shards = store.shards()
    if len(shards) == 1:
        await work(shards[0])
        return
    await all_done([work(shard) for shard in shards])


class CannotServeError(Exception):
    """This node would refuse agents who are signed in, or not find them. The message says what the operator can do."""
