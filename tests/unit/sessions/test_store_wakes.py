"""Conformance of stores: what wakes parked polls (the contract in `gateway.sessions.store`)."""

from gateway.sessions.store import Change
from tests.unit.sessions.houses import House, counting, event, opening, session

AGENT = 101


async def test_an_event_wakes_polls_on_every_node(house: House) -> None:
    opened = session()
    await house.one.store.apply(AGENT, opening(opened))
    await house.two.next_wake()
    await house.one.queue.append(AGENT, opened.id, [event()])
    assert await house.two.next_wake() == (AGENT, "")


async def test_the_event_of_a_change_wakes_polls(house: House) -> None:
    opened = session()
    await house.one.store.apply(AGENT, opening(opened))
    await house.two.next_wake()
    await house.one.store.apply(AGENT, opening(opened, event()))
    assert await house.two.next_wake() == (AGENT, "")


async def test_the_end_of_a_session_wakes_polls(house: House) -> None:
    await house.one.store.apply(AGENT, opening(session()))
    await house.two.next_wake()
    await house.one.store.apply(AGENT, opening(None))
    assert await house.two.next_wake() == (AGENT, "")


async def test_a_new_session_wakes_polls_of_the_former(house: House) -> None:
    await house.one.store.apply(AGENT, opening(session()))
    await house.two.next_wake()
    await house.one.store.apply(AGENT, opening(session()))
    assert await house.two.next_wake() == (AGENT, "")


async def test_a_change_without_events_wakes_nobody(house: House) -> None:
    await house.one.store.apply(AGENT, opening(session()))
    await house.two.next_wake()
    await house.one.store.apply(AGENT, counting())
    await house.one.store.apply(AGENT, lambda _: Change(None))
    assert await house.two.wakes_so_far() == []
