"""The pages of the audit trail on the admin listener: `/audit`, and `/explain/{agent}`."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Final

from gateway.admin.route import AdminCall, AdminRoute
from gateway.audit.audit_file import MOST_LINES, Found, Question
from gateway.audit.diagnosis import NODE_KINDS
from gateway.audit.explain import MOST_OF_AN_AGENT, MOST_OF_NODES, explain
from gateway.wire.errors import Malformed
from gateway.wire.text import whole_number

MOST_AGENT: Final = 999_999
LATEST_MS: Final = 10**15
A_DAY_MS: Final = 86_400_000


def audit_route(read: Callable[[Question], Awaitable[list[Found]]]) -> AdminRoute:
    """The page: `?agent=` for one agent, `?since=` (ms since the epoch), `?limit=`, `?kind=` (with commas)."""

    async def answer(call: AdminCall) -> object:
        agent = _number(call, "agent", 0, MOST_AGENT)
        kinds = frozenset(filter(None, call.query.get("kind", "").split(",")))
        since_ms, limit = _number(call, "since", 0, LATEST_MS), _number(call, "limit", MOST_LINES, MOST_LINES)
        return await read(Question(since_ms, agent or None, limit, kinds))

    return AdminRoute("GET", "/audit", answer)


def explain_route(read: Callable[[Question], Awaitable[list[Found]]], now_ms: Callable[[], int]) -> AdminRoute:
    """The page `/explain/{agent}`: history, now, advice and cause; `?since=` (ms since the epoch), a day by default."""

    async def answer(call: AdminCall) -> object:
        agent_id = _number(AdminCall(query=call.values), "agent", 0, MOST_AGENT)
        since_ms = _number(call, "since", now_ms() - A_DAY_MS, LATEST_MS)
        own = await read(Question(since_ms, agent_id, MOST_OF_AN_AGENT))
        nodes = await read(Question(since_ms, None, MOST_OF_NODES, NODE_KINDS))
        return asdict(explain(agent_id, [*own, *nodes]))

    return AdminRoute("GET", "/explain/{agent}", answer)


def _number(call: AdminCall, name: str, default: int, most: int) -> int:
    number = whole_number(call.query.get(name, str(default)), 0, most)
    if number is None:
        raise Malformed(f"{name}: must be a whole number up to {most}")
    return number
