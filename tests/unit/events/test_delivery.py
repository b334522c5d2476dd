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

    @property
    def tells_arrival(self) -> bool:
        return True

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


async def test_an_acknowledgement_that_is_there_at_once_confirms_in_the_next_turns_of_the_loop(
    queue: MemoryQueue,
) -> None:
    deliveries, peer = Deliveries(queue), Peer()
    deliveries.sent(101, "s1", EVENT, peer)
    peer.acknowledged = True
    for _ in range(3):  # The look, and the task that confirms.
        await asyncio.sleep(0)
    assert await _waiting(queue) == 0


class SharedQueue(MemoryQueue):
    """A queue of which another node has sent the oldest event, `known_after` looks ago."""

    def __init__(self, arrives: bool, known_after: int = 2) -> None:
        super().__init__(lambda: Bounds(10, 10_000))
        self._arrives = arrives
        self._looks_left = known_after
        self.lost_ids: list[str] = []

    async def next(self, agent_id: int, session_id: str, *, tells: bool) -> tuple[Event | None, int]:
        self._looks_left -= 1
        if self._looks_left == 0 and self._arrives:
            await self.confirm(agent_id, session_id, EVENT.id)
        return await self.head(agent_id, session_id), 1 if self._looks_left > 0 else 0

    async def lost(self, agent_id: int, event_id: str) -> None:
        self.lost_ids.append(event_id)


def _shared(arrives: bool, known_after: int = 2) -> SharedQueue:
    made = SharedQueue(arrives, known_after)
    made.open_session(101, "s1")
    made.add(101, "s1", [EVENT])
    return made


@pytest.mark.parametrize(("arrives", "found"), [(True, None), (False, EVENT)])
async def test_a_poll_waits_for_the_word_of_another_node_that_has_sent_the_event(
    arrives: bool, found: Event | None
) -> None:
    deliveries = Deliveries(_shared(arrives))
    assert await deliveries.next_event(101, "s1", tells=True, over=lambda: False) == found


async def test_a_poll_that_was_ended_meanwhile_gives_the_event_back() -> None:
    made = _shared(arrives=False, known_after=1)
    assert await Deliveries(made).next_event(101, "s1", tells=True, over=lambda: True) is None
    assert made.lost_ids == [EVENT.id]


async def test_an_answer_that_was_cut_off_before_it_was_acknowledged_is_told_to_other_nodes() -> None:
    made, peer = _shared(arrives=False), Peer()
    Deliveries(made).sent(101, "s1", EVENT, peer)
    peer.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert made.lost_ids == [EVENT.id]
