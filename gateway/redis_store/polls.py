"""What polls ask of Redis: one script when they come, one when they are woken or due."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.codec import Rubbish
from gateway.redis_store.event_queue import read_element
from gateway.redis_store.link import RedisLink
from gateway.redis_store.records import VERSION_SIZE, RedisRecords
from gateway.redis_store.scripts import Argument, load_script
from gateway.sessions.model import Record
from gateway.sessions.store import Look, Looking

ARRIVES_WITHIN_MS: Final = 200
"""How long a kernel may hold back the acknowledgement of what another node has sent."""
ANSWER_MS: Final = 1000
"""How long after its hold a poll may still be on its way out."""

_LOOK: Final = load_script("look")
_LOST: Final = load_script("lost")


class RedisPolls:
    """Looks of polls over a link; `records` knows what the bytes of a record mean. `now_ms` is the store's time.

    `check` raises StoreUnavailable where nothing may be read, `read` reads a record as it is now.
    """

    def __init__(
        self,
        link: RedisLink,
        records: RedisRecords,
        aside: Aside,
        now_ms: Callable[[], int],
        check: Callable[[], None],
        read: Callable[[int], Awaitable[Record]],
    ) -> None:
        self._link = link
        self._now_ms = now_ms
        self._records = records
        self._aside = aside
        self._check = check
        self._read = read
        self._node = secrets.token_hex(4)
        self._agents, self._events, self._queues, self._polls = (
            link.key(name, "") for name in ("agent", "events", "queue", "poll")
        )

    async def look(self, known: Record, looking: Looking) -> Look:
        """See `SessionStore.look`. Where the bytes that `known` was read from are forgotten, it brings the record."""
        self._check()
        agent_id, kept = known.agent_id, self._records.bytes_of(known)
        if kept is None:
            return Look(record=await self._read(agent_id))
        events = f"{self._events}{agent_id}"
        keys = f"{self._agents}{agent_id}", events, f"{self._queues}{agent_id}", f"{self._polls}{agent_id}"
        arguments = self._arguments(agent_id, kept[:VERSION_SIZE], looking)
        while True:
            first, *found = await self._link.script(_LOOK, keys, arguments)
            if not found:
                return Look(record=await self._changed(agent_id, first))
            element, wait_ms, *ended = found
            try:
                event = read_element(element, looking.session_id) if element else None
            except ValueError:
                await self._aside.put([Bad(events, "first", content=element)])
                continue
            return Look(None, event, wait_ms, int(ended[0]) if ended else looking.ended)

    async def _changed(self, agent_id: int, kept: bytes) -> Record:
        """The record that stands there instead of the one known; what nobody can read is put aside by who reads it."""
        try:
            return self._records.read(agent_id, kept)
        except Rubbish:
            return await self._read(agent_id)

    def _arguments(self, agent_id: int, version: bytes, looking: Looking) -> list[Argument]:
        session_id, confirms, until_ms = looking.session_id, looking.confirms, looking.until_ms
        redis_ms = self._link.now_ms()
        arguments: list[Argument] = [
            version,
            "" if until_ms is None else until_ms + redis_ms - self._now_ms(),
            f"{session_id}\n{confirms}\n" if confirms else "",
            self._node,
            redis_ms,
            ARRIVES_WITHIN_MS,
            int(looking.tells),
        ]
        if looking.token:
            arguments += self._claim(agent_id, looking, self._now_ms())
        return arguments

    def _claim(self, agent_id: int, looking: Looking, now_ms: int) -> list[Argument]:
        return [
            looking.token,
            looking.hold_ms + ANSWER_MS,
            looking.session_id or "-",
            looking.ended,
            now_ms + looking.hold_ms,
            self._link.wake_channel,
            f"{agent_id}:",
            now_ms,
        ]

    async def lost(self, agent_id: int, event_id: str) -> None:
        """See `SessionStore.lost`."""
        await self._link.script(_LOST, [self._link.key("queue", agent_id)], [f"{self._node} {event_id} "])
