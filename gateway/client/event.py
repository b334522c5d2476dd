"""An event as it came, each type of the interface has a class of its own in `event_types`; and those not taken yet."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """`type` is the name on the wire, `generated_ms` when it was made (ms since the epoch), 0 where nothing tells it.

    `content` is what the class of the type says: an object with the names of the wire, a call id, or None. It is
    handed on as it came: a gateway of another make may send less.
    """

    type_name: ClassVar[str] = ""

    type: str
    work_no: str
    generated_ms: int
    content: Any

    def __init_subclass__(cls, *, type_name: str) -> None:
        super().__init_subclass__()
        cls.type_name = type_name

    @property
    def call_id(self) -> str:
        """The call that the event is about; "" for none."""
        if isinstance(self.content, Mapping):
            return str(self.content.get("callid") or self.content.get("callId") or "")
        return self.content if isinstance(self.content, str) else ""


class Ended(Exception):
    """No event comes any more: the agent signed out."""


class Inbox:
    """One agent's events that the program has not taken yet, in order. `most` bounds them."""

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
