"""Conformance of stores: what wakes parked polls (the contract in `gateway.sessions.store`)."""

import pytest

from gateway.sessions.store import Change
from tests.unit.sessions.node_pairs import NodePair, counting, event, look, opening, session

AGENT = 101


async def test_an_event_wakes_polls_on_every_node(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    await pair.two.next_wake()
    await pair.one.queue.append(AGENT, opened.id, [event()])
    assert await pair.two.next_wake() == (AGENT, "")


async def test_the_event_of_a_change_wakes_polls(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    await pair.two.next_wake()
    await pair.one.store.apply(AGENT, opening(opened, event()))
    assert await pair.two.next_wake() == (AGENT, "")


async def test_the_end_of_a_session_wakes_polls(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    await pair.two.next_wake()
    await pair.one.store.apply(AGENT, opening(None))
    assert await pair.two.next_wake() == (AGENT, "")


async def test_a_new_session_wakes_polls_of_the_former(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    await pair.two.next_wake()
    await pair.one.store.apply(AGENT, opening(session()))
    assert await pair.two.next_wake() == (AGENT, "")


async def test_a_change_without_events_wakes_nobody(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    await pair.two.next_wake()
    await pair.one.store.apply(AGENT, counting())
    await pair.one.store.apply(AGENT, lambda _: Change(None))
    assert await pair.two.wakes_so_far() == []


async def test_an_event_behind_another_one_wakes_nobody(pair: NodePair) -> None:
    """Whoever waits has found the queue empty, and was woken by the first one."""
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened, event()))
    await pair.two.wakes_so_far()
    await pair.one.queue.append(AGENT, opened.id, [event()])
    assert await pair.two.wakes_so_far() == []


@pytest.mark.parametrize("by", ["a confirmation", "a look", "clearing"])
async def test_the_next_event_wakes_polls_once_the_queue_is_empty_again(pair: NodePair, by: str) -> None:
    opened, told = session(), event()
    await pair.one.store.apply(AGENT, opening(opened, told))
    if by == "a confirmation":
        await pair.two.queue.confirm(AGENT, opened.id, told.id)
    elif by == "a look":
        assert (await look(pair.two, session_id=opened.id, confirms=told.id)).event is None
    else:
        await pair.one.queue.clear(AGENT, opened.id)
    await pair.two.wakes_so_far()
    await pair.one.queue.append(AGENT, opened.id, [event(), event()])
    assert await pair.two.wakes_so_far() == [(AGENT, "")]


async def test_a_repeated_append_wakes_nobody_again(pair: NodePair) -> None:
    opened, told = session(), event()
    await pair.one.store.apply(AGENT, opening(opened))
    await pair.one.queue.append(AGENT, opened.id, [told])
    await pair.one.queue.confirm(AGENT, opened.id, told.id)
    await pair.two.wakes_so_far()
    await pair.one.queue.append(AGENT, opened.id, [told])
    assert await pair.two.wakes_so_far() == []
