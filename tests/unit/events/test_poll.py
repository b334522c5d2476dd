"""What comes between two steps of a poll: each test decides it where the poll looks at the store.

See docs/design/events.md.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from gateway.backend import EndReason
from gateway.events.delivery import Deliveries, HandOuts
from gateway.events.parking import Parking
from gateway.events.poll import PollAnswer, PollService
from gateway.listeners.signals import Once
from gateway.sessions.lifecycle import end_session
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.store import Bounds, Change, Look, Looking
from gateway.settings.schema import Settings
from gateway.wire import retcodes
from gateway.wire.envelope import WANTED, Event
from gateway.wire.errors import Refused, StoreUnavailable
from tests.support.waiting import GENEROUS_S, until
from tests.unit.sessions.samples import AGENT, FRESH, RING, START, guid, record

USED: Final = replace(FRESH, adopted_ms=START)
FIRST, SECOND = Event("1" * 16, b"1"), Event("2" * 16, b"2")
Then = Callable[[Looking], Awaitable[None]]


class Store(MemorySessionStore):
    """A store whose looks a test may hold up, and which knows what this node knew: `knows`, else what is so."""

    def __init__(self, queue: MemoryEventQueue) -> None:
        super().__init__(queue, lambda: START + 1_000)
        self.knows: Record | None = None
        self.looks: list[Looking] = []
        self.reads = 0
        self.lost_ids: list[str] = []
        self.lost_fails = False
        self.before: list[Then] = []
        self.after: list[Then] = []

    def known(self, agent_id: int) -> Record | None:
        return self.knows or super().known(agent_id)

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        self.reads += not sure
        return await super().read(agent_id, sure=sure)

    async def look(self, known: Record, looking: Looking) -> Look:
        self.looks.append(looking)
        if self.before:
            await self.before.pop(0)(looking)
        found = await super().look(known, looking)
        if self.after:
            await self.after.pop(0)(looking)
        return found

    async def lost(self, agent_id: int, event_id: str) -> None:
        if self.lost_fails:
            raise StoreUnavailable
        self.lost_ids.append(event_id)


class Peer:
    """A connection that tells what has arrived, and of which nothing has."""

    tells_arrival = True
    asked_ahead = False
    current_answer = 1

    def __init__(self) -> None:
        self.silent = Once()
        self.closed = Once()

    def on_close(self, callback: Callable[[], None]) -> Callable[[], None]:
        return self.closed.on(callback)

    def close(self) -> None:
        """It is gone."""
        self.silent.set()
        self.closed.set()

    def all_bytes_acknowledged(self, answer: int | None = None) -> bool:
        return False


class PollNode:
    """One node. Its polls are held for a minute."""

    def __init__(self) -> None:
        self.queue = MemoryEventQueue(lambda: Bounds(10, 1000))
        self.store = Store(self.queue)
        self.settings = Settings().model_copy(update={"poll_wait_times": 600})
        self.parking = Parking()
        self.store.on_wake(self.parking.wake)
        self.service = SessionService(self.store, RING, lambda: Policy(self.settings))
        self.deliveries = Deliveries(self.queue, self.store)
        hand_outs = HandOuts(self.service.note_hand_out)
        self.polls = PollService(self.service, self.parking, self.deliveries, hand_outs, lambda: self.settings)

    async def keep(self, session: Session | None) -> None:
        await self.store.apply(AGENT, lambda kept: Change(None, replace(kept, session=session)))

    async def end(self, reason: EndReason) -> None:
        """The session ends on another node: this one goes on knowing what it knew."""
        self.store.knows = record(USED)
        ended = end_session(record(USED), USED.id, reason, START)
        assert ended is not None
        await self.store.apply(AGENT, lambda _: Change(None, ended.record))

    def poll(self, peer: Any = None, receipt: str | None = WANTED) -> "asyncio.Task[PollAnswer]":
        sender: Any = peer or Peer()
        return asyncio.create_task(self.polls.poll(AGENT, guid(USED, 0), sender, receipt))

    async def parked(self) -> None:
        """Waits until a poll has looked and waits."""
        await until(lambda: len(self.parking) > 0 and bool(self.store.looks))
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.fixture
async def node() -> AsyncIterator[PollNode]:
    made = PollNode()
    await made.keep(USED)
    yield made
    made.parking.drain()


async def soon(poll: "asyncio.Task[PollAnswer]") -> PollAnswer:
    """Its answer, which does not take as long as its hold."""
    async with asyncio.timeout(GENEROUS_S / 2):
        return await poll


async def away(_: Looking) -> None:
    raise StoreUnavailable


async def test_an_event_that_comes_after_the_look_and_before_the_poll_waits_is_not_missed(node: PollNode) -> None:
    async def event_comes(_: Looking) -> None:
        node.queue.add(AGENT, USED.id, [FIRST])

    node.store.after = [event_comes]
    assert (await soon(node.poll())).event == FIRST


async def test_an_end_that_comes_there_is_not_missed_either(node: PollNode) -> None:
    async def ends(_: Looking) -> None:
        await node.service.end(AGENT, USED.id, EndReason.IDLE)

    node.store.after = [ends]
    with pytest.raises(Refused) as refused:
        await soon(node.poll())
    assert refused.value.retcode == retcodes.NOT_SIGNED_IN


async def test_a_guid_revoked_elsewhere_is_refused_though_it_is_known_here_as_good(node: PollNode) -> None:
    await node.end(EndReason.SIGNED_OUT)
    with pytest.raises(Refused) as refused:
        await soon(node.poll())
    assert refused.value.message == EndReason.SIGNED_OUT


async def test_so_is_one_whose_poll_a_newer_one_ends_before_its_first_look_is_back(node: PollNode) -> None:
    await node.end(EndReason.SIGNED_OUT)

    async def newer_comes(_: Looking) -> None:
        node.parking.enter(AGENT, USED.id)

    node.store.before = [newer_comes]
    with pytest.raises(Refused) as refused:
        await soon(node.poll())
    assert refused.value.message == EndReason.SIGNED_OUT


async def test_so_is_one_whose_peer_is_gone_before_its_first_look(node: PollNode) -> None:
    await node.end(EndReason.SIGNED_OUT)

    peer = Peer()
    peer.close()
    with pytest.raises(Refused):
        await soon(node.poll(peer))


async def test_one_whose_peer_has_only_closed_its_sending_side_brings_the_event_that_is_there(node: PollNode) -> None:
    node.queue.add(AGENT, USED.id, [FIRST])
    peer = Peer()
    peer.silent.set()
    assert (await soon(node.poll(peer))).event == FIRST


async def test_a_poll_whose_peer_sends_no_more_when_it_comes_ends_no_other_and_does_not_park(node: PollNode) -> None:
    peer = Peer()
    peer.silent.set()
    assert (await soon(node.poll(peer))).event is None
    assert [looking.token for looking in node.store.looks] == [""]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_one_whose_peer_falls_silent_at_its_first_look_does_not_park_either(node: PollNode, when: str) -> None:
    peer = Peer()

    async def falls_silent(_: Looking) -> None:
        peer.silent.set()

    setattr(node.store, when, [falls_silent])
    assert (await soon(node.poll(peer))).event is None
    assert len(node.store.looks) == 1


async def test_one_whose_peer_falls_silent_while_it_waits_is_answered(node: PollNode) -> None:
    peer = Peer()
    poll = node.poll(peer)
    await node.parked()
    peer.silent.set()
    assert (await soon(poll)).event is None


async def test_a_session_known_here_as_pushed_is_judged_as_any_other(node: PollNode) -> None:
    await node.end(EndReason.IDLE)
    node.store.knows = record(replace(USED, push=True))
    with pytest.raises(Refused) as refused:
        await soon(node.poll())
    assert refused.value.message == EndReason.IDLE


async def test_a_poll_that_is_over_confirms_all_the_same_and_takes_no_event(node: PollNode) -> None:
    node.queue.add(AGENT, USED.id, [FIRST, SECOND])
    peer = Peer()

    async def newer_comes(_: Looking) -> None:
        node.parking.enter(AGENT, USED.id)

    node.store.before = [newer_comes]
    assert (await soon(node.poll(peer, FIRST.id))).event is None
    assert node.queue.oldest(AGENT, USED.id) == SECOND


async def test_a_changed_record_is_judged_without_another_read(node: PollNode) -> None:
    node.store.knows = record(replace(USED, client="as it was"))
    node.queue.add(AGENT, USED.id, [FIRST])
    node.store.reads = 0
    assert (await soon(node.poll())).event == FIRST
    assert (node.store.reads, len(node.store.looks)) == (0, 2)


async def test_what_was_known_before_an_outage_is_not_relied_on(node: PollNode) -> None:
    """Settings may have changed meanwhile, and with them how long a GUID is good."""
    node.queue.add(AGENT, USED.id, [FIRST])
    node.store.before = [away]
    assert (await soon(node.poll())).event == FIRST
    assert [looking.until_ms for looking in node.store.looks] == [None, 0, None]


async def test_a_poll_that_is_over_claims_nothing_when_its_look_is_repeated(node: PollNode) -> None:
    """The newer poll elsewhere, which was told that it has ended this one, would be ended by it."""
    tokens: list[str] = []

    async def ended_elsewhere(looking: Looking) -> None:
        tokens.append(looking.token)
        node.parking.wake(AGENT, looking.token)
        raise StoreUnavailable

    node.store.after = [ended_elsewhere]
    assert (await soon(node.poll())).event is None
    assert tokens[0]
    assert [looking.token for looking in node.store.looks[1:]] == [""] * len(node.store.looks[1:])


async def test_a_claim_whose_answer_was_lost_is_made_again_with_the_same_token(node: PollNode) -> None:
    node.store.after = [away]
    poll = node.poll()
    await until(lambda: len(node.store.looks) == 3)  # The second one brings the record, which is judged anew.
    await node.parked()
    node.queue.add(AGENT, USED.id, [FIRST])
    assert (await soon(poll)).event == FIRST
    assert len({looking.token for looking in node.store.looks[:3]}) == 1


async def test_a_claim_is_made_once(node: PollNode) -> None:
    poll = node.poll()
    await node.parked()
    for _ in range(2):
        looks = len(node.store.looks)
        node.parking.wake(AGENT, "")
        await until(lambda before=looks: len(node.store.looks) > before)  # type: ignore[misc]
    node.queue.add(AGENT, USED.id, [FIRST])
    await soon(poll)
    assert [bool(looking.token) for looking in node.store.looks] == [True, *[False] * (len(node.store.looks) - 1)]


async def test_a_poll_in_a_drain_looks_once_before_it_is_answered(node: PollNode) -> None:
    node.queue.add(AGENT, USED.id, [FIRST])

    async def drains(_: Looking) -> None:
        node.parking.drain()

    node.store.before = [drains]
    assert (await soon(node.poll())).event == FIRST


async def gone_after_the_look(node: PollNode, *, fails: bool = False, followed: bool = False) -> None:
    """A poll finds an event, but its peer is gone by then."""
    node.queue.add(AGENT, USED.id, [FIRST])
    peer = Peer()

    async def goes(_: Looking) -> None:
        if followed:
            node.parking.enter(AGENT, USED.id)
        peer.close()

    node.store.after, node.store.lost_fails = [goes], fails
    assert (await soon(node.poll(peer, None))).event is None
    assert node.queue.oldest(AGENT, USED.id) == FIRST


async def test_an_event_that_nobody_is_there_for_is_given_back(node: PollNode) -> None:
    await gone_after_the_look(node)
    assert node.store.lost_ids == [FIRST.id]


async def test_it_is_not_where_a_newer_poll_of_this_node_may_be_sending_it(node: PollNode) -> None:
    await gone_after_the_look(node, followed=True)
    assert node.store.lost_ids == []


async def test_a_poll_is_not_refused_for_an_event_that_it_cannot_give_back(node: PollNode) -> None:
    await gone_after_the_look(node, fails=True)


@pytest.mark.parametrize("reason", [EndReason.TAKEN_OVER, EndReason.REPLACED])
async def test_a_take_over_while_it_is_held_ends_it_empty(node: PollNode, reason: EndReason) -> None:
    poll = node.poll()
    await node.parked()
    await node.service.end(AGENT, USED.id, reason)
    answer = await soon(poll)
    assert (answer.event, answer.hand_out, answer.last) == (None, "", False)
