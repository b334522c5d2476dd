import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.redis_store.link import RedisLink
from gateway.redis_store.shards import shard_tags
from tests.conftest import Shared
from tests.support.waiting import GENEROUS_MS


@pytest.fixture
def server_url(shared_server: Shared) -> str:
    return shared_server("valkey").url


@pytest.fixture
async def link(server_url: str) -> AsyncIterator[RedisLink]:
    """A link under a tag of its own, so that tests do not meet."""
    made = RedisLink(server_url, secrets.token_hex(8), GENEROUS_MS)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def shard_links(server_url: str) -> AsyncIterator[list[RedisLink]]:
    """Links to four shards under a tag of their own."""
    made = [RedisLink(server_url, tag, GENEROUS_MS) for tag in shard_tags(secrets.token_hex(8), 4)]
    await asyncio.gather(*(link.start() for link in made))
    yield made
    await asyncio.gather(*(link.close() for link in made))
