"""Sign-in and state changes of a session, one atomic step each (design section 5, Session)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from gateway.ops import audit, metrics
from gateway.sessions import lifecycle
from gateway.sessions.agent_state import AgentState
from gateway.sessions.guid import new_session_id
from gateway.sessions.model import End, EndReason, Event, PushWay, Record, Session, Upstream
from gateway.sessions.service import SessionService
from gateway.sessions.store import Change
from gateway.wire import retcodes
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable

_LOG = logging.getLogger(__name__)
HURRY_S = 0.05
"""For tidying up after a store that has just failed to answer: the call itself must be answered within a second."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How an agent signs in. `way` is where its events are pushed to; `client` what the desktop says of itself.

    `let_in`: a backend that judges credentials itself has let the agent in. Nothing here stands in the way then.
    """

    agent_id: int
    node: str
    force: bool = False
    may_be_forced: bool = True
    way: PushWay | None = None
    client: str = ""
    let_in: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """The backend's yes: the agent's first state, the first events of its queue, the session at a centre behind."""

    state: AgentState
    events: tuple[Event, ...] = ()
    upstream: Upstream | None = None


Admit = Callable[[str], Awaitable[Admission]]
"""Asks the backend to sign in the session with this id. Raises Refused or Unavailable."""
Transition = Callable[[AgentState, int], tuple[AgentState, tuple[Event, ...]] | None]
"""State and time in ms -> new state and events; None for no change. Raises Refused."""


async def sign_in(service: SessionService, terms: Terms, admit: Admit) -> tuple[Session, str]:
    """Reserve, ask the backend, open; the session and its first GUID.

    Raises Refused (`100-002`, `100-015`, `100-021`, or what the backend says) and Unavailable.
    """
    token = new_session_id()
    try:
        await service.store.apply(terms.agent_id, lambda record: _reserve(service, record, token, terms))
    except StoreUnavailable:
        await _let_go(service, terms.agent_id, token, HURRY_S)
        raise
    try:
        admission = await admit(token)
    except Refused:
        await _let_go(service, terms.agent_id, token)
        raise
    except BaseException:
        await _undo(service, terms.agent_id, token, None)
        raise
    return await _opened(service, terms, token, admission)


async def let_in(service: SessionService, terms: Terms, admission: Callable[[str], Admission]) -> tuple[Session, str]:
    """As `sign_in`, once the backend has said yes to terms that are `let_in`: the last one to be let in is in.

    Raises Unavailable.
    """
    token = new_session_id()
    return await _opened(service, terms, token, admission(token))


async def _opened(service: SessionService, terms: Terms, token: str, admission: Admission) -> tuple[Session, str]:
    session = await _open(service, terms, token, admission)
    metrics.SESSIONS_STARTED.inc()
    audit.record("sign-in", terms.agent_id, force=terms.force, node=terms.node, client=terms.client)
    return session, service.guid(session, 0)


def _reserve(service: SessionService, record: Record, token: str, terms: Terms) -> Change[None]:
    now = service.now_ms(terms.agent_id)
    return Change(None, lifecycle.reserve(record, token, now, force=terms.force, may_be_forced=terms.may_be_forced))


async def _let_go(service: SessionService, agent_id: int, token: str, within_s: float | None = None) -> None:
    try:
        async with asyncio.timeout(within_s):
            await service.store.apply(agent_id, lambda record: Change(None, lifecycle.abandon(record, token)))
    except (StoreUnavailable, TimeoutError):
        _LOG.warning("the reservation of agent %d stays until it runs out: the store is out of reach", agent_id)


async def _open(service: SessionService, terms: Terms, token: str, admission: Admission) -> Session:
    try:
        session = await service.store.apply(
            terms.agent_id, lambda record: _opening(service, record, token, terms, admission), durable=True
        )
    except StoreUnavailable:
        await _undo(service, terms.agent_id, token, admission.upstream, HURRY_S)
        raise
    except BaseException:
        await _undo(service, terms.agent_id, token, admission.upstream)
        raise
    if session is None:
        raise Unavailable("the sign-in took too long: sign in again")
    return session


def _opening(
    service: SessionService, record: Record, token: str, terms: Terms, admission: Admission
) -> Change[Session | None]:
    now = service.now_ms(terms.agent_id)
    session = Session(
        token,
        terms.node,
        service.ring.making,
        now,
        issued_ms=now,
        push=terms.way is not None,
        client=terms.client,
        way=terms.way,
        upstream=admission.upstream,
    )
    if terms.let_in:
        record = lifecycle.take_reservation(record, token, now)
    elif not terms.force:
        lifecycle.refuse_used(record, token)
    opened = lifecycle.open_session(record, token, session, admission.state, now, force=terms.force)
    if opened is None:
        end = End(terms.agent_id, token, EndReason.REPLACED, now, upstream=admission.upstream)
        return Change(None, record, ends=(end,))
    after, owed = opened
    return Change(after.session, after, admission.events, (owed,) if owed else ())


async def _undo(
    service: SessionService, agent_id: int, token: str, upstream: Upstream | None, within_s: float | None = None
) -> None:
    """Nobody knows how far the sign-in came: end its session if it was opened, and let the backend know anyway."""

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


async def change_state(service: SessionService, agent_id: int, session_id: str, transition: Transition) -> AgentState:
    """Applies a transition to the agent's state, with its events, on whichever node; the state after it.

    A new `state` keeps the one before it as `previous`. Raises Refused (`100-006` when the session is over, or what the
    transition says) and StoreUnavailable.
    """

    def rule(record: Record) -> Change[AgentState]:
        if record.session is None or record.session.id != session_id:
            raise Refused(retcodes.NOT_SIGNED_IN)
        changed = transition(record.state, service.now_ms(agent_id))
        if changed is None:
            return Change(record.state)
        state, events = changed
        if state.state is not record.state.state:
            state = replace(state, previous=record.state.state)
        return Change(state, replace(record, state=state), events)

    outcome = await service.store.apply(agent_id, rule)
    return outcome or AgentState()
