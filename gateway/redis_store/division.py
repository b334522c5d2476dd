"""Keeps by how many shards a store is divided, and changes it where nobody is lost (docs/design/shards.md).

The fence of each shard says the number, so a node that has another one is refused there; the fence of the first shard,
whose tag is the same for all numbers, is the one that counts. A store that does not say it has one shard.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from gateway.redis_store.address import parse_target
from gateway.redis_store.fence_and_seal import IDLE_FENCE_EVERY_S, LOOK, SHARDS, Division
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import load_script
from gateway.redis_store.sentinels import Sentinels
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.store import Bounds, CannotServeError
from gateway.wire.errors import StoreUnavailable

WATCH_S: Final = 3 * IDLE_FENCE_EVERY_S
"""A gateway that serves has written its fence again by then."""
MOST_OWED: Final = 1000

_SAY: Final = load_script("say")
_ADVICE: Final = (
    "the number must be the same on all nodes; to change it, wait until nobody is signed in, stop all nodes, then "
    "start them all with the new one"
)
_LOG = logging.getLogger(__name__)
_NUMBER: Final = re.compile(rb"[0-9]{1,6}")

Carry = Callable[[Sequence[RedisLink], Sequence[RedisLink]], Awaitable[None]]
"""Brings what outlasts sessions from the former shards to the new ones. Must be safe to do twice, also at once."""
Open = Callable[[str], Awaitable[RedisLink]]


class WrongShardsError(CannotServeError):
    """STORE_SHARDS is not the number that the store is divided by."""


class Divided:
    """A store that ought to have `shards` shards. `url`, `tag` and `timeout_ms` are as for `RedisLink`."""

    def __init__(self, url: str, tag: str, timeout_ms: int, shards: int, carry: Carry) -> None:
        self._url = url
        self._tag = tag
        self._timeout_ms = timeout_ms
        self._shards = shards
        self._carry = carry
        self._tags = shard_tags(tag, shards)
        self._served = False
        target = parse_target(url)
        self.sentinels = Sentinels(target) if target.sentinels else None
        """Those of all links, None for none."""
        self.links = [self._guarded(tag, "" if number else "1") for number, tag in enumerate(self._tags)]
        """To each shard, not started; one that says another number refuses us."""

    def _guarded(self, tag: str, unsaid: str) -> RedisLink:
        return self._link(tag, Division(str(self._shards), unsaid))

    def _link(self, tag: str, division: Division) -> RedisLink:
        return RedisLink(self._url, tag, self._timeout_ms, division, self.sentinels)

    async def agree(self) -> None:
        """Where shards refuse us for our number: makes every shard say it, if that is right.

        A store that has another number is divided anew when this node starts, nobody is signed in and no other node
        runs on it; nodes that start together do it once. Raises WrongShardsError and StoreUnavailable.
        """
        if any(link.is_divided_otherwise for link in self.links):
            async with self._opening() as open_link:
                await self._agree(open_link)
        self._served |= not any(link.reason for link in self.links)

    async def _agree(self, open_link: Open) -> None:
        first = await open_link(self._tag)
        at, said = await _said(first)
        if (said or 1) != self._shards and at is not None:
            await self._let_others_be(first, at, said)
            at, said = await _said(first)
        if (said or 1) != self._shards:
            await self._divide_anew(said or 1, open_link)
        else:
            await _say(await asyncio.gather(*map(open_link, self._tags)), self._shards, self._shards)

    @asynccontextmanager
    async def _opening(self) -> AsyncIterator[Open]:
        """Links that look whatever the number is, and close with the block."""
        links: dict[str, RedisLink] = {}
        async with AsyncExitStack() as stack:

            async def open_link(tag: str) -> RedisLink:
                if tag not in links:
                    links[tag] = self._link(tag, Division(LOOK))
                    stack.push_async_callback(links[tag].close)
                    await links[tag].start()
                return links[tag]

            yield open_link

    async def _let_others_be(self, first: RedisLink, at: bytes, said: int) -> None:
        if said and self._served:
            raise WrongShardsError(f"another node has set STORE_SHARDS = {said}, it is {self._shards} here: {_ADVICE}")
        await asyncio.sleep(WATCH_S)
        later, number = await _said(first)
        if later != at and (number or 1) != self._shards:
            raise WrongShardsError(
                f"STORE_SHARDS is {self._shards}, but the nodes that run on this store have {number or 1}: {_ADVICE}"
            )

    async def _divide_anew(self, former: int, open_link: Open) -> None:
        before = await asyncio.gather(*map(open_link, shard_tags(self._tag, former)))
        after = await asyncio.gather(*map(open_link, self._tags))
        left = sum(await asyncio.gather(*map(_left, before)))
        if left:
            raise WrongShardsError(
                f"STORE_SHARDS is {self._shards}, but {left} sessions live, or are still to be told as ended, in a "
                f"store with {former}: start with STORE_SHARDS = {former}; {_ADVICE}"
            )
        await self._carry(before, after)
        await asyncio.gather(*(_say_in(link, 1) for link in before if link not in after))
        await _say(after, self._shards, former)
        _LOG.info("the store has %d shards from now on, %d before", self._shards, former)


async def _said(first: RedisLink) -> tuple[bytes | None, int]:
    """When the last fence was written, None for never; and the number that it says, 0 for none."""
    at, said = await first.command("HMGET", first.key("fence"), "at", SHARDS)
    if said and not _NUMBER.fullmatch(said):
        raise WrongShardsError(f"the field {SHARDS} of {first.key('fence')} in redis is no number: set it right")
    return at, int(said or 0)


async def _say(links: Sequence[RedisLink], shards: int, former: int) -> None:
    """All say the number, the first one last: it counts, and what it says tells that the others are done.

    Raises StoreUnavailable, also when the first one does not say `former` any more: another node was faster.
    """
    outcomes = await asyncio.gather(*(_say_in(link, shards) for link in links[1:]), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    await _say_in(links[0], shards, str(former))


async def _say_in(link: RedisLink, shards: int, former: str = "") -> None:
    if not await link.durable(_SAY, (link.key("fence"),), (shards, former)):
        raise StoreUnavailable


async def _left(link: RedisLink) -> int:
    """Live sessions, and ends that the backend has not confirmed."""
    store = RedisSessionStore(link, lambda: Bounds(0, 0))
    return await store.count() + len(await store.owed(MOST_OWED))
