"""What stands in Redis and nobody can read is put aside, so that it is met once (docs/design/failure.md).

The list `{tag}:aside` keeps the last of it for the operator, each entry after the name of its key.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.redis_store.wrong_types import MOST_ENTRIES

MOST_BYTES: Final = 65_536
"""Of each entry."""
_SHOWN: Final = 24

_ASIDE: Final = load_script("aside")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bad:
    """A thing at `key`; `kind`, `name` and `content` are as in `aside.lua`. `beside` is the hash that a field is in."""

    key: str
    kind: str
    name: bytes = b""
    content: bytes = b""
    beside: str = ""


class Aside:
    """The list of one link."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    async def put(self, found: Sequence[Bad]) -> None:
        """Takes all of this out and says so in one line. Raises StoreUnavailable.

        What has changed meanwhile, or was put aside by another node, stays as it is.
        """
        taken = await asyncio.gather(*map(self._take, found))
        bad = [each for each, was_there in zip(found, taken, strict=True) if was_there]
        if bad:
            first = bad[0]
            more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
            named = f" {ascii(first.name[:_SHOWN])[1:]}" if first.name else ""
            _LOG.error(
                "unreadable in redis:%s at %s%s: put aside in %s", named, first.key, more, self._link.key("aside")
            )

    async def _take(self, bad: Bad) -> bool:
        keys = (self._link.key("aside"), bad.key, bad.beside or bad.key)
        entry = b"\n".join((bad.key.encode(), bad.name, bad.content))[:MOST_BYTES]
        arguments = (MOST_ENTRIES, entry, bad.kind, bad.name, bad.content)
        return bool(await self._link.script(_ASIDE, keys, arguments))
