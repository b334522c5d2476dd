"""Events that have come and that the program has not taken yet: in order, bounded."""

import asyncio
import contextlib
from collections import deque

from gateway.client.event import Event


class Ended(Exception):
    """No event comes any more: the agent signed out."""


class Inbox:
    """One agent's. `most` bounds it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: deque[Event] = deque()
        self._end: Exception | None = None
        self._changed = asyncio.Condition()

    @property
    def is_full(self) -> bool:
        """Whether the program is behind."""
        return len(self._events) >= self._most

    async def put(self, event: Event) -> None:
        """Keeps one more."""
        async with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    async def end(self, why: Exception | None = None) -> None:
        """Nothing comes any more; what has come can still be taken. The first reason counts."""
        async with self._changed:
            self._end = self._end or why or Ended()
            self._changed.notify_all()

    async def take(self) -> Event:
        """The oldest one, waiting for it. Raises the reason of the end, Ended for an own sign-out."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._events or self._end)
            if not self._events and self._end is not None:
                raise self._end
            event = self._events.popleft()
            self._changed.notify_all()
            return event

    async def has_room(self, within_s: float) -> bool:
        """Waits for room; false when there is none in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: not self.is_full)
        return not self.is_full
