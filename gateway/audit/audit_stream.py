"""The audit trail of all nodes in one bounded stream of the store; nothing waits for it, and no outage loses the file.

Lines wait here while the store is out of reach, bounded: then the oldest are dropped and counted.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from hiredis import ReplyError
from pydantic_core import to_json

from gateway.audit.audit_file import Found, Question, read_lines
from gateway.wire.errors import StoreUnavailable

MISSING: Final = "lines-missing"
MOST_WAITING: Final = 10_000
TOGETHER: Final = 200
PAGE: Final = 1000
REST_S: Final = 1.0
DENIED_S: Final = 60.0
"""How long a user of Redis that may not use streams is left alone."""

_LOG = logging.getLogger(__name__)


class AuditStream:
    """`command` sends one command to Redis; `key` is that of the stream, `most` its length, about.

    `pause` (of s) does what `asyncio.sleep` does.
    """

    def __init__(
        self,
        command: Callable[..., Awaitable[Any]],
        key: str,
        most: Callable[[], int],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.dropped = 0
        self._lost: dict[str, object] = {}
        """The line that tells how many were dropped since the last such line, with the latest of their times."""
        self._command = command
        self._key = key
        self._most = most
        self._pause = pause
        self._waiting: deque[bytes] = deque()
        self._comes = asyncio.Event()
        self._denied = False

    def put(self, line: Mapping[str, object]) -> None:
        """Has a line written some time."""
        if len(self._waiting) >= MOST_WAITING:
            self._drop(self._waiting.popleft())
        self._waiting.append(to_json(line))
        self._comes.set()

    def _drop(self, raw: bytes) -> None:
        self.dropped += 1
        line = next(read_lines([raw]), {})
        at = max(str(line.get("time", "")), str(self._lost.get("time", "")))
        count = int(str(self._lost.get("count", 0))) + 1
        self._lost = {"time": at, "node": line.get("node", ""), "kind": MISSING, "count": count}

    async def run(self) -> None:
        """Writes what comes, until cancelled."""
        while True:
            await self._comes.wait()
            await self._pause(await self.flush())

    async def flush(self) -> float:
        """Writes all that waits; for how many s to let Redis be then."""
        if self._lost:  # A line stands where others are missing, so that nobody takes the rest for all.
            self._waiting.appendleft(to_json(self._lost))
            self._lost = {}
        while self._waiting:
            lines = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            added = [self._command("XADD", self._key, "MAXLEN", "~", self._most(), "*", "line", line) for line in lines]
            answers = await asyncio.gather(*added, return_exceptions=True)
            failed = [(line, said) for line, said in zip(lines, answers, strict=True) if isinstance(said, Exception)]
            if failed:
                self._waiting.extendleft(line for line, _ in reversed(failed))
                return self._rest(failed[0][1])
            self._denied = False
        self._comes.clear()
        return 0.0

    async def read(self, question: Question) -> list[Found]:
        """The newest lines of all nodes that are asked for. Raises StoreUnavailable."""
        found: list[Found] = []
        end, oldest = "+", str(question.since_ms)
        while len(found) < question.limit:
            try:
                page = await self._command("XREVRANGE", self._key, end, oldest, "COUNT", PAGE)
            except ReplyError as problem:
                raise StoreUnavailable(f"Redis refuses XREVRANGE: {str(problem).partition(' ')[0][:20]}") from None
            found += filter(question.fits, read_lines(_line(fields) for _, fields in page))
            if len(page) < PAGE:
                break
            end = f"({page[-1][0].decode()}"
        return found[: question.limit][::-1]

    def _rest(self, why: Exception) -> float:
        if isinstance(why, StoreUnavailable):
            return REST_S
        if not isinstance(why, ReplyError):
            raise why
        if not self._denied:
            word = str(why).partition(" ")[0][:20]
            _LOG.warning("the audit stream in Redis cannot be written (%s): allow XADD and XREVRANGE", word)
        self._denied = True
        return DENIED_S


def _line(fields: list[bytes]) -> bytes:
    return dict(zip(fields[::2], fields[1::2], strict=False)).get(b"line", b"")
