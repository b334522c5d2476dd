"""What operators see of who is signed in: page by page, sought by agent, client, address, node and state.

Nothing here shows a GUID, a session id or anything that leads to one: a session is named by its hash, as in the audit
trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.audit import trail
from gateway.sessions.adoption import lags
from gateway.sessions.live import read_live
from gateway.sessions.model import Record, Session, Superseded
from gateway.sessions.policy import Limits
from gateway.sessions.rules import is_accepted, lapses_ms
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.text import iso

UNUSED: Final = "unused"
CURRENT: Final = "current"
HANDED_OUT: Final = "handed-out"
LAGGING: Final = "lagging"
STATES: Final = (UNUSED, CURRENT, HANDED_OUT, LAGGING)
"""No request carried a GUID of the session yet; its client uses the newest one; the newest one was handed out and is
not used yet, on time; the client goes on with an older one."""


@dataclass(frozen=True, slots=True)
class GenerationView:
    """One GUID of a session, by its number from 0, as operators see it.

    `made`: when it was made, of a superseded one when its client had it; None where that is not known any more.
    `adopted`: its client has used it. `lagging`: it was handed out long ago, and its client goes on with an older one.
    `standing`: `current`; `grace`, accepted until `until` (None: its grace has not begun); `kept`, accepted for as long
    as AUTHMODE or a rehearsal lets it; `over`.
    """

    number: int
    made: str | None
    adopted: bool
    lagging: bool
    standing: str
    until: str | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A live session as operators see it. Times are in ISO 8601 (UTC).

    `session` is its hash in the audit trail. `mode` tells what its GUIDs do: `static`, `dynamic` or `rehearsal`;
    `events` how it gets its events: `poll` or `push`. `state` is one of STATES. `generations` has the newest first.
    """

    agent: int
    session: str
    node: str
    signed_in: str
    seen: str
    mode: str
    events: str
    address: str
    client: str
    state: str
    generations: Sequence[GenerationView]


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions are meant; what is empty leaves all.

    `find`: digits mean agents that begin with them, other text is sought in client, address and node, in any case.
    `state` is one of STATES; `node` and `address` are meant exactly, `client` is a part of its name. `before_ms`:
    signed in at or before that time. `after`: agents with a greater number.
    """

    find: str = ""
    state: str = ""
    agents: frozenset[int] = frozenset()
    node: str = ""
    address: str = ""
    client: str = ""
    before_ms: int | None = None
    after: int = 0

    @property
    def is_open(self) -> bool:
        """Whether all sessions are meant."""
        return self == SessionFilter(before_ms=self.before_ms, after=self.after)

    @property
    def needs_records(self) -> bool:
        """Whether more than the number of its agent tells if a session is meant."""
        by_text = bool(self.find) and not self._seeks_agents
        return by_text or bool(self.state or self.node or self.address or self.client) or self.before_ms is not None

    @property
    def _seeks_agents(self) -> bool:
        return self.find.isascii() and self.find.isdigit()

    def may_mean(self, agent_id: int) -> bool:
        """Whether a session of this agent can be meant at all."""
        if agent_id <= self.after or (self.agents and agent_id not in self.agents):
            return False
        return not self._seeks_agents or str(agent_id).startswith(self.find)

    def means(self, session: Session, state: str) -> bool:
        """Whether this session of such an agent, which stands so, is meant."""
        sought = "" if self._seeks_agents else self.find.casefold()
        told = (session.client, session.address, session.node)
        return (
            (not sought or any(sought in text.casefold() for text in told))
            and self.state in {"", state}
            and self.node in {"", session.node}
            and self.address in {"", session.address}
            and self.client.casefold() in session.client.casefold()
            and (self.before_ms is None or session.started_ms <= self.before_ms)
        )


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One page, from 1, of `pages`; `total` sessions are on all of them, by agent, as it was `at` that time."""

    total: int
    page: int
    pages: int
    size: int
    at: str
    sessions: Sequence[SessionView]


