"""`/gateway/live` and `/gateway/ready`: does the process run, should it get traffic; and the watch over the store."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from pydantic_core import to_json

from gateway.audit import trail
from gateway.ops import metrics
from gateway.wire.headers import JSON, of_answers
from gateway.wire.http import Request, Response

Reason = Callable[[], Awaitable[str | None]]
"""Why a part is not ready, None when it is."""
SERVES_S: Final = 0.5
"""How long one look at the parts serves all who ask: anybody may, as often as they like."""
_HEADERS: Final = of_answers(JSON)
LOOK_EVERY_S: Final = 1.0


class _SharedCheck:
    """What each part says, asked once for all who come meanwhile and in the SERVES_S after."""

    def __init__(self, parts: Mapping[str, Reason], clock: Callable[[], float]) -> None:
        self._parts = parts
        self._clock = clock
        self._words: dict[str, str | None] = {}
        self._old_from_s = float("-inf")
        self._looking = asyncio.Lock()

    async def words(self) -> dict[str, str | None]:
        async with self._looking:
            if self._clock() >= self._old_from_s:
                self._words = {name: await reason() for name, reason in self._parts.items()}
                self._old_from_s = self._clock() + SERVES_S
            return self._words


def pages(
    parts: Mapping[str, Reason], remarks: Mapping[str, Reason], clock: Callable[[], float] = time.monotonic
) -> dict[str, Callable[[Request], Awaitable[Response]]]:
    """The two pages by path. `ready` is 200 only when none of `parts` gives a reason; the body tells each one's word.

    `remarks` are told alike and take no node out of service: what all nodes share, such as a file or the sentinels,
    must not take them all out at once while each works on.
    """
    look = _SharedCheck(parts, clock)

    async def live(_request: Request) -> Response:
        return Response(body=to_json({"status": "live"}), headers=_HEADERS)

    async def ready(_request: Request) -> Response:
        words = await look.words()
        is_ready = not any(words.values())
        words = words | {name: await remark() for name, remark in remarks.items()}
        body = {"status": "ready" if is_ready else "not ready", **{name: word or "ok" for name, word in words.items()}}
        return Response(body=to_json(body), status=200 if is_ready else 503, headers=_HEADERS)

    return {"/gateway/live": live, "/gateway/ready": ready}


class OutageWatch:
    """`reason` says why the store is out of reach, None when it is not. `clock` gives s, `pause` (of s) waits."""

    def __init__(
        self,
        reason: Callable[[], Awaitable[str | None]],
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._reason = reason
        self._clock = clock
        self._pause = pause
        self._since_s: float | None = None

    async def run(self) -> None:
        """Looks once a second, until cancelled."""
        while True:
            await self.look()
            await self._pause(LOOK_EVERY_S)

    async def look(self) -> None:
        """Tells of a change since the last look."""
        reason = await self._reason()
        if reason is not None and self._since_s is None:
            self._since_s = self._clock()
            metrics.STORE_OUTAGES.inc()
            trail.record("store-outage", reason=reason)
        elif reason is None and self._since_s is not None:
            trail.record("store-back", after_s=round(self._clock() - self._since_s, 1))
            self._since_s = None
