"""Who is traced, and the lines of that: kept where all nodes see them, bounded, gone a while after the end."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from pydantic_core import to_json

from gateway.audit.audit_file import Found, read_lines

KEPT_LINES: Final = 2000
"""Of one agent; a reader who comes late misses what was before."""
KEPT_MS: Final = 600_000
PAGE: Final = 1000


class TracePage(NamedTuple):
    """Lines in the order of their coming, and where to go on."""

    lines: Sequence[Found]
    after: str


class TraceBoard(Protocol):
    """What nodes share about traces. Every method may raise StoreUnavailable."""

    async def begin(self, agent_id: int, until_ms: int) -> None:
        """The agent is traced until then, ms since the epoch."""

    async def end(self, agent_id: int) -> bool:
        """The agent is no longer traced; False where it was not."""

    async def traced(self) -> Mapping[int, int]:
        """Who is traced, and until when."""

    async def write(self, agent_id: int, lines: Sequence[Mapping[str, object]]) -> None:
        """These lines come last."""

    async def read(self, agent_id: int, after: str) -> TracePage:
        """The lines after that place, "" for all."""


class MemoryTraceBoard:
    """For one process."""

    def __init__(self) -> None:
        self._until_ms: dict[int, int] = {}
        self._lines: dict[int, deque[tuple[int, Found]]] = {}
        self._count = 0

    async def begin(self, agent_id: int, until_ms: int) -> None:
        """See TraceBoard."""
        if agent_id not in self._until_ms:
            self._lines.pop(agent_id, None)
        self._until_ms[agent_id] = until_ms

    async def end(self, agent_id: int) -> bool:
        """See TraceBoard. The lines of the last few traced agents stay."""
        while len(self._lines) > len(self._until_ms) + 2:
            self._lines.pop(next(agent for agent in self._lines if agent not in self._until_ms))
        return self._until_ms.pop(agent_id, None) is not None

    async def traced(self) -> Mapping[int, int]:
        """See TraceBoard."""
        return dict(self._until_ms)

    async def write(self, agent_id: int, lines: Sequence[Mapping[str, object]]) -> None:
        """See TraceBoard."""
        kept = self._lines.setdefault(agent_id, deque(maxlen=KEPT_LINES))
        for line in lines:
            self._count += 1
            kept.append((self._count, line))

    async def read(self, agent_id: int, after: str) -> TracePage:
        """See TraceBoard."""
        seen = int(after) if after.isascii() and after.isdigit() else 0
        found = [(number, line) for number, line in self._lines.get(agent_id, ()) if number > seen]
        return TracePage([line for _, line in found], str(found[-1][0]) if found else after)


class RedisTraceBoard:
    """For all nodes of a store. `command` sends one command to Redis, `key` makes the name of a key of ours."""

    def __init__(self, command: Callable[..., Awaitable[Any]], key: Callable[..., str]) -> None:
        self._command = command
        self._key = key

    async def begin(self, agent_id: int, until_ms: int) -> None:
        """See TraceBoard."""
        if not await self._command("HSET", self._key("traced"), agent_id, until_ms):
            return
        await self._command("DEL", self._key("trace", agent_id))

    async def end(self, agent_id: int) -> bool:
        """See TraceBoard."""
        return bool(await self._command("HDEL", self._key("traced"), agent_id))

    async def traced(self) -> Mapping[int, int]:
        """See TraceBoard."""
        flat = await self._command("HGETALL", self._key("traced"))
        pairs = list(flat.items()) if isinstance(flat, dict) else zip(flat[::2], flat[1::2], strict=True)
        return {int(agent): int(until) for agent, until in pairs}

    async def write(self, agent_id: int, lines: Sequence[Mapping[str, object]]) -> None:
        """See TraceBoard."""
        key = self._key("trace", agent_id)
        added = (self._command("XADD", key, "MAXLEN", "~", KEPT_LINES, "*", "line", to_json(line)) for line in lines)
        await asyncio.gather(*added)
        await self._command("PEXPIRE", key, KEPT_MS)

    async def read(self, agent_id: int, after: str) -> TracePage:
        """See TraceBoard."""
        since = f"({after}" if after else "-"
        page = await self._command("XREVRANGE", self._key("trace", agent_id), "+", since, "COUNT", PAGE)
        lines = list(
            read_lines(dict(zip(fields[::2], fields[1::2], strict=False))[b"line"] for _, fields in page[::-1])
        )
        return TracePage(lines, page[0][0].decode() if page else after)
