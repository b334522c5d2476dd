"""Who does not follow new GUIDs, so far as this node has found out (docs/protocol.md, AUTHMODE)."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.ops import audit, metrics
from gateway.sessions import rules
from gateway.sessions.guid import same
from gateway.sessions.model import Session
from gateway.sessions.policy import Limits, runs_out
from gateway.sessions.rules import Bearer, Derive
from gateway.wire.errors import Unavailable

REMEMBERED: Final = 65_536
SEARCHES_A_SECOND: Final = 50
SEARCHES_OF_ONE_SESSION: Final = 5
"""In vain: each takes milliseconds."""
MOST_FOUND: Final = 16_384


@dataclass(frozen=True, slots=True)
class NotAdopting:
    """A session whose client went on with an old GUID, found out at `at_ms`."""

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


class AdoptionBook:
    """Names each session once, in the log and in a counter; the last `REMEMBERED` of each kind are kept."""

    def __init__(self) -> None:
        self._not_adopting: OrderedDict[str, NotAdopting] = OrderedDict()
        self._refused_in_earnest: OrderedDict[str, None] = OrderedDict()

    def note_not_adopting(self, agent_id: int, session: Session, now_ms: int) -> None:
        """The newest GUID was handed out long ago, and its client goes on with the one before."""
        if session.id in self._not_adopting:
            return
        self._not_adopting[session.id] = NotAdopting(session.id, agent_id, session.client, session.node, now_ms)
        if len(self._not_adopting) > REMEMBERED:
            self._not_adopting.popitem(last=False)
        metrics.NOT_ADOPTING.inc()
        audit.record("guid-not-adopted", agent_id, session=session.id, client=session.client)

    def note_refused_in_earnest(self, agent_id: int, session: Session) -> None:
        """A use in a rehearsal that AUTHMODE 2 would have refused: each counts, the first of a session is named."""
        metrics.REHEARSED_REFUSALS.inc()
        if session.id in self._refused_in_earnest:
            return
        self._refused_in_earnest[session.id] = None
        if len(self._refused_in_earnest) > REMEMBERED:
            self._refused_in_earnest.popitem(last=False)
        audit.record("guid-refused-in-earnest", agent_id, session=session.id, client=session.client)

    def not_adopting(self) -> Sequence[NotAdopting]:
        """The last sessions, oldest first, of which this node found out that their client ignores new GUIDs."""
        return list(self._not_adopting.values())


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
