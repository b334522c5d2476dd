"""Conformance of event queues (the contract in `gateway.sessions.store`)."""

from dataclasses import replace

import pytest

from gateway.sessions.model import Session
from gateway.sessions.store import Bounds, Change
from gateway.wire.envelope import Event
from tests.unit.sessions.node_pairs import NodePair, event, look, next_event, opening, session

AGENT = 101


async def signed_in(pair: NodePair, agent_id: int = AGENT) -> Session:
    opened = session()
    await pair.one.store.apply(agent_id, opening(opened))
    return opened


async def all_of(pair: NodePair, opened: Session) -> list[Event]:
    taken = []
    while (head := await pair.two.queue.head(AGENT, opened.id)) is not None:
        taken.append(head)
        await pair.two.queue.confirm(AGENT, opened.id, head.id)
    return taken


async def test_events_come_in_order(pair: NodePair) -> None:
    opened, events = await signed_in(pair), [event(b"1"), event(b"2\n\n"), event(b"")]
    await pair.one.queue.append(AGENT, opened.id, events[:2])
    await pair.two.queue.append(AGENT, opened.id, events[2:])
    assert await all_of(pair, opened) == events


async def test_an_empty_queue_has_no_head(pair: NodePair) -> None:
    opened = await signed_in(pair)
    assert await pair.one.queue.head(AGENT, opened.id) is None


async def test_an_event_stays_until_it_is_confirmed(pair: NodePair) -> None:
    opened, first = await signed_in(pair), event()
    await pair.one.queue.append(AGENT, opened.id, [first])
    assert await pair.one.queue.head(AGENT, opened.id) == first
    assert await pair.two.queue.head(AGENT, opened.id) == first


async def test_a_repeated_confirmation_takes_nothing_more(pair: NodePair) -> None:
    opened, first, second = await signed_in(pair), event(), event()
    await pair.one.queue.append(AGENT, opened.id, [first, second])
    await pair.one.queue.confirm(AGENT, opened.id, first.id)
    await pair.two.queue.confirm(AGENT, opened.id, first.id)
    assert await pair.one.queue.head(AGENT, opened.id) == second


async def test_only_the_oldest_event_can_be_confirmed(pair: NodePair) -> None:
    opened, first, second = await signed_in(pair), event(), event()
    await pair.one.queue.append(AGENT, opened.id, [first, second])
    await pair.one.queue.confirm(AGENT, opened.id, second.id)
    assert await pair.one.queue.depth(AGENT) == 2


async def test_confirming_in_an_empty_queue_is_harmless(pair: NodePair) -> None:
    opened = await signed_in(pair)
    await pair.one.queue.confirm(AGENT, opened.id, "0" * 16)
    assert await pair.one.queue.depth(AGENT) == 0


async def test_a_repeated_append_adds_nothing(pair: NodePair) -> None:
    opened, events = await signed_in(pair), [event(), event()]
    await pair.one.queue.append(AGENT, opened.id, events)
    assert await pair.two.queue.append(AGENT, opened.id, events) is True
    assert await pair.one.queue.depth(AGENT) == 2


async def test_an_append_repeated_after_the_event_was_confirmed_adds_nothing(pair: NodePair) -> None:
    opened, first = await signed_in(pair), event()
    await pair.one.queue.append(AGENT, opened.id, [first])
    await pair.one.queue.confirm(AGENT, opened.id, first.id)
    await pair.one.queue.append(AGENT, opened.id, [first])
    assert await pair.one.queue.depth(AGENT) == 0


async def test_an_event_for_a_session_that_is_over_is_refused(pair: NodePair) -> None:
    former = await signed_in(pair)
    await pair.one.store.apply(AGENT, opening(None))
    assert await pair.two.queue.append(AGENT, former.id, [event()]) is False


async def test_an_event_for_a_former_session_does_not_reach_the_new_one(pair: NodePair) -> None:
    former = await signed_in(pair)
    await signed_in(pair)
    assert await pair.two.queue.append(AGENT, former.id, [event()]) is False
    assert await pair.one.queue.depth(AGENT) == 0


async def test_the_former_session_reads_and_confirms_nothing_of_the_new_one(pair: NodePair) -> None:
    former, new, first = await signed_in(pair), await signed_in(pair), event()
    await pair.one.queue.append(AGENT, new.id, [first])
    assert await pair.two.queue.head(AGENT, former.id) is None
    await pair.two.queue.confirm(AGENT, former.id, first.id)
    assert await pair.one.queue.head(AGENT, new.id) == first


async def test_over_the_count_the_oldest_are_dropped_and_counted(pair: NodePair) -> None:
    pair.world.bounds = Bounds(2, 1000)
    opened, events = await signed_in(pair), [event() for _ in range(5)]
    await pair.one.queue.append(AGENT, opened.id, events[:3])
    await pair.one.queue.append(AGENT, opened.id, events[3:])
    assert await all_of(pair, opened) == events[3:]
    assert pair.world.dropped == [1, 2]


