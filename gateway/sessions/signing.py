"""Sign-in: reserve, let in at the backend, open; one atomic step each (docs/protocol.md, Sessions).

Where a centre behind lets agents in, nothing is reserved, and sign-ins of one agent may come here in another order than
it let them in. Whoever finds that the agent's sessions are not what they were before the centre was asked has it asked
once more: only the one who was let in last is in there. That answer holds for as long as the sessions stay as they were
seen before it, so it is asked again when they do not. Of those let in earlier at most one can open after the last one
was let in, and once more can a session end; so who was let in last opens at the third answer, if not before.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gateway.audit import trail
from gateway.backend import End, EndReason, Entered, LetInBehind, Upstream
from gateway.ops import metrics
from gateway.sessions import lifecycle
from gateway.sessions.guid import new_session_id
from gateway.sessions.model import PushWay, Record, Session
from gateway.sessions.service import SessionService
from gateway.sessions.store import Change
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable

_LOG = logging.getLogger(__name__)
HURRY_S = 0.05
"""For tidying up after a store that has just failed to answer: the call itself must be answered within a second."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How an agent signs in. `way` is where its events are pushed to; `client` what the desktop says of itself,
    `address` the IP address that it signs in from.

    `let_in`: a centre behind that judges credentials itself has let the agent in. Only somebody whom it let in later
    stands in the way then.
    """

    agent_id: int
    node: str
    force: bool = False
    may_be_forced: bool = True
    way: PushWay | None = None
    client: str = ""
    let_in: LetInBehind | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that is open, its first GUID, what the backend said when it let the agent in, and whether another one
    has ended for it: the backend is owed that end.
    """

    session: Session
    guid: str
    entered: Entered
    owes: bool


@dataclass(frozen=True, slots=True)
class _SignIn:
    """One sign-in under way: the id of its session, which is also the token of its reservation, and when it began."""

    service: SessionService
    terms: Terms
    session_id: str
    began_ms: int
    former: list[Session] = field(default_factory=list)
    """The session that this one takes over, if there is one."""


@dataclass(frozen=True, slots=True)
class _Moved:
    """The session is not open: the agent's sessions are others than when the centre behind was asked."""

    standing: str


MOST_ANSWERS = 8
"""How often the centre behind is asked who is in, for one sign-in; three suffice unless sessions end by themselves."""

Enter = Callable[[str, int], Awaitable[Entered]]
"""Lets the agent in at the backend: session id and time of the sign-in in ms. Raises Refused or Unavailable."""


async def sign_in(service: SessionService, terms: Terms, enter: Enter) -> Opened:
    """Reserve, ask the backend, open. With terms that are `let_in` nothing is reserved: the last one let in opens.

    Raises Refused (`100-002`, `100-015`, `100-021`, or what the backend says) and Unavailable.
    """
    under_way = _SignIn(service, terms, new_session_id(), service.now_ms(terms.agent_id))
    if not terms.let_in:
        await _reserve(under_way)
    try:
        entered = await enter(under_way.session_id, under_way.began_ms)
    except Refused:
        if not terms.let_in:
            await _let_go(under_way)
        raise
    except BaseException:
        await _undo(under_way, None)
        raise
    session = await _open(under_way, entered)
    metrics.SESSIONS_STARTED.inc()
    for ended in under_way.former:
        why = "forced sign-in" if terms.force else "it was never used"
        facts = {"session": ended.id, "client": ended.client, "reason": why, "taken_over_by": terms.client}
        trail.record("take-over", terms.agent_id, **facts)
    trail.record("sign-in", terms.agent_id, session=session.id, force=terms.force, client=terms.client)
    return Opened(session, service.guid(session, 0), entered, owes=bool(under_way.former))


async def _reserve(under_way: _SignIn) -> None:
    terms, token = under_way.terms, under_way.session_id

    def rule(record: Record) -> Change[None]:
        now = under_way.service.now_ms(terms.agent_id)
        return Change(None, lifecycle.reserve(record, token, now, force=terms.force, may_be_forced=terms.may_be_forced))

    store = under_way.service.store
    try:
        # What is known here of an agent who was signed in here is most likely so still; the write finds out if not.
        await store.apply(terms.agent_id, rule, known=store.known(terms.agent_id))
    except StoreUnavailable:
        await _let_go(under_way, HURRY_S)
        raise


