"""Conformance of stores: what wakes parked polls (the contract in `gateway.sessions.store`)."""

from gateway.sessions.store import Change
from tests.unit.sessions.node_pairs import NodePair, counting, event, opening, session

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
