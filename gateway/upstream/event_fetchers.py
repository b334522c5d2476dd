"""Fetches the events of sessions, poll after poll: of each session exactly one process, that which opened it.

When that dies, another takes over (`events.claims`). An event that was fetched is brought to the session's queue before
the next poll, however long the store takes; a new GUID as well. While the store is away, nothing is fetched, but the
service still hears of the session now and then, so that it does not sign the agent out because of us.

A service of ours sends an event with a receipt, and again until it has that back. Another may send one again as well,
with the same `eventGenTime`: then only what the answer before held can come again; the same text with something else in
between is another event.
"""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, replace
from typing import Final

from pydantic_core import to_json

from gateway.backend import Upstream
from gateway.events.claims import LEASE_S, Claims, PushNodes
from gateway.ops.backoff import Backoff
from gateway.ops.jobs import Job, all_done
from gateway.sessions.model import Session
from gateway.sessions.store import EventQueue, Seen, SessionStore
from gateway.upstream import service_client
from gateway.upstream.counterpart import Keys, upstream_of
from gateway.upstream.service_answers import ServiceAnswer
from gateway.upstream.service_client import ServiceClient
from gateway.upstream.session_client import SessionAnswer, SessionClient, SessionGone
from gateway.wire import retcodes
from gateway.wire.envelope import WANTED, Event
from gateway.wire.errors import Refused, StoreUnavailable, Unavailable
from gateway.wire.text import members

_TIME: Final = "eventGenTime"
_DECODER: Final = json.JSONDecoder()
STOP_S: Final = 2.5
BEGIN_A_SECOND: Final = 1000
"""How many polls begin in a second when many sessions are taken over."""


class PollReader:
    """What one session was told, answer after answer."""

    __slots__ = ("_alike", "_before", "_ids", "_session_id", "_time")

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._before: Sequence[bytes] = ()
        self._ids: Sequence[str] = ()
        self._time: object = None
        self._alike: dict[bytes, int] = {}

    def read(self, answer: ServiceAnswer, now_ms: int) -> list[Event]:
        """The events of a poll answer, each as it stands there; `eventGenTime` is `now_ms` where it is missing.

        The queue takes what comes again once, also after another process fetched it: the id of an event follows from
        session and receipt, or from session, text and how many of its like had the same time before.
        """
        said = _said(answer.body)
        if answer.receipt != WANTED and len(said) == 1:
            return [Event(self._hash(b"\n" + answer.receipt.encode()), said[0][0])]
        texts = [text for text, _ in said]
        if texts and texts != self._before:
            self._ids = [self._id(text, event.get(_TIME)) for text, event in said]
        self._before = texts or self._before
        return [
            Event(event_id, text) if _TIME in event else Event(secrets.token_hex(8), _with_time(text, now_ms))
            for event_id, (text, event) in zip(self._ids, said, strict=False)
        ]

    def _id(self, text: bytes, time: object) -> str:
        if time != self._time:
            self._time = time
            self._alike.clear()
        alike = self._alike[text] = self._alike.get(text, 0) + 1
        return self._hash(text + b"\n%d" % alike)

    def _hash(self, what: bytes) -> str:
        return hashlib.sha256(self._session_id.encode() + what).hexdigest()[:16]


def _with_time(text: bytes, now_ms: int) -> bytes:
    return text[:-1].rstrip() + b',"%s":%d}' % (_TIME.encode(), now_ms)


def _said(body: bytes | AsyncGenerator[bytes, None]) -> list[tuple[bytes, dict[str, object]]]:
    """Text and value of each event in an answer: one, an array of them, or nothing."""
    if not isinstance(body, bytes):
        return []
    text = body.decode("utf-8", "replace")
    start, end = _member(text, "event")
    value = _DECODER.raw_decode(text, start)[0] if end else None
    if isinstance(value, list):
        return [(to_json(one), one) for one in value if isinstance(one, dict) and one]
    return [(text[start:end].encode(), value)] if isinstance(value, dict) and value else []


def _member(text: str, name: str) -> tuple[int, int]:
    """Where the value of a member of the outer object begins and ends in its text; (0, 0) for none."""
    return next(((one.start, one.end) for one in members(text) if one.name == name), (0, 0))


STORE_RETRY_S: Final = 0.5
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
"""Far below the two minutes after which a contact centre signs out an agent that is silent."""
EMPTY_PAUSE_S: Final = 0.3
"""Before the next poll, where one was answered at once with nothing: as the interface advises its clients."""
HELD_S: Final = 0.9
"""From then on a poll counts as held: the shortest holds that services have are of 1 s, and may end somewhat early."""
BELIEVE_AFTER_S: Final = 0.5
"""A session that is over there is often just being signed out here too; that reason is the better one."""
SIGN_OF_LIFE_S: Final = 20.0
KEEP_S: Final = 1.0
"""At a stop, what was fetched has this long to reach the store."""


