"""The ends that are owed to the backend, in Redis: a sorted set for their order, a hash for them.

See docs/design/durability.md.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from gateway.backend import End
from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.codec import Rubbish, read_end
from gateway.redis_store.link import RedisLink

UNREADABLE: Final = 100
"""Of so many ends it is remembered that the log names them."""

_LOG = logging.getLogger(__name__)


class RedisOwed:
    """Ends come in with the swap that makes them; here they are read and taken out."""

    def __init__(self, link: RedisLink, aside: Aside) -> None:
        self._link = link
        self._aside = aside
        self._missing: set[bytes] = set()
        self._unreadable: set[bytes] = set()
        self.keys = (link.key("owed"), link.key("owed", "ends"))

    async def oldest(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`. What cannot be read makes no room for others."""
        order, ends = self.keys
        names = await self._link.command("ZRANGE", order, 0, most + len(self._unreadable) - 1)
        if not names:
            return []
        # Told behind on the word of a primary that was replaced, an end would sign out an agent who is at work.
        kept = await self._link.surely("HMGET", ends, *names)
        found: list[End] = []
        bad: list[Bad] = []
        for name, content in zip(names, kept, strict=True):
            try:
                found += self._read(name, content)
            except Rubbish:
                bad.append(Bad(order, "field", name, content or b"", ends))
        self._missing = {name for name, content in zip(names, kept, strict=True) if content is None}
        if bad:
            await self._aside.put(bad)
        return found[:most]

    def _read(self, name: bytes, content: bytes | None) -> list[End]:
        """The end; none where another node has just had it confirmed, or another version wrote it. Raises Rubbish."""
        if content is None:
            if name in self._missing:
                raise Rubbish("there is no end of this name")
            return []
        try:
            return [read_end(content)]
        except Rubbish:
            raise
        except ValueError as error:
            if name not in self._unreadable and len(self._unreadable) < UNREADABLE:
                self._unreadable.add(name)
                _LOG.error("an end owed to the backend cannot be read: %s", error)
            return []

    async def paid(self, session_id: str) -> None:
        """See `SessionStore.paid`."""
        order, ends = self.keys
        await asyncio.gather(
            self._link.command("ZREM", order, session_id), self._link.command("HDEL", ends, session_id)
        )