async def session_page(service: SessionService, wanted: SessionFilter, page: int, size: int) -> SessionPage:
    """The page; the last one where there are fewer. Only what is shown is read, unless the filter needs all.

    Raises StoreUnavailable.
    """
    at_ms = service.store.now_ms()
    live = await chosen(service, wanted)
    pages = max(1, -(-len(live) // size))
    page = min(page, pages)
    shown = live[(page - 1) * size : page * size]
    views = [view(service, seen, session) async for seen, _, session in read_live(service.store, shown)]
    return SessionPage(len(live), page, pages, size, iso(at_ms), views)


async def chosen(service: SessionService, wanted: SessionFilter) -> list[Seen]:
    """The live sessions that are meant, by agent. Raises StoreUnavailable."""
    store = _asked(service.store, wanted)
    live = [seen for seen in await store.live() if wanted.may_mean(seen.agent_id)]
    if wanted.needs_records:
        live = [
            seen
            async for seen, _, session in read_live(service.store, live)
            if wanted.means(session, state_of(session, service.limits(seen.agent_id), seen.seen_ms))
        ]
    return sorted(live, key=lambda seen: seen.agent_id)


def _asked(store: SessionStore, wanted: SessionFilter) -> SessionStore:
    """Of one agent its shard alone is asked, so that no other one's outage matters."""
    return store.shard_of(next(iter(wanted.agents))) if len(wanted.agents) == 1 else store


def state_of(session: Session, limits: Limits, seen_ms: int) -> str:
    """How the session stands with its newest GUID; one of STATES."""
    if not session.used:
        return UNUSED
    if session.adopted_ms:
        return CURRENT
    return LAGGING if lags(session, limits, seen_ms) else HANDED_OUT


def view(service: SessionService, seen: Seen, session: Session) -> SessionView:
    """A session as operators see it."""
    limits = service.limits(seen.agent_id)
    state = state_of(session, limits, seen.seen_ms)
    return SessionView(
        seen.agent_id,
        trail.session_hash(session.id),
        session.node,
        iso(session.started_ms),
        iso(seen.seen_ms),
        "rehearsal" if limits.rehearsal and limits.interval_ms else "dynamic" if limits.interval_ms else "static",
        "push" if session.push else "poll",
        session.address,
        session.client,
        state,
        _generations(session, limits, service.now_ms(seen.agent_id), lagging=state == LAGGING),
    )


def _generations(session: Session, limits: Limits, now_ms: int, *, lagging: bool) -> list[GenerationView]:
    newest = GenerationView(session.number, iso(session.issued_ms), bool(session.adopted_ms), lagging, CURRENT, None)
    made_ms = {0: session.started_ms, **{former.number + 1: former.replaced_ms for former in session.superseded}}
    olds = [_superseded(session, former, limits, now_ms, made_ms.get(former.number)) for former in session.superseded]
    return [newest, *reversed(olds)]


def _superseded(
    session: Session, former: Superseded, limits: Limits, now_ms: int, made_ms: int | None
) -> GenerationView:
    lapses = lapses_ms(session, former.number, limits)
    if not is_accepted(session, former, limits, now_ms):
        standing = "over"
    else:
        standing = "grace" if former.waiting or lapses is not None else "kept"
    made, until = (iso(at_ms) if at_ms is not None else None for at_ms in (made_ms, lapses))
    return GenerationView(former.number, made, former.number <= session.last_adopted, False, standing, until)


@dataclass(frozen=True, slots=True)
class FormerSession:
    """A session that ended in the last 10 minutes, and why."""

    session: str
    node: str
    ended: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent: its session, None where it is not signed in, and those before, the newest first."""

    agent: int
    signed_in: bool
    session: SessionView | None
    former: Sequence[FormerSession]


async def agent_view(service: SessionService, agent_id: int) -> AgentView:
    """What the store has of an agent. Raises StoreUnavailable."""
    store = service.store.shard_of(agent_id)
    record = await store.read(agent_id)
    former = [
        FormerSession(trail.session_hash(old.id), old.node, iso(old.ended_ms), old.reason.name, str(old.reason))
        for old in record.tombstones
    ]
    session = record.session
    if session is None:
        return AgentView(agent_id, False, None, former)
    return AgentView(agent_id, True, view(service, await _seen(store, record, session), session), former)


async def _seen(store: SessionStore, record: Record, session: Session) -> Seen:
    """When it was last seen; its sign-in where nothing was noted yet."""
    for seen in await store.live():
        if seen.session_id == session.id:
            return seen
    return Seen(record.agent_id, session.id, session.started_ms, session.push)