@dataclass(frozen=True, slots=True)
class FetcherParts:
    """What every fetcher needs; `holds` tells whether this process may fetch now, `clock` gives s."""

    process: str
    store: SessionStore
    queue: EventQueue
    service: ServiceClient
    session_client: SessionClient
    holds: Callable[[], bool]
    clock: Callable[[], float]


class _FetchingOver(Exception):
    """There is nothing more to fetch here; `taken`: another process does."""

    def __init__(self, *, taken: bool = False) -> None:
        self.taken = taken


class EventFetcher:
    """One session; its first poll comes after `delay_s`.

    `over` is called once at the end, with whether somebody should look after the session again. There is one for each
    agent, parked nearly all of the time: what it holds meanwhile is paid as often.
    """

    __slots__ = (
        "_backoff",
        "_fetched",
        "_heard_s",
        "_job",
        "_keeping",
        "_keys",
        "_look_again",
        "_over",
        "_parts",
        "_pause_s",
        "_polling",
        "_receipt",
        "_refusals",
        "_stopping",
        "_task",
        "agent_id",
        "session_id",
    )

    def __init__(
        self,
        agent_id: int,
        session_id: str,
        parts: FetcherParts,
        delay_s: float,
        over: Callable[["EventFetcher", bool], None],
    ) -> None:
        self.agent_id = agent_id
        self.session_id = session_id
        self._polling = self._keeping = self._stopping = self._look_again = False
        self._parts = parts
        self._over = over
        self._backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._job = Job("upstream-line", f"agent {agent_id}", passes=(_FetchingOver,))
        self._fetched = PollReader(session_id)
        self._receipt = WANTED
        self._refusals = 0
        self._keys: Keys | None = None
        self._heard_s = parts.clock()
        self._pause_s = delay_s
        # Not on behalf of the sign-in, whose request would be kept for as long as the session.
        context = Context()
        self._task = asyncio.get_running_loop().create_task(self._run(), context=context)
        self._task.add_done_callback(self._ended, context=context)
        service_client.FETCHERS.inc()

    async def stop(self, within_s: float) -> None:
        """Ends it; a poll under way may be answered within this time."""
        self._stopping = True
        wait_s = KEEP_S if self._keeping else within_s if self._polling else 0
        if wait_s:
            await asyncio.wait([self._task], timeout=wait_s)
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            await asyncio.sleep(self._pause_s)
            while not self._stopping:
                self._pause_s = STORE_RETRY_S
                await self._job.attempt(self._step)  # What it stumbles over is tried again, after a rest.
                await asyncio.sleep(self._pause_s)
        except _FetchingOver as over:
            self._look_again = over.taken

    def _ended(self, _task: asyncio.Task[None]) -> None:
        service_client.FETCHERS.dec()
        self._over(self, self._look_again)

    async def _step(self) -> None:
        """One poll and what follows from it: also how long to wait before the next."""
        if not self._parts.holds():
            await self._show_life()
            return
        try:
            self._pause_s = await self._poll()
        except StoreUnavailable:
            await self._show_life()
        except Unavailable:
            service_client.POLLS.labels("unavailable").inc()
            self._pause_s = self._backoff.next_s()
        except Refused:
            raise _FetchingOver from None

    async def _counterpart(self) -> Upstream:
        """Of the record this alone is held while a poll is parked."""
        found = upstream_of(await self._parts.store.read(self.agent_id), self.session_id)
        if found is None or found[1].holder != self._parts.process:
            raise _FetchingOver(taken=found is not None)
        return found[1]

    async def _poll(self) -> float:
        upstream = await self._counterpart()
        began_s = self._parts.clock()
        try:
            heard = await self._parts.session_client.ask(self.agent_id, self.session_id, upstream, self._ask, poll=True)
        except SessionGone as gone:
            return await self._gone(gone)
        self._refusals = 0
        self._keeping = True
        try:
            events = await self._keep(heard)
        finally:
            self._keeping = False
        answer = heard.answer
        if answer.retcode != retcodes.SUCCESS:
            service_client.POLLS.labels("refused").inc()
            return self._backoff.next_s()
        self._backoff.reset()
        service_client.POLLS.labels("event" if events else "empty").inc()
        held = self._parts.clock() - began_s > HELD_S
        return 0 if events or answer.guid or held else EMPTY_PAUSE_S

    async def _ask(self, keys: Keys) -> ServiceAnswer:
        self._keys = keys
        self._polling = True
        try:
            answer = await self._parts.service.poll(self.agent_id, keys, self._receipt)
        finally:
            self._polling = False
        self._heard_s = self._parts.clock()
        return answer

    async def _keep(self, heard: SessionAnswer) -> int:
        """Brings what was fetched to the store, whenever that can be; how many events there were."""
        parts, answer = self._parts, heard.answer
        fetched = answer.retcode == retcodes.SUCCESS
        events = self._fetched.read(answer, parts.store.now_ms()) if fetched else []
        while True:
            try:
                if not await parts.session_client.follow(self.agent_id, self.session_id, heard):
                    raise _FetchingOver
                if events and not await parts.queue.append(self.agent_id, self.session_id, events):
                    raise _FetchingOver
                if fetched:
                    self._receipt = answer.receipt
                return len(events)
            except StoreUnavailable:
                await self._show_life()
                await asyncio.sleep(STORE_RETRY_S)

    async def _gone(self, gone: SessionGone) -> float:
        service_client.POLLS.labels("over").inc()
        self._refusals += 1
        if self._refusals > 1 and await self._parts.session_client.end(self.agent_id, gone):
            raise _FetchingOver
        return BELIEVE_AFTER_S

    async def _show_life(self) -> None:
        now_s = self._parts.clock()
        if self._keys is not None and now_s - self._heard_s >= SIGN_OF_LIFE_S:
            self._heard_s = now_s
            with suppress(Unavailable):
                await self._parts.session_client.ask_state(self.agent_id, self._keys)


