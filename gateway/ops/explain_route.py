"""`GET /explain/{agent}`: what happened to an agent, in sentences, from the audit trail of all nodes."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.ops.admin_interface import AdminCall, AdminRoute
from gateway.ops.audit_file import Found, Question
from gateway.ops.diagnosis import NODE_KINDS
from gateway.ops.explain import explain
from gateway.wire.errors import Malformed

MOST_AGENT: Final = 999_999
MOST_OF_AN_AGENT: Final = 200
MOST_OF_NODES: Final = 200
BACK_MS: Final = 86_400_000
"""How far back without `?since=`: a day."""
LATEST_MS: Final = 10**15


def explain_route(
    read: Callable[[Question], Awaitable[list[Found]]], now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
) -> AdminRoute:
    """The page; `?since=` in ms since the epoch."""

    async def answer(call: AdminCall) -> object:
        agent_id = _number("agent", call.values["agent"], MOST_AGENT)
        since_ms = _number("since", call.query.get("since", str(now_ms() - BACK_MS)), LATEST_MS)
        own = await read(Question(since_ms, agent_id, MOST_OF_AN_AGENT))
        nodes = await read(Question(since_ms, None, MOST_OF_NODES, NODE_KINDS))
        return explain(agent_id, [*own, *nodes])

    return AdminRoute("GET", "/explain/{agent}", answer)


def _number(name: str, text: str, most: int) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:20]) <= most:
        return int(text)
    raise Malformed(f"{name}: must be a whole number from 1 to {most}")
