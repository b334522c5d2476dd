"""What polls ask of Redis: one script when they come, one when they are woken or due."""

import secrets
from collections.abc import Callable
from typing import Final

from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.event_queue import read_element
from gateway.redis_store.link import RedisLink
from gateway.redis_store.records import RedisRecords, version
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
    """Looks of polls over a link; `records` knows what the bytes of a record mean. `now_ms` is the store's time."""

    def __init__(self, link: RedisLink, records: RedisRecords, aside: Aside, now_ms: Callable[[], int]) -> None:
        self._link = link
        self._now_ms = now_ms
        self._records = records
        self._aside = aside
        self._node = secrets.token_hex(4)
        self._keys = [link.keys(name) for name in ("agent", "events", "queue", "poll")]

    async def look(self, known: Record, looking: Looking) -> Look | None:
        """See `SessionStore.look`; None where it is not remembered which bytes `known` was read from."""
        kept = self._records.bytes_of(known)
        if kept is None:
            return None
        link, agent_id = self._link, known.agent_id
        keys = [key(agent_id) for key in self._keys]
        arguments = self._arguments(agent_id, version(kept), looking)
        while True:
            found = await link.script(_LOOK, keys, arguments)
            if len(found) == 1:
                return Look(record=self._records.read(agent_id, found[0]))
            _, element, wait_ms, *ended = found
            try:
                event = read_element(element, looking.session_id) if element else None
            except ValueError:
                await self._aside.put([Bad(keys[1], "first", content=element)])
                continue
            return Look(event=event, wait_ms=int(wait_ms), ended=int(ended[0]) if ended else looking.ended)

    def _arguments(self, agent_id: int, kept: bytes, looking: Looking) -> list[Argument]:
        session_id, confirms, until_ms = looking.session_id, looking.confirms, looking.until_ms
        redis_ms, now_ms = self._link.now_ms(), self._now_ms()
        return [
            kept,
            "" if until_ms is None else until_ms + redis_ms - now_ms,
            f"{session_id}\n{confirms}\n" if confirms else "",
            self._node,
            redis_ms,
            ARRIVES_WITHIN_MS,
            int(looking.tells),
            *(self._claim(agent_id, looking, now_ms) if looking.token else ()),
        ]

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
