"""One store made of several, agents spread over them (docs/design/shards.md)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from gateway.backend import End
from gateway.redis_store.fence_and_seal import MOST_OUTAGES
from gateway.redis_store.shards import shard_of
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.sessions.store import Look, Looking, Rule, Seen, SessionStore, Wake

T = TypeVar("T")
U = TypeVar("U")


class ShardedSessionStore:
    """`SessionStore` over two shards or more.

    What concerns one agent goes to its shard alone, and works while others are out of reach. What concerns all agents
    needs all of them. The time where no agent is named is that of the first shard.
    """

    def __init__(self, shards: Sequence[SessionStore]) -> None:
        self._shards = tuple(shards)
        self._count = len(self._shards)
        self.now_ms = self._shards[0].now_ms

    def shards(self) -> Sequence[SessionStore]:
        """See `SessionStore.shards`."""
        return self._shards

    def shard_of(self, agent_id: int) -> SessionStore:
        """See `SessionStore.shard_of`."""
        return self._shards[shard_of(agent_id, self._count)]

    def in_reach(self) -> bool:
        """See `SessionStore.in_reach`."""
        return all(shard.in_reach() for shard in self._shards)

    async def _all(self, ask: Callable[[SessionStore], Awaitable[U]]) -> list[U]:
        return await asyncio.gather(*map(ask, self._shards))

    def outages(self) -> tuple[Outage, ...]:
        """Those of any shard; `shard_of` tells which concern an agent."""
        found = chain.from_iterable(shard.outages() for shard in self._shards)
        return tuple(sorted(found, key=lambda outage: outage.end_ms)[-MOST_OUTAGES:])

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        """See `SessionStore.read`."""
        return await self.shard_of(agent_id).read(agent_id, sure=sure)

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        """See `SessionStore.apply`."""
        return await self.shard_of(agent_id).apply(agent_id, rule, known=known, durable=durable)

    def note_seen(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """See `SessionStore.note_seen`."""
        self.shard_of(agent_id).note_seen(agent_id, session_id, push=push)

    async def forget_seen(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`."""
        await self.shard_of(seen.agent_id).forget_seen(seen)

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        found = await self._all(lambda shard: shard.silent(poll_before_ms, push_before_ms, most))
        return sorted(chain.from_iterable(found), key=lambda seen: seen.seen_ms)[:most]

    async def live(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        return list(chain.from_iterable(await self._all(lambda shard: shard.live())))

    async def count(self, *, push: bool = False) -> int:
        """See `SessionStore.count`."""
        return sum(await self._all(lambda shard: shard.count(push=push)))

    async def owed(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`."""
        found = await self._all(lambda shard: shard.owed(most))
        return sorted(chain.from_iterable(found), key=lambda end: end.ended_ms)[:most]

    async def paid(self, session_id: str) -> None:
        """See `SessionStore.paid`."""
        await self._all(lambda shard: shard.paid(session_id))

    async def key_fingerprints(self, add: Mapping[str, str], drop: Sequence[str] = ()) -> Mapping[str, str]:
        """See `SessionStore.key_fingerprints`; each shard keeps all of them."""
        found = await self._all(lambda shard: shard.key_fingerprints(add, drop))
        return dict(chain.from_iterable(kept.items() for kept in reversed(found)))

    def on_wake(self, wake: Wake) -> None:
        """See `SessionStore.on_wake`."""
        for shard in self._shards:
            shard.on_wake(wake)

    def known(self, agent_id: int) -> Record | None:
        """See `SessionStore.known`."""
        return self.shard_of(agent_id).known(agent_id)

    async def look(self, known: Record, looking: Looking) -> Look:
        """See `SessionStore.look`."""
        return await self.shard_of(known.agent_id).look(known, looking)

    async def lost(self, agent_id: int, event_id: str) -> None:
        """See `SessionStore.lost`."""
        await self.shard_of(agent_id).lost(agent_id, event_id)

    async def close(self) -> None:
        """See `SessionStore.close`."""
        await self._all(lambda shard: shard.close())
