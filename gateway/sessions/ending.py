"""Ends many sessions for an operator, some at each request, so that none takes long and each tells how far it is."""

from dataclasses import dataclass, replace
from typing import Final

from gateway.audit import trail
from gateway.backend import EndReason
from gateway.ops.jobs import for_each
from gateway.sessions.listing import SessionFilter, chosen
from gateway.sessions.service import SessionService
from gateway.sessions.store import Seen
from gateway.wire.text import iso

MOST_AT_ONCE: Final = 500
"""At one request."""
TOGETHER: Final = 50


@dataclass(frozen=True, slots=True)
class Ends:
    """How far it is: `ended` by this request, `left` to be ended by further ones that carry the same `before`.

    `before`: only sessions that were signed in by then are meant, so that who signs in again stays.
    """

    ended: int
    left: int
    before: str


@dataclass(frozen=True, slots=True)
class EndedSession:
    """The session of this agent is over."""

    agent: int
    ended: bool


async def end_sessions(service: SessionService, wanted: SessionFilter, most: int = MOST_AT_ONCE) -> Ends:
    """Ends the first of the sessions that are meant. Raises StoreUnavailable; what has ended by then stays so."""
    before_ms = wanted.before_ms if wanted.before_ms is not None else service.store.now_ms()
    live = await chosen(service, replace(wanted, before_ms=before_ms))
    ended = 0

    async def end(seen: Seen) -> None:
        nonlocal ended
        if await end_session(service, seen.agent_id, seen.session_id):
            ended += 1

    await for_each(live[:most], end, together=TOGETHER)
    return Ends(ended, max(0, len(live) - most), iso(before_ms))


async def end_session(service: SessionService, agent_id: int, session_id: str) -> bool:
    """Ends this very session, and tells the trail; False when it was over already. Raises StoreUnavailable."""
    if not await service.end(agent_id, session_id, EndReason.FORCED):
        return False
    trail.record("sign-out", agent_id, session=session_id, reason=EndReason.FORCED.name)
    return True
