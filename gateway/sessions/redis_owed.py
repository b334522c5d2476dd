"""The outbox of ends in Redis: a sorted set for their order, a hash for the ends (design section 8, Ends)."""

import asyncio
import logging
from collections.abc import Sequence

from gateway.redis_link.link import RedisLink
from gateway.sessions.codec import read_end
from gateway.sessions.model import End

_LOG = logging.getLogger(__name__)


class RedisOwed:
    """Ends come in with the swap that makes them; here they are read and taken out."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self.keys = (link.key("owed"), link.key("owed", "ends"))

    async def oldest(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`."""
        order, ends = self.keys
        names = await self._link.command("ZRANGE", order, 0, most - 1)
        if not names:
            return []
        # Told behind on the word of a primary that was replaced, an end would sign out an agent who is at work.
        kept = await self._link.surely("HMGET", ends, *names)
        return [end for end in map(_read, kept) if end is not None]

    async def paid(self, session_id: str) -> None:
        """See `SessionStore.paid`."""
        order, ends = self.keys
        await asyncio.gather(
            self._link.command("ZREM", order, session_id), self._link.command("HDEL", ends, session_id)
        )


def _read(kept: bytes | None) -> End | None:
    """The end, None where another node has just had it confirmed."""
    if kept is None:
        return None
    try:
        return read_end(kept)
    except ValueError as error:
        _LOG.error("an end owed to the backend cannot be read: %s", error)
        return None
