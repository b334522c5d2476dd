"""Conformance of stores: records and their changes (the contract in `gateway.sessions.store`)."""

import asyncio
from dataclasses import replace

import pytest

from gateway.backend import EndReason
from gateway.sessions.model import Record, Reservation, Superseded, Tombstone
from gateway.sessions.store import Change
from gateway.wire import retcodes
from gateway.wire.errors import Refused
from tests.unit.sessions.node_pairs import START_MS, Node, NodePair, counting, event, opening, session

AGENT = 101


async def test_an_agent_without_a_record_has_an_empty_one(pair: NodePair) -> None:
    assert await pair.one.store.read(AGENT) == Record(AGENT)


async def test_a_change_is_read_on_every_node(pair: NodePair) -> None:
    record = Record(
        AGENT,
        replace(session(), number=2, superseded=(Superseded(1, START_MS, START_MS + 1),), client="desk \u00e9\u4e2d"),
        reservation=Reservation("token", START_MS),
        tombstones=(Tombstone("b" * 32, "node1", "k0", 3, START_MS, EndReason.TAKEN_OVER),),
    )
    await pair.one.store.apply(AGENT, lambda _: Change(None, record))
    assert await pair.two.store.read(AGENT) == record


async def test_a_rule_sees_the_record_as_it_is_now(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    seen = await pair.two.store.apply(AGENT, lambda record: Change(record.session))
    assert seen == opened


async def test_the_outcome_of_the_rule_is_answered(pair: NodePair) -> None:
    assert await pair.one.store.apply(AGENT, lambda _: Change("outcome")) == "outcome"


async def test_a_rule_without_a_record_changes_nothing(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, lambda _: Change("looked"))
    assert await pair.two.store.read(AGENT) == Record(AGENT)


async def test_a_rule_that_raises_changes_nothing(pair: NodePair) -> None:
    def refuse(_: Record) -> Change[None]:
        raise Refused(retcodes.ALREADY_SIGNED_IN)

    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    with pytest.raises(Refused):
        await pair.one.store.apply(AGENT, refuse)
    assert await pair.two.store.read(AGENT) == Record(AGENT, opened)


async def test_known_spares_a_read_but_never_overwrites_what_came_between(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    known = await pair.one.store.read(AGENT)
    await pair.two.store.apply(AGENT, counting())
    assert await pair.one.store.apply(AGENT, counting(), known=known) == 2


async def test_a_record_made_by_the_caller_is_no_reason_to_overwrite(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    assert await pair.one.store.apply(AGENT, counting(), known=Record(AGENT, session())) == 1


async def test_changes_at_the_same_moment_all_count(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))

    async def count(node: Node) -> int:
        number = await node.store.apply(AGENT, counting())
        return number or 0

    outcomes = await asyncio.gather(*(count(node) for node in (pair.one, pair.two) for _ in range(25)))
    assert sorted(outcomes) == list(range(1, 51))


async def test_of_changes_at_the_same_moment_that_exclude_each_other_one_is_made(pair: NodePair) -> None:
    def reserve(record: Record) -> Change[bool]:
        if record.reservation is not None:
            return Change(False)
        return Change(True, replace(record, reservation=Reservation("token", START_MS)))

    async def reserved(node: Node) -> bool:
        outcome = await node.store.apply(AGENT, reserve)
        return bool(outcome)

    outcomes = await asyncio.gather(*(reserved(node) for node in (pair.one, pair.two) for _ in range(10)))
    assert outcomes.count(True) == 1


async def test_agents_do_not_meet(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    await pair.one.store.apply(AGENT + 1, opening(session()))
    assert (await pair.one.store.read(AGENT)).session == opened


async def test_a_durable_change_needs_no_replica_where_there_is_none(pair: NodePair) -> None:
    opened = session()
    assert await pair.one.store.apply(AGENT, opening(opened), durable=True) == "done"
    assert (await pair.two.store.read(AGENT)).session == opened


async def test_a_new_session_starts_with_its_own_events_only(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session(), event()))
    new, first = session(), event(b'{"first":1}')
    await pair.one.store.apply(AGENT, opening(new, first))
    assert await pair.two.queue.head(AGENT, new.id) == first
    assert await pair.two.queue.depth(AGENT) == 1


async def test_a_change_within_a_session_keeps_its_queue(pair: NodePair) -> None:
    opened, first = session(), event()
    await pair.one.store.apply(AGENT, opening(opened, first))
    await pair.one.store.apply(AGENT, counting())
    assert await pair.one.queue.head(AGENT, opened.id) == first


async def test_events_of_a_change_made_twice_are_in_the_queue_once(pair: NodePair) -> None:
    opened, first = session(), event()
    await pair.one.store.apply(AGENT, opening(opened, first))
    await pair.two.store.apply(AGENT, opening(opened, first))
    assert await pair.one.queue.depth(AGENT) == 1


async def test_an_ended_session_leaves_no_events(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session(), event()))
    await pair.one.store.apply(AGENT, opening(None))
    assert await pair.two.queue.depth(AGENT) == 0


async def test_a_store_in_reach_had_no_outage(pair: NodePair) -> None:
    assert pair.one.store.outages() == ()
