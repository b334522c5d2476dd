"""One agent followed for a while: its requests, answers and events, masked, for whoever asks on the admin listener.

While nobody is traced a call costs nothing for it: `Traces.agents` is empty, and that is all who looks. Lines never
wait for a reader nor for the store: they queue here, bounded, and each has a number, so that a gap is seen.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from pydantic_core import from_json

from gateway.admin.route import AdminCall, AdminRoute
from gateway.audit import trail
from gateway.ops import metrics, request_context
from gateway.trace.masking import Masks
from gateway.trace.trace_board import TraceBoard
from gateway.wire.envelope import Event
from gateway.wire.errors import Malformed, Refused, StoreUnavailable
from gateway.wire.retcodes import BAD_PARAMETER
from gateway.wire.text import iso, whole_number

LOOK_EVERY_S: Final = 1.0
BUSY_EVERY_S: Final = 0.25
"""As long as somebody is traced."""
MOST_WAITING: Final = 2000
TOGETHER: Final = 100
MOST_AGENTS: Final = 20
LONGEST_S: Final = 3600
_AFTER: Final = re.compile(r"([0-9]{1,19}(-[0-9]{1,19})?)?")
"""The id of an entry of a stream: two numbers that Redis can hold."""


class Traces:
    """Who is traced here, and what is told of them.

    `now_ms` is the time of the store; `pause` (of s) does what `asyncio.sleep` does.
    """

    def __init__(
        self,
        board: TraceBoard,
        node: str,
        key: bytes,
        now_ms: Callable[[], int],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.agents: dict[int, int] = {}
        """Who is traced, and until when (ms since the epoch)."""
        self.worker = 0
        self.masks = Masks(key)
        self._board = board
        self._node = node
        self._now_ms = now_ms
        self._pause = pause
        self._counts: dict[int, int] = {}
        self._waiting: deque[dict[str, object]] = deque()

    def put(self, agent_id: int, kind: str, **facts: object) -> None:
        """Tells of a traced agent; whoever calls has looked into `agents`, and masked what he tells."""
        number = self._counts[agent_id] = self._counts.get(agent_id, 0) + 1
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            metrics.TRACE_LINES_DROPPED.inc()
        front = {"time": iso(self._now_ms()), "node": self._node, "worker": self.worker, "number": number}
        known = {name: value for name, value in facts.items() if value != ""}
        self._waiting.append({**front, "agent": agent_id, "kind": kind, **known})

    def events(self, agent_id: int, events: Sequence[Event]) -> None:
        """Events were made for a traced agent."""
        for event in events:
            self.put(
                agent_id, "event", request=request_context.request_id(), id=event.id, body=self.masks.body(event.body)
            )

    def pushed(self, agent_id: int, event: Event, outcome: str, receiver: str) -> None:
        """An event was pushed, or that was tried."""
        self.put(agent_id, "push", id=event.id, outcome=outcome, receiver=receiver)

    async def run(self) -> None:
        """Follows who is to be traced and writes what was told, until cancelled."""
        while True:
            await self.look()
            await self._pause(BUSY_EVERY_S if self.agents or self._waiting else LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: what was told goes out, who is newly traced is, whose time is over is not."""
        try:
            await self._write()
            wanted = await self._board.traced()
        except StoreUnavailable:
            wanted = dict(self.agents)
        now_ms = self._now_ms()
        for agent_id, until_ms in wanted.items():
            if until_ms <= now_ms:
                await self._end(agent_id, "its time is over")
        self.agents = _into(self.agents, {agent: until for agent, until in wanted.items() if until > now_ms})

    async def _write(self) -> None:
        """Raises StoreUnavailable; then what was on its way is lost, and a gap in the numbers tells so."""
        while self._waiting:
            lines = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            of_agent: dict[int, list[dict[str, object]]] = {}
            for line in lines:
                of_agent.setdefault(int(str(line["agent"])), []).append(line)
            for agent_id, each in of_agent.items():
                await self._board.write(agent_id, each)

    async def _end(self, agent_id: int, reason: str) -> None:
        """Told once, by whichever process ends it."""
        try:
            if await self._board.end(agent_id):
                trail.record("trace-ended", agent_id, reason=reason)
        except StoreUnavailable:
            return

    def routes(self) -> list[AdminRoute]:
        """`GET /trace` lists; `POST` and `DELETE /trace/{agent}` begin and end one, `GET` with `?after=` reads it."""

        async def begin(call: AdminCall) -> object:
            agent_id, for_s = _agent(call), _for_s(call.body)
            if agent_id not in self.agents and len(await self._board.traced()) >= MOST_AGENTS:
                raise Refused(BAD_PARAMETER, f"{MOST_AGENTS} agents are traced already: end one of those first")
            until_ms = self._now_ms() + for_s * 1000
            await self._board.begin(agent_id, until_ms)
            trail.record("trace-started", agent_id, for_s=for_s)
            await self.look()
            return {"agent": agent_id, "until": iso(until_ms)}

        async def end(call: AdminCall) -> object:
            agent_id = _agent(call)
            await self._end(agent_id, "asked for")
            await self.look()
            return {"agent": agent_id, "ended": True}

        async def read(call: AdminCall) -> object:
            after = call.query.get("after", "")
            if not _AFTER.fullmatch(after):
                raise Malformed("after: must be what the answer before said, or absent")
            page = await self._board.read(_agent(call), after)
            return {"traced": _agent(call) in await self._board.traced(), "after": page.after, "lines": page.lines}

        async def listed(_call: AdminCall) -> object:
            return [{"agent": agent, "until": iso(until)} for agent, until in sorted(self.agents.items())]

        return [
            AdminRoute("GET", "/trace", listed),
            AdminRoute("POST", "/trace/{agent}", begin),
            AdminRoute("DELETE", "/trace/{agent}", end),
            AdminRoute("GET", "/trace/{agent}", read, admin_only=True),
        ]


def _into(kept: dict[int, int], wanted: dict[int, int]) -> dict[int, int]:
    """The same dictionary with other content: others hold it."""
    kept.clear()
    kept.update(wanted)
    return kept


def _agent(call: AdminCall) -> int:
    agent_id = whole_number(call.values["agent"], 1, 999_999)
    if agent_id is None:
        raise Malformed("agent: must be a whole number from 1 to 999999")
    return agent_id


def _for_s(body: bytes) -> int:
    try:
        given: Any = from_json(body)["for_s"]
    except (ValueError, KeyError, TypeError):
        given = None
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= LONGEST_S:
        return given
    raise Malformed(f'for_s: must be a whole number of seconds from 1 to {LONGEST_S}, as in {{"for_s":600}}')
