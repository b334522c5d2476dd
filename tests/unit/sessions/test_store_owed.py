"""Conformance of stores: ends owed to the backend, fingerprints of secrets (`gateway.sessions.store`)."""

from dataclasses import replace

from gateway.backend import End, EndReason
from gateway.sessions.store import Change, Rule
from tests.unit.sessions.node_pairs import START_MS, NodePair


def end(agent_id: int, at_ms: int = START_MS) -> End:
    return End(agent_id, f"{agent_id:032x}", EndReason.FORCED, at_ms, code=7)


def ending(*ends: End) -> Rule[None]:
    return lambda record: Change(None, replace(record, session=None), ends=ends)


async def test_ends_are_owed_oldest_first(pair: NodePair) -> None:
    first, second = end(102, START_MS + 1), end(101, START_MS + 2)
    await pair.one.store.apply(first.agent_id, ending(first))
    await pair.one.store.apply(second.agent_id, ending(second))
    assert await pair.two.store.owed(10) == [first, second]


async def test_owed_gives_no_more_than_asked_for(pair: NodePair) -> None:
    await pair.one.store.apply(101, ending(end(101), end(102)))
    assert len(await pair.one.store.owed(1)) == 1


async def test_an_end_noted_twice_is_owed_once(pair: NodePair) -> None:
    await pair.one.store.apply(101, ending(end(101)))
    await pair.two.store.apply(101, ending(end(101)))
    assert await pair.one.store.owed(10) == [end(101)]


async def test_a_paid_end_is_owed_no_more(pair: NodePair) -> None:
    await pair.one.store.apply(101, ending(end(101), end(102)))
    await pair.two.store.paid(end(101).session_id)
    assert await pair.one.store.owed(10) == [end(102)]


async def test_paying_twice_is_harmless(pair: NodePair) -> None:
    await pair.one.store.apply(101, ending(end(101)))
    await pair.one.store.paid(end(101).session_id)
    await pair.two.store.paid(end(101).session_id)
    assert await pair.one.store.owed(10) == []


async def test_ends_of_a_rule_that_changes_no_record_are_not_owed(pair: NodePair) -> None:
    await pair.one.store.apply(101, lambda _: Change(None, ends=(end(101),)))
    assert await pair.one.store.owed(10) == []


async def test_fingerprints_are_kept_for_all_nodes(pair: NodePair) -> None:
    await pair.one.store.key_fingerprints({"k1": "aa"})
    assert await pair.two.store.key_fingerprints({"k2": "bb"}) == {"k1": "aa", "k2": "bb"}


async def test_a_fingerprint_that_is_there_stays(pair: NodePair) -> None:
    await pair.one.store.key_fingerprints({"k1": "aa"})
    assert await pair.two.store.key_fingerprints({"k1": "other"}) == {"k1": "aa"}


async def test_dropped_fingerprints_go_before_others_are_added(pair: NodePair) -> None:
    await pair.one.store.key_fingerprints({"k1": "aa", "k2": "bb"})
    assert await pair.one.store.key_fingerprints({"k1": "new"}, drop=["k1", "k2"]) == {"k1": "new"}


async def test_fingerprints_can_be_read_alone(pair: NodePair) -> None:
    assert await pair.one.store.key_fingerprints({}) == {}