class EventFetchers:
    """All fetching of this process: `events.claims.Work`. `node`, `lease_s` and `clock` are as in `Claims`."""

    name = "upstream"
    begun_a_second = BEGIN_A_SECOND

    def __init__(
        self,
        node: str,
        store: SessionStore,
        queue: EventQueue,
        service: ServiceClient,
        session_client: SessionClient,
        nodes: PushNodes,
        *,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._claims = Claims(node, store, nodes, self, lease_s=lease_s, clock=clock)
        self._fetchers: dict[str, EventFetcher] = {}
        self._parts = FetcherParts(self.process, store, queue, service, session_client, self._claims.hold, clock)

    def __len__(self) -> int:
        """How many sessions this process fetches for."""
        return len(self._fetchers)

    @property
    def process(self) -> str:
        """The name of this process in records."""
        return self._claims.process

    def opened(self, agent_id: int, session_id: str, upstream: Upstream | None) -> None:
        """A session was opened here."""
        if upstream is not None and upstream.holder == self.process:
            self._fetch(agent_id, session_id)

    async def run(self) -> None:
        """See `Claims.run`."""
        await self._claims.run(self.close)

    async def round(self, *, everything: bool = False) -> None:
        """See `Claims.round`."""
        await self._claims.round(everything=everything)

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        """See `Work.candidates`."""
        return await shard.live()

    def is_done_here(self, seen: Seen) -> bool:
        """See `Work.is_done_here`."""
        return seen.session_id in self._fetchers

    def holder(self, session: Session) -> str | None:
        """See `Work.holder`."""
        return session.upstream.holder if session.upstream else None

    def held_by(self, session: Session, process: str) -> Session:
        """See `Work.held_by`."""
        return replace(session, upstream=session.upstream and replace(session.upstream, holder=process))

    def begin(self, agent_id: int, session: Session, after_s: float) -> None:
        """See `Work.begin`."""
        self._fetch(agent_id, session.id, after_s)

    def resume(self) -> None:
        """See `Work.resume`: a fetcher looks by itself."""

    def _fetch(self, agent_id: int, session_id: str, after_s: float = 0) -> None:
        if session_id not in self._fetchers:
            self._fetchers[session_id] = EventFetcher(agent_id, session_id, self._parts, after_s, self._fetcher_over)

    def _fetcher_over(self, fetcher: EventFetcher, look_again: bool) -> None:
        if self._fetchers.get(fetcher.session_id) is fetcher:
            del self._fetchers[fetcher.session_id]
        if look_again:
            self._claims.look_again()

    async def close(self) -> None:
        """Leaves the sessions to other processes; what the service sends meanwhile is still kept."""
        self._claims.give_up()
        others = self._claims.alive - {self.process}
        await self._claims.leave()
        await all_done([fetcher.stop(STOP_S if others else 0) for fetcher in self._fetchers.values()])
