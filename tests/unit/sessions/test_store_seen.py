"""Conformance of stores: when sessions were last seen (the contract in `gateway.sessions.store`)."""

from dataclasses import replace

from gateway.sessions.model import Record
from gateway.sessions.store import Change, Rule, Seen
from tests.unit.sessions.node_pairs import START_MS, NodePair, counting, opening, session

AGENT = 101
LATER = START_MS + 60_000


def ending_if_silent_since(since_ms: int) -> Rule[str]:
    return lambda record: Change("ended", replace(record, session=None), silent_since_ms=since_ms)


async def test_a_new_session_counts_as_seen_when_it_opens(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    assert await pair.two.store.live() == [Seen(AGENT, opened.id, START_MS, False)]


async def test_a_request_moves_the_time_forward(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    assert [seen.seen_ms for seen in await pair.one.store.live()] == [LATER]


async def test_what_is_noted_is_written_when_a_node_closes(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    await pair.one.store.close()
    assert [seen.seen_ms for seen in await pair.two.store.live()] == [LATER]


async def test_a_late_note_of_another_node_does_not_move_the_time_back(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.two.store.note_seen(AGENT, opened.id, push=False)
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    await pair.one.store.live()
    assert [seen.seen_ms for seen in await pair.two.store.live()] == [LATER]


async def test_a_note_makes_no_session(pair: NodePair) -> None:
    pair.one.store.note_seen(AGENT, "c" * 32, push=False)
    assert await pair.one.store.live() == []


async def test_a_note_of_an_ended_session_does_not_bring_it_back(pair: NodePair) -> None:
    former = session()
    await pair.one.store.apply(AGENT, opening(former))
    await pair.one.store.apply(AGENT, opening(None))
    pair.one.store.note_seen(AGENT, former.id, push=False)
    assert await pair.one.store.live() == []


async def test_a_note_of_the_former_session_does_not_count_for_the_new_one(pair: NodePair) -> None:
    former, new = session(), session()
    await pair.one.store.apply(AGENT, opening(former))
    await pair.one.store.apply(AGENT, opening(new))
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, former.id, push=False)
    assert await pair.one.store.live() == [Seen(AGENT, new.id, START_MS, False)]


async def test_a_change_within_a_session_is_no_request(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    pair.world.now_ms = LATER
    await pair.one.store.apply(AGENT, counting())
    assert [seen.seen_ms for seen in await pair.one.store.live()] == [START_MS]


async def test_silent_sessions_come_longest_silent_first(pair: NodePair) -> None:
    for agent, at in ((101, 300), (102, 100), (103, 200)):
        pair.world.now_ms = START_MS + at
        await pair.one.store.apply(agent, opening(session(push=agent == 103)))
    before = START_MS + 1000
    assert [seen.agent_id for seen in await pair.two.store.silent(before, before, 10)] == [102, 103, 101]


async def test_silent_gives_no_more_than_asked_for(pair: NodePair) -> None:
    for agent in (101, 102, 103):
        await pair.one.store.apply(agent, opening(session(push=agent == 102)))
    assert len(await pair.one.store.silent(LATER, LATER, 2)) == 2


async def test_each_mode_has_its_own_limit(pair: NodePair) -> None:
    await pair.one.store.apply(101, opening(session(push=False)))
    await pair.one.store.apply(102, opening(session(push=True)))
    assert [seen.agent_id for seen in await pair.one.store.silent(LATER, START_MS, 10)] == [101]
    assert [seen.agent_id for seen in await pair.one.store.silent(START_MS, LATER, 10)] == [102]


async def test_a_session_seen_at_the_limit_is_not_silent(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    assert await pair.one.store.silent(START_MS, START_MS, 10) == []


async def test_a_session_noted_in_push_mode_is_measured_in_push_mode(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.one.store.note_seen(AGENT, opened.id, push=True)
    assert [seen.push for seen in await pair.one.store.live()] == [True]


async def test_a_guarded_change_holds_for_a_session_silent_since(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    assert await pair.two.store.apply(AGENT, ending_if_silent_since(START_MS)) == "ended"
    assert (await pair.one.store.read(AGENT)).session is None


async def test_a_guarded_change_does_not_hold_for_a_session_seen_since(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    await pair.one.store.live()
    assert await pair.two.store.apply(AGENT, ending_if_silent_since(START_MS)) is None
    assert await pair.one.store.read(AGENT) == Record(AGENT, opened)


async def test_a_guarded_change_heeds_what_this_node_has_just_noted(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.world.now_ms = LATER
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    assert await pair.one.store.apply(AGENT, ending_if_silent_since(LATER - 1)) is None


async def test_a_guard_without_a_record_answers_whether_it_holds(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    assert await pair.one.store.apply(AGENT, lambda _: Change("silent", silent_since_ms=START_MS)) == "silent"
    assert await pair.one.store.apply(AGENT, lambda _: Change("silent", silent_since_ms=START_MS - 1)) is None


async def test_live_sessions_of_both_modes_are_counted_over_all_nodes(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    await pair.two.store.apply(AGENT + 1, opening(session(push=True)))
    await pair.one.store.apply(AGENT + 2, opening(session()))
    await pair.one.store.apply(AGENT + 2, opening(None))
    assert await pair.one.store.count() == 2