async def test_over_the_bytes_the_oldest_are_dropped_and_counted(pair: NodePair) -> None:
    pair.world.bounds = Bounds(100, 10)
    opened, events = await signed_in(pair), [event(b"12345"), event(b"12345"), event(b"1")]
    await pair.one.queue.append(AGENT, opened.id, events[:2])
    assert pair.world.dropped == []
    await pair.one.queue.append(AGENT, opened.id, events[2:])
    assert await all_of(pair, opened) == events[1:]
    assert pair.world.dropped == [1]


async def test_confirmed_bytes_make_room(pair: NodePair) -> None:
    pair.world.bounds = Bounds(100, 10)
    opened, events = await signed_in(pair), [event(b"1234567890"), event(b"1234567890")]
    await pair.one.queue.append(AGENT, opened.id, events[:1])
    await pair.one.queue.confirm(AGENT, opened.id, events[0].id)
    await pair.one.queue.append(AGENT, opened.id, events[1:])
    assert pair.world.dropped == []


@pytest.mark.parametrize("others", [0, 1], ids=["the last one", "one of two"])
async def test_bytes_that_a_look_confirms_make_room(pair: NodePair, others: int) -> None:
    pair.world.bounds = Bounds(100, 10)
    opened, events = await signed_in(pair), [event(b"12345"), event(b"12345")][: 1 + others]
    await pair.one.queue.append(AGENT, opened.id, events)
    found = await look(pair.two, session_id=opened.id, confirms=events[0].id, tells=True)
    assert found.event == (events[1] if others else None)
    await pair.one.queue.append(AGENT, opened.id, [event(b"12345")])
    assert pair.world.dropped == []
    await pair.one.queue.append(AGENT, opened.id, [event(b"123456")])
    assert pair.world.dropped == [1 + others]


async def test_one_event_over_the_bounds_is_kept(pair: NodePair) -> None:
    pair.world.bounds = Bounds(1, 3)
    opened, large = await signed_in(pair), event(b"123456")
    await pair.one.queue.append(AGENT, opened.id, [large])
    assert await pair.one.queue.head(AGENT, opened.id) == large


async def test_bounds_hold_for_the_events_of_a_change(pair: NodePair) -> None:
    pair.world.bounds = Bounds(1, 1000)
    await pair.one.store.apply(AGENT, opening(session(), event(), event()))
    assert pair.world.dropped == [1]


async def test_clearing_drops_the_events_of_the_session(pair: NodePair) -> None:
    opened = await signed_in(pair)
    await pair.one.queue.append(AGENT, opened.id, [event(), event()])
    await pair.two.queue.clear(AGENT, opened.id)
    assert await pair.one.queue.depth(AGENT) == 0


async def test_clearing_makes_room_for_as_many_bytes(pair: NodePair) -> None:
    pair.world.bounds = Bounds(100, 10)
    opened, later = await signed_in(pair), [event(b"12345"), event(b"12345")]
    await pair.one.queue.append(AGENT, opened.id, [event(b"1234567890")])
    await pair.one.queue.clear(AGENT, opened.id)
    await pair.one.queue.append(AGENT, opened.id, later)
    assert await all_of(pair, opened) == later


async def test_the_former_session_clears_nothing_of_the_new_one(pair: NodePair) -> None:
    former, new, first = await signed_in(pair), await signed_in(pair), event()
    await pair.one.queue.append(AGENT, new.id, [first])
    await pair.two.queue.clear(AGENT, former.id)
    assert await pair.one.queue.head(AGENT, new.id) == first


async def test_an_append_repeated_after_clearing_adds_nothing(pair: NodePair) -> None:
    opened, first = await signed_in(pair), event()
    await pair.one.queue.append(AGENT, opened.id, [first])
    await pair.one.queue.clear(AGENT, opened.id)
    await pair.two.queue.append(AGENT, opened.id, [first])
    assert await pair.one.queue.depth(AGENT) == 0


async def test_depth_counts_the_events_of_one_agent(pair: NodePair) -> None:
    opened = await signed_in(pair)
    await signed_in(pair, AGENT + 1)
    await pair.one.queue.append(AGENT, opened.id, [event(), event()])
    assert [await pair.two.queue.depth(agent) for agent in (AGENT, AGENT + 1)] == [2, 0]


async def test_the_next_event_to_send_is_the_oldest_and_stays_until_confirmed(pair: NodePair) -> None:
    opened, first, second = await signed_in(pair), event(), event()
    await pair.one.queue.append(AGENT, opened.id, [first, second])
    found = [await next_event(pair.one, opened.id, tells=True) for _ in range(2)]
    await pair.one.queue.confirm(AGENT, opened.id, first.id)
    assert [*found, await next_event(pair.one, opened.id, tells=True)] == [(first, 0), (first, 0), (second, 0)]


