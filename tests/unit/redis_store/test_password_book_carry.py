"""Chosen passwords outlast a change of STORE_SHARDS."""

import secrets
from collections.abc import Sequence

from gateway.agents.password_book import Password, PasswordBook
from gateway.agents.registry import Agent
from gateway.redis_store.link import RedisLink
from gateway.redis_store.password_book import RedisPasswordBook, ShardedPasswordBook, carry_passwords
from tests.unit.agents.samples import HASH

AGENTS = [Agent(agent_id, f"account{agent_id}", password_hash=HASH) for agent_id in range(101, 121)]


async def choose(book: PasswordBook) -> list[Password]:
    """Every agent chooses a password; what is in force then."""
    for agent in AGENTS:
        assert await book.replace(agent, await book.password(agent), f"hash-{secrets.token_hex(4)}")
    return [await book.password(agent) for agent in AGENTS]


def over(links: Sequence[RedisLink]) -> ShardedPasswordBook:
    return ShardedPasswordBook([RedisPasswordBook(link) for link in links])


async def test_they_are_found_in_more_shards_than_before(shard_links: Sequence[RedisLink]) -> None:
    chosen = await choose(RedisPasswordBook(shard_links[0]))
    await carry_passwords(shard_links[:1], shard_links)
    assert [await over(shard_links).password(agent) for agent in AGENTS] == chosen


async def test_they_are_found_in_fewer_shards_than_before(shard_links: Sequence[RedisLink]) -> None:
    chosen = await choose(over(shard_links))
    await carry_passwords(shard_links, shard_links[:2])
    assert [await over(shard_links[:2]).password(agent) for agent in AGENTS] == chosen


async def test_the_last_ones_hold_after_there_and_back(shard_links: Sequence[RedisLink]) -> None:
    await choose(RedisPasswordBook(shard_links[0]))
    await carry_passwords(shard_links[:1], shard_links)
    chosen = await choose(over(shard_links))
    await carry_passwords(shard_links, shard_links[:1])
    assert [await RedisPasswordBook(shard_links[0]).password(agent) for agent in AGENTS] == chosen


async def test_twice_is_as_good_as_once(shard_links: Sequence[RedisLink]) -> None:
    chosen = await choose(RedisPasswordBook(shard_links[0]))
    await carry_passwords(shard_links[:1], shard_links)
    await carry_passwords(shard_links[:1], shard_links)
    assert [await over(shard_links).password(agent) for agent in AGENTS] == chosen


async def test_one_chosen_where_another_node_was_faster_stays(shard_links: Sequence[RedisLink]) -> None:
    await choose(RedisPasswordBook(shard_links[0]))
    await carry_passwords(shard_links[:1], shard_links[1:])
    chosen = await choose(over(shard_links[1:]))
    await carry_passwords(shard_links[:1], shard_links[1:])
    assert [await over(shard_links[1:]).password(agent) for agent in AGENTS] == chosen