async def _let_go(under_way: _SignIn, within_s: float | None = None) -> None:
    agent_id, token = under_way.terms.agent_id, under_way.session_id
    try:
        async with asyncio.timeout(within_s):
            await under_way.service.store.apply(agent_id, lambda record: Change(None, lifecycle.abandon(record, token)))
    except (StoreUnavailable, TimeoutError):
        _LOG.warning("the reservation of agent %d stays until it runs out: the store is out of reach", agent_id)


async def _open(under_way: _SignIn, entered: Entered) -> Session:
    let_in = under_way.terms.let_in
    try:
        session = await (_open_last(under_way, entered, let_in) if let_in else _try_to_open(under_way, entered))
    except StoreUnavailable:
        await _undo(under_way, entered.upstream, HURRY_S)
        raise
    except BaseException:
        await _undo(under_way, entered.upstream)
        raise
    if not isinstance(session, Session):
        raise Unavailable("the sign-in took too long: sign in again")
    return session


async def _open_last(under_way: _SignIn, entered: Entered, let_in: LetInBehind) -> Session | _Moved | None:
    """Opens the session of whom the centre behind has let in last. Raises Refused (`100-021`) for anybody before."""
    tried = await _try_to_open(under_way, entered, let_in.standing)
    for _ in range(MOST_ANSWERS):
        if not isinstance(tried, _Moved):
            break
        if not await let_in.still_in():
            raise Refused(retcodes.SIGN_IN_IN_PROGRESS)
        tried = await _try_to_open(under_way, entered, tried.standing)
    return tried


async def _try_to_open(under_way: _SignIn, entered: Entered, standing: str | None = None) -> Session | _Moved | None:
    """`standing`: see `LetInBehind`. None when the reservation is gone."""

    def rule(record: Record) -> Change[Session | _Moved | None]:
        if under_way.terms.let_in and not _stands(record, under_way.session_id, standing):
            return Change(_Moved(lifecycle.standing(record)))
        return _opening(under_way, record, entered)

    agent_id, store = under_way.terms.agent_id, under_way.service.store
    # Of whom is let in here the record is most likely as we have just reserved it; the write finds out if not.
    known = None if under_way.terms.let_in else store.known(agent_id)
    return await store.apply(agent_id, rule, known=known, durable=True)


def _stands(record: Record, own_id: str, standing: str | None) -> bool:
    """Whether no session of the agent has opened or ended meanwhile, but for our own, which may be open already."""
    if record.session is None and standing is None:
        return True
    return lifecycle.standing(record) == standing or (record.session is not None and record.session.id == own_id)


def _opening(under_way: _SignIn, record: Record, entered: Entered) -> Change[Session | _Moved | None]:
    service, terms, token = under_way.service, under_way.terms, under_way.session_id
    under_way.former[:] = [record.session] if record.session and record.session.id != token else []
    now = service.now_ms(terms.agent_id)
    session = Session(
        token,
        terms.node,
        service.ring.making,
        under_way.began_ms,
        issued_ms=now,
        push=terms.way is not None,
        client=terms.client,
        way=terms.way,
        upstream=entered.upstream,
        address=terms.address,
    )
    if terms.let_in:
        record = lifecycle.take_reservation(record, token, now)
    elif not terms.force:
        lifecycle.refuse_used(record, token)
    opened = lifecycle.open_session(record, token, session, now, force=terms.force)
    if opened is None:
        end = End(terms.agent_id, token, EndReason.REPLACED, now, upstream=entered.upstream)
        return Change(None, record, ends=(end,))
    after, owed = opened
    return Change(after.session, after, entered.events, (owed,) if owed else (), note=entered.note)


async def _undo(under_way: _SignIn, upstream: Upstream | None, within_s: float | None = None) -> None:
    """Nobody knows how far the sign-in came: end its session if it was opened, and let the backend know anyway."""
    service, agent_id, token = under_way.service, under_way.terms.agent_id, under_way.session_id

    def rule(record: Record) -> Change[None]:
        now = service.now_ms(agent_id)
        ended = lifecycle.end_session(record, token, EndReason.REPLACED, now)
        after = lifecycle.abandon(ended.record if ended else record, token)
        return Change(None, after, ends=(End(agent_id, token, EndReason.REPLACED, now, upstream=upstream),))

    try:
        async with asyncio.timeout(within_s):
            await service.store.apply(agent_id, rule)
    except (StoreUnavailable, TimeoutError):
        _LOG.warning("a failed sign-in of agent %d could not be undone: the store is out of reach", agent_id)
