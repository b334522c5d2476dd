"""Conformance of stores: one look of a poll, all of it in one step (the contract in `gateway.sessions.store`)."""

from typing import Any

import pytest

from gateway.sessions.model import Record
from gateway.sessions.store import Look, Looking
from tests.unit.sessions.node_pairs import (
    AGENT,
    START_MS,
    Node,
    NodePair,
    claimed,
    counting,
    event,
    next_event,
    opening,
    session,
)

LATER_MS = START_MS + 60_000
CLOCKS_AGREE_MS = 50
"""A node knows the time of Redis to within this."""


async def known(node: Node, *events: Any) -> Record:
    """The record of an agent who has just signed in, with these events, as this node knows it."""
    await node.store.apply(AGENT, opening(session(), *events))
    return await node.store.read(AGENT)


async def look(node: Node, record: Record, **looking: Any) -> Look:
    assert record.session is not None
    return await node.store.look(record, Looking(**{"session_id": record.session.id, **looking}))


async def displaced(node: Node) -> list[str]:
    """The tokens of polls that newer ones on other nodes have ended."""
    return [token for _, token in await node.wakes_so_far() if token]


async def test_it_finds_the_oldest_event_which_stays(pair: NodePair) -> None:
    first, second = event(), event()
    record = await known(pair.one, first, second)
    assert [(await look(pair.one, record)).event for _ in range(2)] == [first, first]


async def test_it_confirms_one_event_and_finds_the_next(pair: NodePair) -> None:
    first, second = event(b"12345"), event()
    record = await known(pair.one, first, second)
    assert (await look(pair.one, record, confirms=first.id)).event == second
    assert await pair.two.queue.depth(AGENT) == 1


async def test_a_repeated_look_confirms_nothing_more(pair: NodePair) -> None:
    first, second = event(), event()
    record = await known(pair.one, first, second)
    found = [(await look(pair.one, record, confirms=first.id)).event for _ in range(2)]
    assert (found, await pair.one.queue.depth(AGENT)) == ([second, second], 1)


async def test_it_confirms_the_oldest_event_only(pair: NodePair) -> None:
    first, second = event(), event()
    record = await known(pair.one, first, second)
    assert (await look(pair.one, record, confirms=second.id)).event == first
    assert await pair.one.queue.depth(AGENT) == 2


async def test_it_takes_no_event_of_another_session(pair: NodePair) -> None:
    first = event()
    record = await known(pair.one, first)
    assert (await look(pair.one, record, session_id="another", confirms=first.id)).event is None
    assert await pair.one.queue.depth(AGENT) == 1


async def does_nothing(pair: NodePair, record: Record, until_ms: int | None = None) -> None:
    """A look at the second node by this record, which is to confirm, to mark and to claim; the first one saw events."""
    assert record.session is not None
    session_id, now = record.session.id, await pair.one.store.read(AGENT)
    first = await pair.one.queue.head(AGENT, session_id)
    depth = await pair.one.queue.depth(AGENT)
    found = await look(
        pair.two,
        record,
        until_ms=until_ms,
        confirms=first.id if first is not None else "",
        tells=True,
        token="b-1",
        hold_ms=10_000,
    )
    assert found == Look(record=now)
    assert await pair.one.queue.depth(AGENT) == depth
    if first is not None:
        assert await next_event(pair.one, session_id, tells=False) == (first, 0)
    assert await claimed(pair.one, "a-2", session_id) == 0
    assert await displaced(pair.two) == []


@pytest.mark.parametrize("waiting", [0, 2], ids=["no event", "events"])
async def test_where_the_record_is_another_one_nothing_is_done(pair: NodePair, waiting: int) -> None:
    await known(pair.one, *(event() for _ in range(waiting)))
    record = await pair.two.store.read(AGENT)
    await pair.one.store.apply(AGENT, counting())
    await does_nothing(pair, record)


async def test_nor_where_the_session_is_over(pair: NodePair) -> None:
    await known(pair.one)
    record = await pair.two.store.read(AGENT)
    await pair.one.store.apply(AGENT, opening(None))
    await does_nothing(pair, record)


async def test_nor_for_a_former_session_on_the_events_of_the_new_one(pair: NodePair) -> None:
    await known(pair.one)
    record, told = await pair.two.store.read(AGENT), event()
    await known(pair.one, told)
    assert (await look(pair.two, record, confirms=told.id)).record == await pair.one.store.read(AGENT)
    assert await pair.one.queue.depth(AGENT) == 1


@pytest.mark.parametrize("waiting", [0, 2], ids=["no event", "events"])
@pytest.mark.parametrize("over_ms", [CLOCKS_AGREE_MS, 60_000])
async def test_nor_when_the_guid_is_no_longer_good_by_that_record(pair: NodePair, over_ms: int, waiting: int) -> None:
    await known(pair.one, *(event() for _ in range(waiting)))
    record = await pair.two.store.read(AGENT)
    pair.world.now_ms = LATER_MS
    await does_nothing(pair, record, until_ms=LATER_MS - over_ms)


@pytest.mark.parametrize("until_ms", [None, LATER_MS])
async def test_until_then_it_finds_what_there_is(pair: NodePair, until_ms: int | None) -> None:
    told = event()
    record = await known(pair.one, told)
    assert await look(pair.one, record, until_ms=until_ms) == Look(event=told)


async def test_a_change_back_is_no_reason_to_do_nothing_for_ever(pair: NodePair) -> None:
    """The record that a look brings is known from then on."""
    await known(pair.one)
    record = await pair.two.store.read(AGENT)
    await pair.one.store.apply(AGENT, counting())
    brought = (await look(pair.two, record)).record
    assert brought is not None
    assert pair.two.store.known(AGENT) == brought
    assert await look(pair.two, brought) == Look()


async def test_what_was_written_here_is_known_without_another_read(pair: NodePair) -> None:
    await known(pair.one)
    await pair.one.store.apply(AGENT, counting())
    record = pair.one.store.known(AGENT)
    assert record is not None
    assert await look(pair.one, record) == Look()


async def test_of_an_agent_who_was_never_asked_for_nothing_is_known(pair: NodePair) -> None:
    assert pair.one.store.known(AGENT) is None


async def test_a_poll_that_finds_an_event_does_not_end_one_that_waits_elsewhere(pair: NodePair) -> None:
    record = await known(pair.one)
    assert record.session is not None
    await claimed(pair.one, "a-1", record.session.id)
    await pair.one.queue.append(AGENT, record.session.id, [event()])
    found = await look(pair.two, await pair.two.store.read(AGENT), token="b-1", hold_ms=10_000)
    assert found.event is not None
    assert await displaced(pair.one) == []
