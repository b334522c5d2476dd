"""Requests that stop before each access to the store, so that a test decides in which order they go on."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextvars import ContextVar
from enum import Enum
from typing import Any, TypeVar

from gateway.backend import End
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage
from gateway.sessions.store import Look, Looking, Rule, Seen, SessionStore
from gateway.wire.errors import StoreUnavailable

T = TypeVar("T")


class Fault(Enum):
    """What happens to one access: nothing, a retry after an unknown outcome, or a failure before or after it."""

    NONE = "none"
    TWICE = "twice"
    BEFORE = "before"
    AFTER = "after"


class Run:
    """One request under way. It runs from gate to gate, or to its end.

    `access` is what it wants of the store at its gate. `turned_away`: its last look found another record than it knew,
    or that its GUID may not be good any more, and the store says that it did nothing else.
    """

    _current: ContextVar["Run"] = ContextVar("run")

    def __init__(self, work: Coroutine[object, object, str]) -> None:
        self._arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pass: asyncio.Future[Fault] | None = None
        self.access = ""
        self.turned_away = False
        self.task = asyncio.create_task(self._work(work))

    async def _work(self, work: Coroutine[object, object, str]) -> str:
        Run._current.set(self)
        return await work

    async def settle(self) -> None:
        """Returns once the request waits at a gate or is done."""
        either: set[asyncio.Future[Any]] = {self.task, self._arrived}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)

    async def go_on(self, fault: Fault) -> None:
        """Opens the gate, up to the next one."""
        assert self._pass is not None
        gate, self._pass = self._pass, None
        self._arrived = asyncio.get_running_loop().create_future()
        gate.set_result(fault)
        await self.settle()

    async def _wait(self) -> Fault:
        self._pass = asyncio.get_running_loop().create_future()
        self._arrived.set_result(None)
        return await self._pass

    @classmethod
    async def gate(cls, access: str) -> Fault:
        """Where a request waits; work outside of a Run passes."""
        run = cls._current.get(None)
        if run is None:
            return Fault.NONE
        run.access = access
        return await run._wait()

    @classmethod
    def looked(cls, *, turned_away: bool) -> None:
        """What became of its look."""
        run = cls._current.get(None)
        if run is not None:
            run.turned_away = turned_away


Written = Callable[[Record, bool], None]
"""Told of a change: the record before it, and whether it is durable."""


class GatedStore:
    """A SessionStore behind gates, with injected outages. A fault never breaks the store's atomic steps."""

    def __init__(self, inner: SessionStore, outages: Callable[[], tuple[Outage, ...]], written: Written) -> None:
        self.inner = inner
        self.outages = outages
        self._written = written
        self.now_ms = inner.now_ms
        self.in_reach = inner.in_reach
        self.note_seen = inner.note_seen
        self.forget_seen = inner.forget_seen
        self.on_wake = inner.on_wake

    def shards(self) -> Sequence[SessionStore]:
        return (self,)

    def shard_of(self, agent_id: int) -> SessionStore:
        return self

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        """A second look at what was read just now is no step of its own."""
        if not sure and await Run.gate("read") in {Fault.BEFORE, Fault.AFTER}:
            raise StoreUnavailable
        return await self.inner.read(agent_id, sure=sure)

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        fault = await Run.gate("write")
        if fault is Fault.BEFORE:
            raise StoreUnavailable
        before = await self.inner.read(agent_id)
        if fault is Fault.TWICE:
            await self.inner.apply(agent_id, rule, known=known, durable=durable)
        try:
            outcome = await self.inner.apply(agent_id, rule, known=known, durable=durable)
        finally:
            if await self.inner.read(agent_id) != before:
                self._written(before, durable)
        if fault is Fault.AFTER:
            raise StoreUnavailable
        return outcome

    async def silent(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        return await self.inner.silent(poll_before_ms, push_before_ms, most)

    async def live(self) -> Sequence[Seen]:
        return await self.inner.live()

    async def count(self, *, push: bool = False) -> int:
        return await self.inner.count(push=push)

    async def owed(self, most: int) -> Sequence[End]:
        return await self.inner.owed(most)

    async def paid(self, session_id: str) -> None:
        await self.inner.paid(session_id)

    async def key_fingerprints(self, add: Mapping[str, str], drop: Sequence[str] = ()) -> Mapping[str, str]:
        return await self.inner.key_fingerprints(add, drop)

    def known(self, agent_id: int) -> Record | None:
        return self.inner.known(agent_id)

    async def look(self, known: Record, looking: Looking) -> Look:
        fault = await Run.gate("look")
        if fault is Fault.BEFORE:
            raise StoreUnavailable
        if fault is Fault.TWICE:
            await self.inner.look(known, looking)
        found = await self.inner.look(known, looking)
        Run.looked(turned_away=found.record is not None)
        if fault is Fault.AFTER:
            raise StoreUnavailable
        return found

    async def lost(self, agent_id: int, event_id: str) -> None:
        await self.inner.lost(agent_id, event_id)

    async def close(self) -> None:
        await self.inner.close()
