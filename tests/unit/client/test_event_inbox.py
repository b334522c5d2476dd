"""Events that the program has not taken yet: in order, bounded, and an end that loses none."""

import asyncio

import pytest

from gateway.client.event import Ended, Event, Inbox
from tests.support.waiting import GENEROUS_S


def event(number: int) -> Event:
    return Event("AgentState_Ready", "101", number, None)


async def test_events_are_taken_in_their_order_and_waited_for() -> None:
    inbox = Inbox(10)
    taking = asyncio.gather(inbox.take(), inbox.take())
    first, second = event(1), event(2)
    await inbox.put(first)
    await inbox.put(second)
    async with asyncio.timeout(GENEROUS_S):
        assert list(await taking) == [first, second]


async def test_what_came_before_the_end_can_still_be_taken() -> None:
    inbox = Inbox(10)
    last = event(1)
    await inbox.put(last)
    await inbox.end()
    assert await inbox.take() is last
    with pytest.raises(Ended):
        await inbox.take()


async def test_of_two_ends_the_first_reason_counts_for_everybody_who_waits() -> None:
    inbox = Inbox(10)
    taking = [asyncio.create_task(inbox.take()) for _ in range(2)]
    await asyncio.sleep(0)
    await inbox.end(KeyError("first"))
    await inbox.end(ValueError("second"))
    found = await asyncio.gather(*taking, return_exceptions=True)
    assert [type(each) for each in found] == [KeyError, KeyError]


async def test_a_full_inbox_has_room_once_an_event_is_taken() -> None:
    inbox = Inbox(1)
    await inbox.put(event(1))
    assert inbox.is_full
    assert not await inbox.has_room(0)
    room = asyncio.create_task(inbox.has_room(GENEROUS_S))
    await inbox.take()
    assert await room
