"""Who does not follow new GUIDs, so far as this node has found out (docs/protocol.md, AUTHMODE)."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.audit import trail
from gateway.ops import metrics
from gateway.sessions import rules
from gateway.sessions.guid import same
from gateway.sessions.model import MAX_SUPERSEDED, Session
from gateway.sessions.policy import Limits, runs_out
from gateway.sessions.rules import Bearer, Derive
from gateway.wire.errors import Unavailable

NOT_ADOPTED: Final = "guid-not-adopted"
"""The client goes on with the GUID before the newest one, long after that was handed out."""
REFUSED_IN_EARNEST: Final = "guid-refused-in-earnest"
"""A GUID of the session was used in a rehearsal that AUTHMODE 2 would have refused."""
LEFT_BEHIND: Final = "guid-left-behind"
"""A GUID was refused that the session has had, and that its client has left for a newer one."""
REUSED: Final = "guid-reuse"
"""The theft sign."""
KINDS: Final = (NOT_ADOPTED, REFUSED_IN_EARNEST, LEFT_BEHIND, REUSED)
"""What is found out about sessions, as the audit trail calls it."""
REMEMBERED: Final = 65_536
SEARCHES_A_SECOND: Final = 50
SEARCHES_OF_ONE_SESSION: Final = 5
"""In vain: each takes milliseconds."""
MOST_FOUND: Final = 16_384


@dataclass(frozen=True, slots=True)
class Noted:
    """A session whose client went on with an old GUID, last found out at `at_ms`."""

    session_id: str
    agent_id: int
    client: str
    node: str
    at_ms: int


def lags(session: Session, limits: Limits, used_ms: int) -> bool:
    """Whether the newest GUID was handed out long before `used_ms`, when the client went on with an older one.

    That is a hold and 2 s, or half of the grace of the older one where that is less: it is known before it is refused.
    """
    if session.adopted_ms or not session.number:
        return False
    if used_ms - session.issued_ms > limits.reuse_after_ms:
        return True
    parent = session.superseded[-1] if session.superseded else None
    if limits.lenient or parent is None or parent.waiting:
        return False
    return used_ms >= runs_out(parent.replaced_ms, limits.grace_ms // 2, limits.outages)


def has_lagged(session: Session, guid: str, derive: Derive) -> bool:
    """Whether a GUID that is refused is the one before a newest one that was never used."""
    if session.adopted_ms or not session.number:
        return False
    return same(guid, derive(session.key_id, session.id, session.number - 1, session.node))


def was_left(session: Session, guid: str, derive: Derive) -> bool:
    """Whether a GUID that is refused is an older one of the live session: a second window may hold it, or a thief."""
    numbers = range(max(0, session.number - 1 - MAX_SUPERSEDED), session.number)
    return any(same(guid, derive(session.key_id, session.id, number, session.node)) for number in numbers)


class AdoptionBook:
    """Names each session once of a kind, in the audit trail; the last `REMEMBERED` of each kind are kept."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[str, Noted]] = {kind: OrderedDict() for kind in KINDS}

    def note_not_adopting(self, agent_id: int, session: Session, now_ms: int) -> None:
        """The newest GUID was handed out long ago, and its client goes on with the one before."""
        if self._note(NOT_ADOPTED, agent_id, session, now_ms):
            metrics.NOT_ADOPTING.inc()

    def note_refused_in_earnest(self, agent_id: int, session: Session, now_ms: int) -> None:
        """A use in a rehearsal that AUTHMODE 2 would have refused: each counts, the first of a session is named."""
        metrics.REHEARSED_REFUSALS.inc()
        self._note(REFUSED_IN_EARNEST, agent_id, session, now_ms)

    def note_refused(self, agent_id: int, session: Session, guid: str, derive: Derive, now_ms: int) -> None:
        """This GUID was refused while the agent has this session: was it one of that?"""
        if has_lagged(session, guid, derive):
            self.note_not_adopting(agent_id, session, now_ms)
        elif was_left(session, guid, derive):
            self._note(LEFT_BEHIND, agent_id, session, now_ms)

    def note_reuse(self, agent_id: int, session: Session, now_ms: int) -> None:
        """A theft sign, each of which is told."""
        metrics.GUID_REUSE.inc()
        trail.record(REUSED, agent_id, session=session.id, client=session.client)
        self._keep(REUSED, agent_id, session, now_ms)

    def _note(self, kind: str, agent_id: int, session: Session, now_ms: int) -> bool:
        """Whether it is the first one of the session, which is told."""
        first = session.id not in self._kept[kind]
        self._keep(kind, agent_id, session, now_ms)
        if first:
            trail.record(kind, agent_id, session=session.id, client=session.client)
        return first

    def _keep(self, kind: str, agent_id: int, session: Session, now_ms: int) -> None:
        kept = self._kept[kind]
        kept[session.id] = Noted(session.id, agent_id, session.client, session.node, now_ms)
        if len(kept) > REMEMBERED:
            kept.popitem(last=False)

    def not_adopting(self) -> Sequence[Noted]:
        """The last sessions, oldest first, of which this node found out that their client ignores new GUIDs."""
        return list(self._kept[NOT_ADOPTED].values())

    def all(self) -> Iterable[tuple[str, Noted]]:
        """Every kind and note."""
        return [(kind, noted) for kind, kept in self._kept.items() for noted in kept.values()]

    def noted(self, kind: str, session_id: str) -> int:
        """When this was last found out of a session, in ms, 0 for never; `kind` is one of KINDS."""
        found = self._kept[kind].get(session_id)
        return found.at_ms if found else 0


class RehearsalSearch:
    """Finds the oldest generations that live by a rehearsal. `clock` gives s.

    A GUID that was found once is found again without a search; those in vain are bounded, for each session and in all,
    so that whoever sends wrong ones costs little, and nobody who was found before is turned away for them.
    """

    def __init__(self, derive: Derive, clock: Callable[[], float] = time.monotonic) -> None:
        self._derive = derive
        self._clock = clock
        self._found: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._second = 0
        self._wrong: set[tuple[str, str]] = set()
        self._in_vain: Counter[str] = Counter()

    def find(self, session: Session, guid: str, limits: Limits) -> Bearer | None:
        """Whose GUID this is, if anybody's. Raises Unavailable when that would take one search too many."""
        sought = session.id, guid
        number = self._found.get(sought)
        if number is not None:
            return Bearer(session, number) if number in rules.rehearsed(session, limits) else None
        self._begin_second()
        if sought in self._wrong:
            return None
        if self._in_vain[session.id] >= SEARCHES_OF_ONE_SESSION or self._in_vain.total() >= SEARCHES_A_SECOND:
            raise Unavailable("too many wrong GUIDs in a rehearsal: try again")
        found = rules.search(session, guid, self._derive, limits)
        if found is None:
            self._wrong.add(sought)
            self._in_vain[session.id] += 1
            return None
        self._found[sought] = found.number
        if len(self._found) > MOST_FOUND:
            self._found.popitem(last=False)
        return found

    def _begin_second(self) -> None:
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._wrong.clear()
            self._in_vain.clear()
