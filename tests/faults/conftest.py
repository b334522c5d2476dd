"""Sites on a Redis of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.servers import Server, Servers
from tests.support.site import Site, site

KIND = "valkey"
"""Comes with the test dependencies; what differs between kinds is proven where the stores are."""


@pytest.fixture
def redis_server(servers: Servers) -> Server:
    """A server of this test alone."""
    return servers.start(KIND)


@pytest.fixture
async def shared(tmp_path: Path, redis_server: Server) -> AsyncIterator[Site]:
    """A site whose nodes share a Redis."""
    async with site(tmp_path, {"REDIS_URL": redis_server.url}) as made:
        yield made


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Site]:
    """A site for one node, in memory."""
    async with site(tmp_path) as made:
        yield made