async def test_an_empty_queue_has_no_next_event(pair: NodePair) -> None:
    opened = await signed_in(pair)
    assert await next_event(pair.one, opened.id, tells=True) == (None, 0)


async def test_the_next_event_of_another_session_is_not_told(pair: NodePair) -> None:
    opened = await signed_in(pair)
    await pair.one.queue.append(AGENT, opened.id, [event()])
    assert await next_event(pair.one, "another", tells=True) == (None, 0)


async def test_a_session_keeps_the_newest_note_of_the_centre(pair: NodePair) -> None:
    opened, told = await signed_in(pair), event()
    assert await pair.one.queue.note(AGENT, opened.id) == b""
    assert await pair.one.queue.append(AGENT, opened.id, [told], b"1") is True
    assert await pair.one.queue.append(AGENT, opened.id, [], b"\n2\x00") is True
    await pair.one.queue.append(AGENT, opened.id, [event()])
    await pair.one.queue.clear(AGENT, opened.id)
    assert await pair.two.queue.note(AGENT, opened.id) == b"\n2\x00"
    await pair.two.queue.append(AGENT, opened.id, [], b"")
    assert await pair.one.queue.note(AGENT, opened.id) == b""


async def test_a_note_goes_with_its_session(pair: NodePair) -> None:
    former = await signed_in(pair)
    await pair.one.queue.append(AGENT, former.id, [], b"note")
    later = await signed_in(pair)
    assert await pair.one.queue.append(AGENT, former.id, [event()], b"late") is False
    assert [await pair.two.queue.note(AGENT, each.id) for each in (former, later)] == [b"", b""]


@pytest.mark.parametrize("events", [(), (event(),)])
async def test_a_session_keeps_the_note_that_it_was_opened_with(pair: NodePair, events: tuple[Event, ...]) -> None:
    opened = session()
    await pair.one.store.apply(
        AGENT, lambda record: Change(None, replace(record, session=opened), events, note=b"\n1\x00")
    )
    await pair.one.store.apply(AGENT, opening(opened, event()))
    assert await pair.two.queue.note(AGENT, opened.id) == b"\n1\x00"


async def test_a_note_alone_wakes_nobody(pair: NodePair) -> None:
    opened = await signed_in(pair)
    await pair.two.wakes_so_far()
    await pair.one.queue.append(AGENT, opened.id, [], b"note")
    assert await pair.two.wakes_so_far() == []


CALL = b'{"eventType":"AgentEvent_Ringing","content":%d}'
NOTE = b'{"eventType":"AgentOther_Note","content":%d}'
BULLETIN = b'{"eventType":"AgentOther_Bulletin","content":%d}'


async def test_a_full_queue_loses_texts_of_other_agents_before_anything_of_a_call(pair: NodePair) -> None:
    pair.world.bounds = Bounds(4, 1_000_000)
    opened = await signed_in(pair)
    calls = [event(CALL % number) for number in range(4)]
    await pair.one.queue.append(AGENT, opened.id, calls[:1])
    for number in range(200):
        await pair.one.queue.append(AGENT, opened.id, [event((NOTE, BULLETIN)[number % 2] % number)])
    newest = [event(NOTE % 998), event(NOTE % 999)]
    await pair.two.queue.append(AGENT, opened.id, [*newest, calls[1]])
    kept = [await pair.one.queue.head(AGENT, opened.id)]
    await pair.one.queue.append(AGENT, opened.id, [calls[2]])
    assert kept == calls[:1]
    await pair.two.queue.append(AGENT, opened.id, [calls[3]])
    assert await all_of(pair, opened) == calls


async def test_without_such_texts_a_full_queue_loses_the_oldest(pair: NodePair) -> None:
    pair.world.bounds = Bounds(2, 1_000_000)
    opened = await signed_in(pair)
    quoted = event(b'{"eventType":"AgentMediaEvent_DataRecved","content":"\\"eventType\\":\\"AgentOther_Note\\""}')
    events = [event(NOTE % 1), quoted, event(CALL % 1), event(CALL % 2)]
    await pair.one.queue.append(AGENT, opened.id, events)
    assert await all_of(pair, opened) == events[2:]


async def test_bytes_are_counted_right_after_texts_were_lost(pair: NodePair) -> None:
    pair.world.bounds = Bounds(100, 300)
    opened = await signed_in(pair)
    for number in range(20):
        await pair.one.queue.append(AGENT, opened.id, [event(NOTE % number)])
    calls = [event(CALL % number) for number in range(6)]
    await pair.one.queue.append(AGENT, opened.id, calls)
    assert await all_of(pair, opened) == calls
