"""The session rules over the embedded store, against the oracle."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record
from gateway.sessions.store import Bounds, EventQueue, Look, Looking, Rule, SessionStore
from tests.model.machine import Sessions
from tests.model.profile import COMMON, LONG

T = TypeVar("T")


class NodeStore(MemorySessionStore):
    """The store as one of several nodes sees it: it knows only what it has read or written."""

    def __init__(self, queue: MemoryEventQueue, clock: Callable[[], int], shared: MemorySessionStore | None) -> None:
        super().__init__(queue, clock)
        self._known: dict[int, Record] = {}
        if shared is not None:
            self._records, self._seen, self._owed = shared._records, shared._seen, shared._owed

    def known(self, agent_id: int) -> Record | None:
        return self._known.get(agent_id)

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        self._known[agent_id] = await super().read(agent_id, sure=sure)
        return self._known[agent_id]

    async def apply(
        self, agent_id: int, rule: Rule[T], *, known: Record | None = None, durable: bool = False
    ) -> T | None:
        try:
            return await super().apply(agent_id, rule, known=known, durable=durable)
        finally:
            await self.read(agent_id)

    async def look(self, known: Record, looking: Looking) -> Look:
        found = await super().look(known, looking)
        await self.read(known.agent_id)
        return found


class OnMemory(Sessions):
    """The nodes share a store in memory."""

    node_store: ClassVar[type[NodeStore]] = NodeStore

    def open_stores(self) -> list[tuple[SessionStore, EventQueue]]:
        queue = MemoryEventQueue(lambda: Bounds(1000, 100_000))
        first = self.node_store(queue, lambda: self.site.now, None)
        others = [self.node_store(queue, lambda: self.site.now, first) for _ in range(2)]
        return [(store, queue) for store in (first, *others)]


TestOnMemory = OnMemory.TestCase
TestOnMemory.settings = settings(COMMON, max_examples=60, stateful_step_count=50, derandomize=True)


@pytest.mark.slow
def test_long_on_memory() -> None:
    run_state_machine_as_test(OnMemory, settings=LONG)
