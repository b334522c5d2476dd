"""Conformance of stores: one look of a poll, all of it in one step (the contract in `gateway.sessions.store`)."""

from typing import Any

import pytest

from gateway.sessions.model import Record
from gateway.sessions.store import Look, Looking
from tests.unit.sessions.houses import (
    AGENT,
    START_MS,
    House,
    Node,
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


async def test_it_finds_the_oldest_event_which_stays(house: House) -> None:
    first, second = event(), event()
    record = await known(house.one, first, second)
    assert [(await look(house.one, record)).event for _ in range(2)] == [first, first]


async def test_it_confirms_one_event_and_finds_the_next(house: House) -> None:
    first, second = event(b"12345"), event()
    record = await known(house.one, first, second)
    assert (await look(house.one, record, confirms=first.id)).event == second
    assert await house.two.queue.depth(AGENT) == 1


async def test_a_repeated_look_confirms_nothing_more(house: House) -> None:
    first, second = event(), event()
    record = await known(house.one, first, second)
    found = [(await look(house.one, record, confirms=first.id)).event for _ in range(2)]
    assert (found, await house.one.queue.depth(AGENT)) == ([second, second], 1)


async def test_it_confirms_the_oldest_event_only(house: House) -> None:
    first, second = event(), event()
    record = await known(house.one, first, second)
    assert (await look(house.one, record, confirms=second.id)).event == first
    assert await house.one.queue.depth(AGENT) == 2


async def test_it_takes_no_event_of_another_session(house: House) -> None:
    first = event()
    record = await known(house.one, first)
    assert (await look(house.one, record, session_id="another", confirms=first.id)).event is None
    assert await house.one.queue.depth(AGENT) == 1


async def does_nothing(house: House, record: Record, until_ms: int | None = None) -> None:
    """A look at the second node by this record, which is to confirm, to mark and to claim; the first one saw events."""
    assert record.session is not None
    session_id, now = record.session.id, await house.one.store.read(AGENT)
    first = await house.one.queue.head(AGENT, session_id)
    depth = await house.one.queue.depth(AGENT)
    found = await look(
        house.two,
        record,
        until_ms=until_ms,
        confirms=first.id if first is not None else "",
        tells=True,
        token="b-1",
        hold_ms=10_000,
    )
    assert found == Look(record=now)
    assert await house.one.queue.depth(AGENT) == depth
    if first is not None:
        assert await next_event(house.one, session_id, tells=False) == (first, 0)
    assert await claimed(house.one, "a-2", session_id) == 0
    assert await displaced(house.two) == []


@pytest.mark.parametrize("waiting", [0, 2], ids=["no event", "events"])
async def test_where_the_record_is_another_one_nothing_is_done(house: House, waiting: int) -> None:
    await known(house.one, *(event() for _ in range(waiting)))
    record = await house.two.store.read(AGENT)
    await house.one.store.apply(AGENT, counting())
    await does_nothing(house, record)


async def test_nor_where_the_session_is_over(house: House) -> None:
    await known(house.one)
    record = await house.two.store.read(AGENT)
    await house.one.store.apply(AGENT, opening(None))
    await does_nothing(house, record)


async def test_nor_for_a_former_session_on_the_events_of_the_new_one(house: House) -> None:
    await known(house.one)
    record, told = await house.two.store.read(AGENT), event()
    await known(house.one, told)
    assert (await look(house.two, record, confirms=told.id)).record == await house.one.store.read(AGENT)
    assert await house.one.queue.depth(AGENT) == 1


@pytest.mark.parametrize("waiting", [0, 2], ids=["no event", "events"])
@pytest.mark.parametrize("over_ms", [CLOCKS_AGREE_MS, 60_000])
async def test_nor_when_the_guid_is_no_longer_good_by_that_record(house: House, over_ms: int, waiting: int) -> None:
    await known(house.one, *(event() for _ in range(waiting)))
    record = await house.two.store.read(AGENT)
    house.world.now_ms = LATER_MS
    await does_nothing(house, record, until_ms=LATER_MS - over_ms)


@pytest.mark.parametrize("until_ms", [None, LATER_MS])
async def test_until_then_it_finds_what_there_is(house: House, until_ms: int | None) -> None:
    told = event()
    record = await known(house.one, told)
    assert await look(house.one, record, until_ms=until_ms) == Look(event=told)


async def test_a_change_back_is_no_reason_to_do_nothing_for_ever(house: House) -> None:
    """The record that a look brings is known from then on."""
    await known(house.one)
    record = await house.two.store.read(AGENT)
    await house.one.store.apply(AGENT, counting())
    brought = (await look(house.two, record)).record
    assert brought is not None
    assert house.two.store.known(AGENT) == brought
    assert await look(house.two, brought) == Look()


async def test_what_was_written_here_is_known_without_another_read(house: House) -> None:
    await known(house.one)
    await house.one.store.apply(AGENT, counting())
    record = house.one.store.known(AGENT)
    assert record is not None
    assert await look(house.one, record) == Look()


async def test_of_an_agent_who_was_never_asked_for_nothing_is_known(house: House) -> None:
    assert house.one.store.known(AGENT) is None


async def test_a_poll_that_finds_an_event_does_not_end_one_that_waits_elsewhere(house: House) -> None:
    record = await known(house.one)
    assert record.session is not None
    await claimed(house.one, "a-1", record.session.id)
    await house.one.queue.append(AGENT, record.session.id, [event()])
    found = await look(house.two, await house.two.store.read(AGENT), token="b-1", hold_ms=10_000)
    assert found.event is not None
    assert await displaced(house.one) == []
