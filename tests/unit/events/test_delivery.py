"""When an event that was sent counts as arrived (docs/design/events.md)."""

import asyncio
from collections.abc import Callable

import pytest

from gateway.events import delivery
from gateway.events.delivery import Deliveries, Receiver
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.store import Bounds
from gateway.wire.envelope import Event
from tests.support.waiting import GENEROUS_S

EVENT = Event("0123456789abcdef", b'{"eventType":"AgentState_Ready"}')


class Peer(Receiver):
    """A connection whose kernel says what the test says."""

    def __init__(self) -> None:
        self.acknowledged = False
        self.ahead = False
        self.callbacks: list[Callable[[], None]] = []

    @property
    def current_answer(self) -> int:
        return 1

    @property
    def tells_arrival(self) -> bool:
        return True

    @property
    def asked_ahead(self) -> bool:
        return self.ahead

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        return self.acknowledged

    def close(self) -> None:
        for callback in list(self.callbacks):
            callback()


@pytest.fixture
def queue() -> MemoryEventQueue:
    made = MemoryEventQueue(lambda: Bounds(10, 10_000))
    made.open_session(101, "s1")
    made.add(101, "s1", [EVENT])
    return made


async def _waiting(queue: MemoryEventQueue) -> int:
    return await queue.depth(101)


async def proven(deliveries: Deliveries, queue: MemoryEventQueue, agent_id: int, peer: Receiver) -> None:
    """A poll comes and confirms what it proves to have arrived."""
    sent = await deliveries.proven(agent_id, peer)
    if sent is not None:
        await queue.confirm(sent.agent_id, sent.session_id, sent.event_id)
        deliveries.confirmed(sent)


async def test_the_next_poll_on_the_same_connection_confirms(queue: MemoryEventQueue) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await proven(deliveries, queue, 101, peer)
    assert await _waiting(queue) == 0


@pytest.mark.parametrize(("acknowledged", "waiting"), [(True, 0), (False, 1)])
async def test_a_poll_that_was_sent_before_the_event_was_confirms_only_what_the_kernel_saw_acknowledged(
    queue: MemoryEventQueue, acknowledged: bool, waiting: int
) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.ahead, peer.acknowledged = True, acknowledged
    await proven(deliveries, queue, 101, peer)
    assert await _waiting(queue) == waiting


@pytest.mark.parametrize(("acknowledged", "waiting"), [(True, 0), (False, 1)])
async def test_a_poll_on_another_connection_confirms_only_what_the_kernel_saw_acknowledged(
    queue: MemoryEventQueue, acknowledged: bool, waiting: int
) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = acknowledged
    await proven(deliveries, queue, 101, Peer())
    assert await _waiting(queue) == waiting


@pytest.fixture
def waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A poll waits long for an acknowledgement."""
    monkeypatch.setattr(delivery, "ARRIVES_WITHIN_S", GENEROUS_S)


@pytest.mark.usefixtures("waits_long")
async def test_a_poll_on_another_connection_waits_for_an_acknowledgement_that_is_held_back(
    queue: MemoryEventQueue,
) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    poll = asyncio.create_task(proven(deliveries, queue, 101, Peer()))
    await asyncio.sleep(0)
    waiting = await _waiting(queue)
    peer.acknowledged = True
    await poll
    assert (waiting, await _waiting(queue)) == (1, 0)


@pytest.mark.usefixtures("waits_long")
async def test_a_poll_does_not_wait_for_a_connection_that_has_ended(queue: MemoryEventQueue) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    poll = asyncio.create_task(proven(deliveries, queue, 101, Peer()))
    await asyncio.sleep(0)
    peer.close()
    async with asyncio.timeout(GENEROUS_S / 2):
        await poll
    assert await _waiting(queue) == 1


@pytest.mark.parametrize(("acknowledged", "waiting"), [(True, 0), (False, 1)])
async def test_the_end_of_the_connection_decides(queue: MemoryEventQueue, acknowledged: bool, waiting: int) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = acknowledged
    peer.close()
    peer.acknowledged = False
    await proven(deliveries, queue, 101, Peer())
    assert await _waiting(queue) == waiting


async def test_another_agents_poll_confirms_nothing(queue: MemoryEventQueue) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await proven(deliveries, queue, 102, peer)
    assert await _waiting(queue) == 1


async def test_a_confirmed_delivery_leaves_nothing_on_its_connection(queue: MemoryEventQueue) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    await proven(deliveries, queue, 101, peer)
    assert peer.callbacks == []


async def test_what_the_kernel_saw_acknowledged_is_confirmed_without_another_poll(queue: MemoryEventQueue) -> None:
    deliveries, peer = Deliveries(queue, MemorySessionStore(queue)), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = True
    async with asyncio.timeout(GENEROUS_S):
        while await _waiting(queue):  # noqa: ASYNC110 - time passes
            await asyncio.sleep(0.001)


class LostStore(MemorySessionStore):
    """A store that keeps what it hears of lost events."""

    def __init__(self, queue: MemoryEventQueue) -> None:
        super().__init__(queue)
        self.lost_ids: list[str] = []

    async def lost(self, agent_id: int, event_id: str) -> None:
        self.lost_ids.append(event_id)


async def test_an_answer_that_was_cut_off_before_it_was_acknowledged_is_told_to_other_nodes(
    queue: MemoryEventQueue,
) -> None:
    store, peer = LostStore(queue), Peer()
    Deliveries(queue, store).sent(101, "s1", EVENT, peer)
    peer.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert store.lost_ids == [EVENT.id]
