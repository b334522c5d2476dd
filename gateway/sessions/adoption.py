"""Who does not follow new GUIDs, so far as this node has found out (design section 5, AUTHMODE and Rehearsal)."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.ops import audit, metrics
from gateway.sessions.model import Session

REMEMBERED: Final = 65_536
SEARCHES_A_SECOND: Final = 100
SEARCHES_OF_ONE_SESSION: Final = 10
"""A search of a rehearsal's oldest generations takes milliseconds; those that find nothing count, two a wrong GUID."""


@dataclass(frozen=True, slots=True)
class NotAdopting:
    """A session whose client went on with an old GUID, found out at `at_ms`."""

    session_id: str
    agent_id: int
    client: str
    node: str
    at_ms: int


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
        audit.record("guid-not-adopted", agent_id, client=session.client)

    def note_refused_in_earnest(self, agent_id: int, session: Session) -> None:
        """A use in a rehearsal that AUTHMODE 2 would have refused: each counts, the first of a session is named."""
        metrics.REHEARSED_REFUSALS.inc()
        if session.id in self._refused_in_earnest:
            return
        self._refused_in_earnest[session.id] = None
        if len(self._refused_in_earnest) > REMEMBERED:
            self._refused_in_earnest.popitem(last=False)
        audit.record("guid-refused-in-earnest", agent_id, client=session.client)

    def not_adopting(self) -> Sequence[NotAdopting]:
        """The last sessions, oldest first, of which this node found out that their client ignores new GUIDs."""
        return list(self._not_adopting.values())


class SearchBudget:
    """How often a GUID may be searched in vain, for each session and in all, in a second of the store's time."""

    def __init__(self) -> None:
        self._second = 0
        self._in_vain: Counter[str] = Counter()

    def may_search(self, session_id: str, now_ms: int) -> bool:
        """Whether one more search is allowed now."""
        if now_ms // 1000 != self._second:
            self._second = now_ms // 1000
            self._in_vain.clear()
        return self._in_vain[session_id] < SEARCHES_OF_ONE_SESSION and self._in_vain.total() < SEARCHES_A_SECOND

    def found_nothing(self, session_id: str) -> None:
        """A search found nothing."""
        self._in_vain[session_id] += 1
