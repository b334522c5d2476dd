"""The store of several nodes: one record per agent in Redis or Valkey (design section 8).

A change is decided here, by the rule, and written by one script only if the record is still the one that the rule saw.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from gateway.redis_link.link import RedisLink
from gateway.redis_link.scripts import load_script
from gateway.sessions.aside import Aside, Bad
from gateway.sessions.codec import Rubbish
from gateway.sessions.limits import Outage
from gateway.sessions.memory_queue import Bounds
from gateway.sessions.model import End, Record
from gateway.sessions.redis_owed import RedisOwed
from gateway.sessions.redis_records import RedisRecords
from gateway.sessions.redis_seen import RedisSeen
from gateway.sessions.redis_swap import Answer, Swap
from gateway.sessions.store import Change, Rule, Seen, SessionStore, Wake
from gateway.wire.errors import Refused, StoreUnavailable

TRIES: Final = 100
"""Each try that fails is another's success, so this is how many may change one agent at the same moment."""
ANSWER_MS: Final = 1000
"""How long after its hold a poll may still be on its way out."""

_CLAIM: Final = load_script("gateway.sessions.lua", "claim")

T = TypeVar("T")


class RedisStore:
    """`SessionStore` over a link, which its owner starts and closes.

    `bounds` is asked at every event, `dropped` hears how many of the oldest events a full queue lost. `clock` replaces
    the time of Redis in tests.
    """

    def __init__(
        self,
        link: RedisLink,
        bounds: Callable[[], Bounds],
        dropped: Callable[[int], None] = lambda count: None,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self.now_ms = clock or link.now_ms
        self._link = link
        self._dropped = dropped
        self._node = secrets.token_hex(4)
        self._records = RedisRecords()
        self._aside = Aside(link)
        self._seen = RedisSeen(link, self.now_ms, self._aside)
        self._owed = RedisOwed(link, self._aside)
        self._swap = Swap(link, bounds, self._seen.keys, self._owed.keys)
        self._spans: tuple[tuple[int, int], ...] = ()
        self._outages: tuple[Outage, ...] = ()

    def shards(self) -> Sequence[SessionStore]:
        """See `SessionStore.shards`."""
        return (self,)

    def shard_of(self, agent_id: int) -> SessionStore:
        """See `SessionStore.shard_of`."""
        return self

    def in_reach(self) -> bool:
        """See `SessionStore.in_reach`."""
        return not self._link.reason

    def outages(self) -> tuple[Outage, ...]:
        """See `SessionStore.outages`."""
        spans = self._link.outages()
        if spans is not self._spans:
            self._spans, self._outages = spans, tuple(Outage(start, end) for start, end in spans)
        return self._outages

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        """See `SessionStore.read`."""
        for _ in range(TRIES):
            kept = await self._kept(agent_id, sure=sure) or b""
            try:
                return self._records.read(agent_id, kept)
            except Rubbish:
                await self._put_aside(agent_id, kept)
        raise StoreUnavailable

    async def _put_aside(self, agent_id: int, kept: bytes) -> None:
        await self._aside.put([Bad(self._link.key("agent", agent_id), "value", content=kept)])

    def _kept(self, agent_id: int, *, sure: bool = False) -> Awaitable[bytes | None]:
        ask = self._link.surely if sure else self._link.command
        return ask("GET", self._link.key("agent", agent_id))

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        """See `SessionStore.apply`."""
        kept = self._records.bytes_of(known) if known is not None else None
        if kept is None:
            kept = await self._kept(agent_id) or b""
        for _ in range(TRIES):
            try:
                record = self._records.read(agent_id, kept)
            except Rubbish:
                await self._put_aside(agent_id, kept)
                kept = await self._kept(agent_id) or b""
                continue
            try:
                change = rule(record)
            except Refused:
                before, kept = kept, await self._kept(agent_id, sure=True) or b""
                if kept == before:
                    raise
                continue
            if change.record is None and change.silent_since_ms is None:
                if durable:
                    await self._link.seal()
                return change.outcome
            if change.silent_since_ms is not None:
                await self._seen.flush()
            answer = await self._swap.run(kept, record, change, self.now_ms(), durable=durable)
            if answer.changed_to is None:
                return self._done(change, answer)
            kept = answer.changed_to
        raise StoreUnavailable

    def _done(self, change: Change[T], answer: Answer) -> T | None:
        if answer.written is not None and change.record is not None:
            self._records.remember(change.record.agent_id, answer.written, change.record)
        if answer.dropped:
            self._dropped(answer.dropped)
        return change.outcome if answer.held else None

    def note_seen(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """See `SessionStore.note_seen`."""
        self._seen.note(agent_id, session_id, push=push)

    async def forget_seen(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`."""
        await self._seen.forget(seen)

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        return await self._seen.before(poll_before_ms, push_before_ms, most)

    async def live(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        return await self._seen.all()

    async def count(self) -> int:
        """See `SessionStore.count`."""
        return await self._seen.count()

    async def owed(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`."""
        return await self._owed.oldest(most)

    async def paid(self, session_id: str) -> None:
        """See `SessionStore.paid`."""
        await self._owed.paid(session_id)

    async def key_fingerprints(self, add: Mapping[str, str], drop: Sequence[str] = ()) -> Mapping[str, str]:
        """See `SessionStore.key_fingerprints`."""
        key, command = self._link.key("keys"), self._link.command
        gone = [key_id.encode("utf-8", "surrogateescape") for key_id in drop]
        sent = [command("HDEL", key, *gone)] if gone else []
        sent += [command("HSETNX", key, key_id, fingerprint) for key_id, fingerprint in add.items()]
        answers: list[Any] = await asyncio.gather(*sent, command("HGETALL", key))
        return {_text(key_id): _text(fingerprint) for key_id, fingerprint in answers[-1].items()}

    def on_wake(self, wake: Wake) -> None:
        """See `SessionStore.on_wake`."""
        self._link.on_wake(wake)

    async def claim_poll(self, agent_id: int, token: str, hold_ms: int, *, session_id: str = "", ended: int = 0) -> int:
        """See `SessionStore.claim_poll`."""
        now_ms = self.now_ms()
        arguments = (
            *(self._node, token, hold_ms + ANSWER_MS, self._link.wake_channel, f"{agent_id}:{token}"),
            *(session_id or "-", ended, now_ms, now_ms + hold_ms),
        )
        here, ended = await self._link.script(_CLAIM, [self._link.key("poll", agent_id)], arguments)
        if here:
            self._link.wake(agent_id, token)
        return int(ended)

    async def close(self) -> None:
        """Writes what is noted; the link is closed by its owner."""
        await self._seen.close()


def _text(kept: bytes) -> str:
    """Text that gives the same bytes again, whatever they are."""
    return kept.decode("utf-8", "surrogateescape")
