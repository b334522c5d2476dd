"""The pages about sessions on the admin listener: `/sessions`, `/sessions/{agent}/end`."""

from collections.abc import Callable
from typing import Final

from gateway.backend import EndReason
from gateway.ops import audit
from gateway.ops.admin_interface import AdminCall, AdminRoute
from gateway.sessions.report import session_lines
from gateway.sessions.service import SessionService
from gateway.wire.errors import Malformed, NotFound

MOST: Final = 999_999
_LIMIT: Final = "1000"


def session_routes(service: SessionService, owes: Callable[[], None]) -> list[AdminRoute]:
    """The routes; `owes` is called when the backend is owed an end."""

    async def listed(call: AdminCall) -> object:
        """`?agent=` for one agent, `?limit=` for how many at most (default 1000)."""
        agent = _number("agent", call.query["agent"]) if "agent" in call.query else None
        return await session_lines(service.store, _number("limit", call.query.get("limit", _LIMIT)), agent)

    async def end(call: AdminCall) -> object:
        agent_id = _number("agent", call.values["agent"])
        session = (await service.store.read(agent_id)).session
        if session is None or not await service.end(agent_id, session.id, EndReason.FORCED):
            raise NotFound("the agent is not signed in")
        owes()
        audit.record("sign-out", agent_id, session=session.id, reason=EndReason.FORCED.name)
        return {"agent": agent_id, "ended": True}

    return [
        AdminRoute("GET", "/sessions", listed),
        AdminRoute("POST", "/sessions/{agent}/end", end),
    ]


def _number(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[: len(str(MOST)) + 1]) <= MOST:
        return int(text)
    raise Malformed(f"{name}: must be a whole number from 1 to {MOST}")
