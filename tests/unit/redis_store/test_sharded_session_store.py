"""What shards change of a store: each is out of reach by itself, with a time and outages of its own."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import pytest

from gateway.backend import End, EndReason
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.redis_store.shards import shard_of, shard_tags
from gateway.sessions.store import Bounds, Change, Rule, SessionStore, over_shards
from gateway.wire.errors import StoreUnavailable
from tests.conftest import Shared
from tests.support.waiting import GENEROUS_MS
from tests.unit.sessions.node_pairs import START_MS, opening, session

AWAY, THERE = 101, 102
NOW_MS = (1_000_000, 2_000_000, 3_000_000, 4_000_000)


@dataclass
class Four:
    """A store of four shards, each under a clock of its own."""

    links: list[RedisLink]
    store: ShardedSessionStore

    async def lose(self, agent_id: int) -> None:
        """The shard of this agent goes away."""
        await self.links[shard_of(agent_id, 4)].close()


@pytest.fixture
async def four(shared_server: Shared) -> AsyncIterator[Four]:
    url = shared_server("valkey").url
    links = [RedisLink(url, tag, GENEROUS_MS) for tag in shard_tags(secrets.token_hex(8), 4)]
    await asyncio.gather(*(link.start() for link in links))
    stores = [
        RedisSessionStore(link, lambda: Bounds(10, 10_000), clock=partial(int, now))
        for link, now in zip(links, NOW_MS, strict=True)
    ]
    yield Four(links, ShardedSessionStore(stores))
    await asyncio.gather(*(store.close() for store in stores))
    await asyncio.gather(*(link.close() for link in links))


def owing(end: End) -> Rule[None]:
    return lambda record: Change(None, record, ends=(end,))


async def test_agents_of_a_shard_out_of_reach_are_alone_with_it(four: Four) -> None:
    for agent_id in (AWAY, THERE):
        await four.store.apply(agent_id, opening(session()), durable=True)
    await four.lose(AWAY)
    with pytest.raises(StoreUnavailable):
        await four.store.read(AWAY)
    assert (await four.store.read(THERE)).session is not None


async def test_an_agent_has_the_time_of_its_shard(four: Four) -> None:
    assert [four.store.shard_of(agent_id).now_ms() for agent_id in (THERE, AWAY)] == [NOW_MS[0], NOW_MS[1]]


async def test_where_no_agent_is_named_the_time_is_that_of_the_first_shard(four: Four) -> None:
    assert four.store.now_ms() == NOW_MS[0]


async def test_an_agent_has_the_outages_of_its_shard_alone(four: Four) -> None:
    link = four.links[shard_of(AWAY, 4)]
    await link.command("HSET", link.key("fence"), "outages", "1000-5000")
    await asyncio.sleep(0.1)
    await link.command("PING")
    assert [len(four.store.shard_of(agent_id).outages()) for agent_id in (AWAY, THERE)] == [1, 0]
    assert len(four.store.outages()) == 1


@pytest.mark.parametrize("asked", ["live", "count"])
async def test_what_concerns_all_agents_needs_all_shards(four: Four, asked: str) -> None:
    await four.lose(AWAY)
    with pytest.raises(StoreUnavailable):
        await getattr(four.store, asked)()


async def test_all_sessions_are_listed(four: Four) -> None:
    for agent_id in range(101, 121):
        await four.store.apply(agent_id, opening(session()))
    assert {seen.agent_id for seen in await four.store.live()} == set(range(101, 121))
    assert await four.store.count() == 20


async def test_the_longest_silent_of_all_shards_come_first_and_no_more_than_asked_for(four: Four) -> None:
    for agent_id in range(101, 121):
        await four.store.apply(agent_id, opening(session()))
    found = await four.store.silent(10**13, 10**13, 7)
    all_ = await four.store.silent(10**13, 10**13, 100)
    assert list(found) == list(all_)[:7]
    assert [seen.seen_ms for seen in all_] == sorted(seen.seen_ms for seen in all_)


async def test_the_oldest_owed_ends_of_all_shards_come_first_and_are_paid_without_an_agent(four: Four) -> None:
    for late, agent_id in enumerate((103, 101, 102)):
        await four.store.apply(agent_id, owing(End(agent_id, f"session{agent_id}", EndReason.IDLE, START_MS + late)))
    assert [end.agent_id for end in await four.store.owed(2)] == [103, 101]
    await four.store.paid("session103")
    assert [end.agent_id for end in await four.store.owed(5)] == [101, 102]


async def test_every_shard_knows_every_key(four: Four) -> None:
    assert await four.store.key_fingerprints({"k1": "print"}) == {"k1": "print"}
    assert [await shard.key_fingerprints({}) for shard in four.store.shards()] == [{"k1": "print"}] * 4


async def test_work_over_shards_is_done_on_all_that_are_in_reach(four: Four) -> None:
    for agent_id in (AWAY, THERE):
        await four.store.apply(agent_id, opening(session()))
    await four.lose(AWAY)
    counted = []

    async def count(shard: SessionStore) -> None:
        counted.append(await shard.count())

    with pytest.raises(StoreUnavailable):
        await over_shards(four.store, count)
    assert sorted(counted) == [0, 0, 1]


async def test_a_fault_is_told_rather_than_an_outage(four: Four) -> None:
    await four.lose(AWAY)

    async def work(shard: SessionStore) -> None:
        await shard.count()
        if shard is four.store.shard_of(THERE):
            raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        await over_shards(four.store, work)
