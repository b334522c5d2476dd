"""Which processes are alive, while shards come and go."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.redis_store.link import RedisLink
from gateway.redis_store.processes import RedisPushNodes, ShardedPushNodes
from gateway.redis_store.shards import shard_tags
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS

LEASE_MS = 600_000


@pytest.fixture
async def links(server: Server) -> AsyncIterator[list[list[RedisLink]]]:
    """Those of two nodes to three shards."""
    tags = shard_tags(secrets.token_hex(8), 3)
    made = [[RedisLink(server.url, tag, GENEROUS_MS) for tag in tags] for _ in range(2)]
    await asyncio.gather(*(link.start() for of_node in made for link in of_node))
    yield made
    await asyncio.gather(*(link.close() for of_node in made for link in of_node))


@pytest.fixture
def nodes(links: list[list[RedisLink]]) -> list[ShardedPushNodes]:
    return [ShardedPushNodes([RedisPushNodes(link) for link in of_node]) for of_node in links]


async def test_each_hears_of_all_that_are_alive(nodes: list[ShardedPushNodes]) -> None:
    assert await nodes[0].alive("one", LEASE_MS) == {"one"}
    assert await nodes[1].alive("two", LEASE_MS) == {"one", "two"}


async def test_a_shard_out_of_reach_declares_nobody_dead(
    nodes: list[ShardedPushNodes], links: list[list[RedisLink]]
) -> None:
    await nodes[0].alive("one", LEASE_MS)
    await asyncio.gather(links[0][0].close(), links[1][0].close())
    await nodes[0].alive("one", LEASE_MS)
    assert await nodes[1].alive("two", LEASE_MS) == {"one", "two"}


async def test_a_shard_that_returns_empty_declares_nobody_dead(
    nodes: list[ShardedPushNodes], links: list[list[RedisLink]]
) -> None:
    await nodes[0].alive("one", LEASE_MS)
    await links[0][0].command("DEL", links[0][0].key("push", "alive"))
    assert await nodes[1].alive("two", LEASE_MS) == {"one", "two"}


async def test_who_leaves_is_gone_at_once(nodes: list[ShardedPushNodes]) -> None:
    await nodes[0].alive("one", LEASE_MS)
    await nodes[0].leave("one")
    assert await nodes[1].alive("two", LEASE_MS) == {"two"}


async def test_without_any_shard_nothing_is_known(nodes: list[ShardedPushNodes], links: list[list[RedisLink]]) -> None:
    await asyncio.gather(*(link.close() for link in links[0]))
    with pytest.raises(StoreUnavailable):
        await nodes[0].alive("one", LEASE_MS)
    with pytest.raises(StoreUnavailable):
        await nodes[0].leave("one")
