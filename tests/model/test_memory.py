"""The session rules over the embedded store, against the oracle."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.store import SessionStore
from tests.model.machine import Sessions
from tests.model.profile import COMMON, LONG


class OnMemory(Sessions):
    """Both nodes are one process: they share the store."""

    def open_stores(self) -> list[SessionStore]:
        store = MemoryStore(MemoryQueue(lambda: Bounds(100, 100_000)), lambda: self.site.now)
        return [store, store]


TestOnMemory = OnMemory.TestCase
TestOnMemory.settings = settings(COMMON, max_examples=60, stateful_step_count=50, derandomize=True)


@pytest.mark.slow
def test_long_on_memory() -> None:
    run_state_machine_as_test(OnMemory, settings=LONG)
