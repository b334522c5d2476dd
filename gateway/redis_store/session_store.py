"""The store of several nodes: one record per agent in Redis or Valkey (docs/design/optimistic_swap.md).

A change is decided here, by the rule, and written by one script only if the record is still the one that the rule saw.
Polls ask by one script when they come, and by one when they are woken or due.
"""

import asyncio
import logging
import math
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from gateway.backend import End
from gateway.ops.jobs import Job
from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.codec import VERSION_SIZE, Rubbish, member, read_record
from gateway.redis_store.event_queue import read_element
from gateway.redis_store.floor_claim import Fenced
from gateway.redis_store.link import RedisLink
from gateway.redis_store.owed import RedisOwed
from gateway.redis_store.scripts import Argument, load_script, pack
from gateway.redis_store.swap import Swap, SwapOutcome
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.sessions.store import Bounds, Change, Look, Looking, Rule, Seen, SessionStore
from gateway.wire.errors import Refused, StoreUnavailable, Unreadable

FLUSH_EVERY_S: Final = 0.5
MOST_A_SCRIPT: Final = 500
MOST_IN_A_TURN: Final = 1000
"""Sessions that are looked at before the event loop goes round."""

TRIES: Final = 100
"""Each try that fails is another's success, so this is how many may change one agent at the same moment."""
REMEMBERED: Final = 20_000
UNREADABLE: Final = 100
"""Of so many agents it is remembered that the log names them."""
ARRIVES_WITHIN_MS: Final = 200
"""How long a kernel may hold back the acknowledgement of what another node has sent."""
ANSWER_MS: Final = 1000
"""How long after its hold a poll may still be on its way out."""

_LOOK: Final = load_script("look")
_LOST: Final = load_script("lost")
_MEMBER: Final = re.compile(rb"([1-9][0-9]{0,5}):([!-~]{1,64})")
_SEEN: Final = load_script("seen")
_LOG = logging.getLogger(__name__)

T = TypeVar("T")


