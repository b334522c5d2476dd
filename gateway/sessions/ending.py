"""Ends many sessions for an operator, some at each request, so that none takes long and each tells how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gateway.audit import trail
from gateway.backend import EndReason
from gateway.ops.jobs import for_each
from gateway.sessions.listing import SessionFilter, chosen
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen
from gateway.wire.errors import StoreUnavailable
from gateway.wire.text import iso

MOST_AT_ONCE: Final = 500
"""At one request."""
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
