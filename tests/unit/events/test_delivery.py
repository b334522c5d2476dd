"""When an event that was sent counts as arrived (design section 9)."""

import asyncio
from collections.abc import Callable

import pytest

from gateway.events import delivery
from gateway.events.delivery import Deliveries, Receiver
from gateway.sessions.memory_queue import Bounds, MemoryQueue
from gateway.sessions.model import Event
from tests.support.waiting import GENEROUS_S

EVENT = Event("0123456789abcdef", b'{"eventType":"AgentState_Ready"}')


class Peer(Receiver):
    """A connection whose kernel says what the test says."""

    def __init__(self) -> None:
        self.acknowledged = False
        self.callbacks: list[Callable[[], None]] = []

    @property
    def current_answer(self) -> int:
        return 1

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        return self.acknowledged

    def close(self) -> None:
        for callback in list(self.callbacks):
            callback()


@pytest.fixture
def queue() -> MemoryQueue:
    made = MemoryQueue(lambda: Bounds(10, 10_000))
    made.open_session(101, "s1")
    made.add(101, "s1", [EVENT])
    return made


async def _waiting(queue: MemoryQueue) -> int:
    return await queue.depth(101)


async def test_the_next_poll_on_the_same_connection_confirms(queue: MemoryQueue) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await deliveries.before_poll(101, peer)
    assert await _waiting(queue) == 0


@pytest.mark.parametrize(("acknowledged", "waiting"), [(True, 0), (False, 1)])
async def test_a_poll_on_another_connection_confirms_only_what_the_kernel_saw_acknowledged(
    queue: MemoryQueue, acknowledged: bool, waiting: int
) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = acknowledged
    await deliveries.before_poll(101, Peer())
    assert await _waiting(queue) == waiting


@pytest.fixture
def waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll waits long for an acknowledgement."""
    monkeypatch.setattr(delivery, "ARRIVES_WITHIN_S", GENEROUS_S)


@pytest.mark.usefixtures("waits_long")
async def test_a_poll_on_another_connection_waits_for_an_acknowledgement_that_is_held_back(queue: MemoryQueue) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    poll = asyncio.create_task(deliveries.before_poll(101, Peer()))
    await asyncio.sleep(0)
    waiting = await _waiting(queue)
    peer.acknowledged = True
    await poll
    assert (waiting, await _waiting(queue)) == (1, 0)


@pytest.mark.usefixtures("waits_long")
async def test_a_poll_does_not_wait_for_a_connection_that_has_ended(queue: MemoryQueue) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    poll = asyncio.create_task(deliveries.before_poll(101, Peer()))
    await asyncio.sleep(0)
    peer.close()
    async with asyncio.timeout(GENEROUS_S / 2):
        await poll
    assert await _waiting(queue) == 1


@pytest.mark.parametrize(("acknowledged", "waiting"), [(True, 0), (False, 1)])
async def test_the_end_of_the_connection_decides(queue: MemoryQueue, acknowledged: bool, waiting: int) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = acknowledged
    peer.close()
    peer.acknowledged = False
    await deliveries.before_poll(101, Peer())
    assert await _waiting(queue) == waiting


async def test_another_agents_poll_confirms_nothing(queue: MemoryQueue) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await deliveries.before_poll(102, peer)
    assert await _waiting(queue) == 1


async def test_a_confirmed_delivery_leaves_nothing_on_its_connection(queue: MemoryQueue) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await deliveries.before_poll(101, peer)
    assert peer.callbacks == []