class RedisSeen:
    """Notes wait here for half a second and are then written together; while Redis is out of reach they are kept."""

    def __init__(self, link: RedisLink, now_ms: Callable[[], int], aside: Aside) -> None:
        self._link = link
        self._aside = aside
        self._now_ms = now_ms
        self._noted: dict[tuple[int, str], tuple[int, int]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._writes = Job("last-seen")
        self.keys = (link.key("seen", "poll"), link.key("seen", "push"))

    def note(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """See `SessionStore.note_seen`."""
        self._noted[agent_id, session_id] = (self._now_ms(), 2 if push else 1)
        if self._timer is None:
            self._flush_later()

    def _flush_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(FLUSH_EVERY_S, self._begin)

    def _begin(self) -> None:
        self._timer = None
        task = asyncio.create_task(self._flush_again())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _flush_again(self) -> None:
        if not await self._writes.attempt(self.flush) and self._timer is None:
            self._flush_later()

    async def flush(self) -> None:
        """Writes what is noted. Raises StoreUnavailable, and then keeps it."""
        noted, self._noted = self._noted, {}
        sessions = list(noted)
        try:
            for start in range(0, len(sessions), MOST_A_SCRIPT):
                arguments: list[Argument] = []
                for session in sessions[start : start + MOST_A_SCRIPT]:
                    arguments += (member(*session), *noted[session])
                await self._link.script(_SEEN, self.keys, arguments)
        except BaseException:
            self._noted = {**noted, **self._noted}
            raise

    async def before(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        await self.flush()
        return (await self._range(("BYSCORE", "LIMIT", 0, most), f"({poll_before_ms}", f"({push_before_ms}"))[:most]

    async def all(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        await self.flush()
        return await self._range(("BYSCORE",), "+inf", "+inf")

    async def count(self, *, push: bool = False) -> int:
        """See `SessionStore.count`."""
        keys = self.keys[1:] if push else self.keys
        return sum(await asyncio.gather(*(self._link.command("ZCARD", key) for key in keys)))

    async def _range(self, options: tuple[Argument, ...], *before: str) -> list[Seen]:
        answers = await asyncio.gather(
            *(
                self._link.command("ZRANGE", key, "-inf", limit, *options, "WITHSCORES")
                for key, limit in zip(self.keys, before, strict=True)
            )
        )
        found: list[Seen] = []
        bad: list[Bad] = []
        for key, push, answer in zip(self.keys, (False, True), answers, strict=True):
            for place, (name, seen_ms) in enumerate(answer, 1):
                if not place % MOST_IN_A_TURN:
                    await asyncio.sleep(0)
                try:
                    found.append(_seen(name, seen_ms, push))
                except ValueError:
                    bad.append(Bad(key, "member", name))
        if bad:
            await self._aside.put(bad)
        return sorted(found, key=lambda seen: seen.seen_ms)

    async def forget(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`."""
        await self._link.command("ZREM", self.keys[seen.push], member(seen.agent_id, seen.session_id))

    async def close(self) -> None:
        """Writes what is noted, if Redis is in reach."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)
        await Job("last-seen").attempt(self.flush)


def _seen(name: bytes, seen_ms: float, push: bool) -> Seen:
    """What a member says. Raises ValueError for one that we did not write."""
    found = _MEMBER.fullmatch(name)
    if found is None or not math.isfinite(seen_ms):
        raise ValueError
    return Seen(int(found[1]), found[2].decode("ascii"), int(seen_ms), push)


class RedisRecords:
    """Remembers what the bytes of `codec` mean, never whether they are still the ones in Redis."""

    def __init__(self) -> None:
        self._parsed: dict[int, tuple[bytes, Record]] = {}
        self._unreadable: dict[int, bytes] = {}

    def read(self, agent_id: int, kept: bytes) -> Record:
        """The record in `kept`, empty where there is none.

        Raises Rubbish, and Unreadable for what another version may have written; that is said once.
        """
        parsed = self._parsed.get(agent_id)
        if parsed is not None and parsed[0] == kept:
            return parsed[1]
        try:
            record = read_record(kept[VERSION_SIZE:]) if kept else Record(agent_id)
            if record.agent_id != agent_id:
                raise ValueError(f"it is that of agent {record.agent_id}")
        except Rubbish:
            raise
        except ValueError as error:
            self._say(agent_id, kept, error)
            raise Unreadable from error
        self.remember(agent_id, kept, record)
        return record

    def _say(self, agent_id: int, kept: bytes, error: ValueError) -> None:
        if self._unreadable.get(agent_id) != kept:
            _LOG.error("the record of agent %d cannot be read: %s: the agent is answered 503", agent_id, error)
            self._unreadable.pop(agent_id, None)
            self._unreadable[agent_id] = kept
            if len(self._unreadable) > UNREADABLE:
                del self._unreadable[next(iter(self._unreadable))]

    def remember(self, agent_id: int, kept: bytes, record: Record) -> None:
        """Notes that `kept` are the bytes of `record`."""
        self._parsed.pop(agent_id, None)
        self._parsed[agent_id] = (kept, record)
        if len(self._parsed) > REMEMBERED:
            del self._parsed[next(iter(self._parsed))]

    def known(self, agent_id: int) -> Record | None:
        """What was last read or written here."""
        parsed = self._parsed.get(agent_id)
        return parsed[1] if parsed is not None else None

    def bytes_of(self, record: Record) -> bytes | None:
        """The bytes that this very record was read from, if remembered."""
        parsed = self._parsed.get(record.agent_id)
        return parsed[0] if parsed is not None and parsed[1] is record else None


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


class RedisSessionStore:
    """`SessionStore` over a link, which its owner starts and closes.

    `bounds` is asked at every event, `dropped` hears how many of the oldest events a full queue lost. `clock` replaces
    the time of Redis in tests. `floor` is the claim of a contact centre in this process: without it nothing is read of
    sessions and nothing changed.
    """

    def __init__(
        self,
        link: RedisLink,
        bounds: Callable[[], Bounds],
        dropped: Callable[[int], None] = lambda count: None,
        clock: Callable[[], int] | None = None,
        floor: Fenced | None = None,
    ) -> None:
        self.now_ms = clock or link.now_ms
        self._link = link
        self._agents = link.key("agent", "")
        self._packed_get = lru_cache(REMEMBERED)(lambda agent_id: pack(self._get(agent_id)))
        self._dropped = dropped
        self._check_floor = floor.check if floor is not None else _no_floor
        self._records = RedisRecords()
        self.known = self._records.known
        self._aside = Aside(link)
        polls = RedisPolls(link, self._records, self._aside, self.now_ms, self._check_floor, self.read)
        self.look, self.lost = polls.look, polls.lost
        self._seen = RedisSeen(link, self.now_ms, self._aside)
        self.note_seen = self._seen.note
        self.on_wake = link.on_wake
        self._owed = RedisOwed(link, self._aside)
        self._swap = Swap(link, bounds, self._seen.keys, self._owed.keys, floor)
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
        self._check_floor()
        for _ in range(TRIES):
            kept = await self._kept(agent_id, sure=sure) or b""
            try:
                return self._records.read(agent_id, kept)
            except Rubbish:
                await self._put_aside(agent_id, kept)
        raise StoreUnavailable

    async def _put_aside(self, agent_id: int, kept: bytes) -> None:
        await self._aside.put([Bad(f"{self._agents}{agent_id}", "value", content=kept)])

    def _kept(self, agent_id: int, *, sure: bool = False) -> Awaitable[bytes | None]:
        return self._link.surely(*self._get(agent_id)) if sure else self._link.send(self._packed_get(agent_id))

    def _get(self, agent_id: int) -> tuple[str, str]:
        return "GET", f"{self._agents}{agent_id}"

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

    def _done(self, change: Change[T], answer: SwapOutcome) -> T | None:
        if answer.written is not None and change.record is not None:
            self._records.remember(change.record.agent_id, answer.written, change.record)
        if answer.dropped:
            self._dropped(answer.dropped)
        return change.outcome if answer.held else None

    async def forget_seen(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`."""
        await self._seen.forget(seen)

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        return await self._seen.before(poll_before_ms, push_before_ms, most)

    async def live(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        return await self._seen.all()

    async def count(self, *, push: bool = False) -> int:
        """See `SessionStore.count`."""
        return await self._seen.count(push=push)

    async def owed(self, most: int) -> Sequence[End]:
        """See `SessionStore.owed`. An end must reach the contact centre that runs now."""
        self._check_floor()
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

    async def close(self) -> None:
        """Writes what is noted; the link is closed by its owner."""
        await self._seen.close()


def _no_floor() -> None:
    """There is no contact centre in this process."""


def _text(kept: bytes) -> str:
    """Text that gives the same bytes again, whatever they are."""
    return kept.decode("utf-8", "surrogateescape")
