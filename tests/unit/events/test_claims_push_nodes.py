"""Which processes are alive, in memory and in Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.events.claims import OneProcess
from gateway.redis_store.link import RedisLink
from gateway.redis_store.processes import RedisPushNodes
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS

LEASE_MS = 600_000


@pytest.fixture
async def nodes(server: Server) -> AsyncIterator[list[RedisPushNodes]]:
    """Two nodes on one store."""
    tag = secrets.token_hex(8)
    links = [RedisLink(server.url, tag, GENEROUS_MS) for _ in range(2)]
    for link in links:
        await link.start()
    yield [RedisPushNodes(link) for link in links]
    for link in links:
        await link.close()


async def test_in_memory_there_is_no_other_process() -> None:
    assert await OneProcess().alive("one", LEASE_MS) == {"one"}


async def test_each_hears_of_all_that_are_alive(nodes: list[RedisPushNodes]) -> None:
    assert await nodes[0].alive("one", LEASE_MS) == {"one"}
    assert await nodes[1].alive("two", LEASE_MS) == {"one", "two"}


async def test_who_has_not_spoken_for_a_lease_is_dead(nodes: list[RedisPushNodes]) -> None:
    await nodes[0].alive("one", 30)
    await asyncio.sleep(0.05)
    assert await nodes[1].alive("two", LEASE_MS) == {"two"}


async def test_who_leaves_is_gone_at_once(nodes: list[RedisPushNodes]) -> None:
    await nodes[0].alive("one", LEASE_MS)
    await nodes[0].leave("one")
    assert await nodes[1].alive("two", LEASE_MS) == {"two"}
