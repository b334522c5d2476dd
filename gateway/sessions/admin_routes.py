"""The pages about sessions on the admin listener: `/sessions`, `/sessions/{agent}`, the ends.

Of many sessions each request ends some, so that none takes long and each tells how far it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from pydantic_core import from_json

from gateway.admin.route import AdminCall, AdminRoute
from gateway.audit import trail
from gateway.backend import EndReason
from gateway.ops.jobs import for_each
from gateway.sessions.listing import STATES, SessionFilter, agent_view, chosen, session_page
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen
from gateway.wire.errors import Malformed, NotFound, StoreUnavailable
from gateway.wire.text import iso, whole_number

MOST: Final = 999_999
MOST_A_PAGE: Final = 1000
_SIZE: Final = 50
_LONGEST: Final = 120
FILTERS: Final = ("find", "state", "agent", "node", "address", "client")
ALL: Final = "all"
BEFORE: Final = "before"
AFTER: Final = "after"
AT_ONCE: Final = "most"
_TEXTS: Final = (*FILTERS, BEFORE, AFTER, AT_ONCE)
"""Members of a body besides ALL."""
MOST_AT_ONCE: Final = 500
"""Sessions that one request ends."""
TOGETHER: Final = 50


@dataclass(frozen=True, slots=True)
class Ends:
    """How far it is: `ended` by this request, `left` to be ended by further ones that carry `before` and `after` anew.

    `before`: only sessions that were signed in by then are meant, so that who signs in again stays. `after`: only those
    of agents with a greater number. `not_ended`: agents of this request whose part of the store did not answer.
    """

    ended: int
    left: int
    before: str
    after: int
    not_ended: Sequence[int]


@dataclass(frozen=True, slots=True)
class EndedSession:
    """The session of this agent is over."""

    agent: int
    ended: bool


async def end_sessions(service: SessionService, wanted: SessionFilter, most: int = MOST_AT_ONCE) -> Ends:
    """Ends the first of the sessions that are meant. Raises StoreUnavailable where none of them could be."""
    before_ms = wanted.before_ms if wanted.before_ms is not None else service.store.now_ms()
    live = await chosen(service, replace(wanted, before_ms=before_ms))
    lot = live[:most]
    outcomes: dict[int, bool] = {}

    async def end(seen: Seen) -> None:
        outcomes[seen.agent_id] = await end_session(service, seen.agent_id, seen.session_id)

    try:
        await for_each(lot, end, together=TOGETHER)
    except StoreUnavailable:
        if not outcomes:
            raise
    not_ended = [seen.agent_id for seen in lot if seen.agent_id not in outcomes]
    after = lot[-1].agent_id if lot else wanted.after
    return Ends(sum(outcomes.values()), len(live) - len(lot), iso(before_ms), after, not_ended)


async def end_session(service: SessionService, agent_id: int, session_id: str) -> bool:
    """Ends this very session, and tells the trail; False when it was over already. Raises StoreUnavailable."""
    if not await service.end(agent_id, session_id, EndReason.FORCED):
        return False
    trail.record("sign-out", agent_id, session=session_id, reason=EndReason.FORCED.name)
    return True


def session_routes(service: SessionService, owes: Callable[[], None]) -> list[AdminRoute]:
    """The routes; `owes` is called when the backend is owed an end."""

    async def listed(call: AdminCall) -> object:
        """`?page=` from 1, `?size=`; which ones: see `session_filter`."""
        page, size = whole(call.query, "page", 1, MOST), whole(call.query, "size", _SIZE, MOST_A_PAGE)
        return await session_page(service, session_filter(call.query), page, size)

    async def shown(call: AdminCall) -> object:
        return await agent_view(service, agent_of(call))

    async def end(call: AdminCall) -> object:
        agent_id = agent_of(call)
        session = (await service.store.read(agent_id)).session
        if session is None or not await end_session(service, agent_id, session.id):
            raise NotFound("the agent is not signed in")
        owes()
        return EndedSession(agent_id, True)

    async def end_many(call: AdminCall) -> object:
        """Body: what `session_filter` takes as members, or `"all": true`; `before` and `after` as an answer had them.

        `most` of them at once.
        """
        wanted, most = _meant(call.body)
        ends = await end_sessions(service, wanted, most)
        owes()
        return ends

    return [
        AdminRoute("GET", "/sessions", listed),
        AdminRoute("GET", "/sessions/{agent}", shown),
        AdminRoute("POST", "/sessions/{agent}/end", end),
        AdminRoute("POST", "/sessions/end", end_many),
    ]


def session_filter(given: Mapping[str, str]) -> SessionFilter:
    """By `find`, `state`, `agent` (numbers with commas), `node`, `address` and `client`. Raises Malformed."""
    texts = {name: given.get(name, "").strip() for name in ("find", "node", "address", "client")}
    for name, text in texts.items():
        if len(text) > _LONGEST:
            raise Malformed(f"{name}: must be at most {_LONGEST} characters")
    state = given.get("state", "")
    if state not in {"", *STATES}:
        raise Malformed(f"state: must be one of {', '.join(STATES)}")
    agents = frozenset(_number("agent", text.strip()) for text in given.get("agent", "").split(",") if text.strip())
    find, node, address, client = texts.values()
    return SessionFilter(find, state, agents, node, address, client)


def _meant(body: bytes) -> tuple[SessionFilter, int]:
    """Whose sessions a body means, how many at once. Raises Malformed, also for all of them without saying so."""
    try:
        given = from_json(body)
    except ValueError:
        given = None
    if not isinstance(given, Mapping) or set(given) - {*_TEXTS, ALL}:
        raise Malformed(f"body: must be a JSON object with {', '.join(_TEXTS)} or {ALL}")
    texts = {name: given[name] for name in _TEXTS if name in given}
    for name, text in texts.items():
        if not isinstance(text, str | int) or isinstance(text, bool):
            raise Malformed(f"{name}: must be text")
    plain = {name: str(text) for name, text in texts.items()}
    wanted = session_filter(plain)
    if wanted.is_open != (given.get(ALL) is True):
        raise Malformed(f'body: name whose sessions to end, or {{"{ALL}": true}} alone')
    before_ms = _time_ms(plain[BEFORE]) if BEFORE in plain else None
    after = _number(AFTER, plain.get(AFTER, "0"), least=0)
    return replace(wanted, before_ms=before_ms, after=after), whole(plain, AT_ONCE, MOST_AT_ONCE, MOST_AT_ONCE)


def _time_ms(text: str) -> int:
    """Of a time in ISO 8601. Raises Malformed."""
    wrong = Malformed(f"{BEFORE}: must be a time such as 2026-01-31T08:00:00.000Z")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise wrong
        return round(moment.astimezone(UTC).timestamp() * 1000)
    except (ValueError, OverflowError):  # Also a time that is in no year of ours in UTC.
        raise wrong from None


def agent_of(call: AdminCall) -> int:
    """The agent that the path names. Raises Malformed."""
    return _number("agent", call.values["agent"])


def whole(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1. Raises Malformed."""
    return _number(name, given.get(name, str(default)), most)


def _number(name: str, text: str, most: int = MOST, least: int = 1) -> int:
    number = whole_number(text, least, most)
    if number is None:
        raise Malformed(f"{name}: must be a whole number from {least} to {most}")
    return number
