"""Sites on a Redis of their own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from gateway.sessions.secret_file import new_secret_line
from tests.support.gateway import Gateway, running_gateway
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


@dataclass(frozen=True)
class Pair:
    """Two nodes in this process on one Redis."""

    first: Gateway
    second: Gateway

    @property
    def nodes(self) -> tuple[Gateway, Gateway]:
        return self.first, self.second


Pairs = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Pair]]


@pytest.fixture
def common(shared_server: Callable[[str], Server], tmp_path: Path) -> dict[str, str]:
    """Settings of nodes that share a store of this test alone."""
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    return {
        "REDIS_URL": shared_server(KIND).url,
        "STORE_TAG": f"pair-{token_hex(8)}",
        "GUID_SECRET_FILE": str(secret),
    }


@pytest.fixture
def pairs(common: dict[str, str]) -> Pairs:
    """Makes pairs with these settings, in a store of this test alone."""

    @asynccontextmanager
    async def pair(settings: Mapping[str, str]) -> AsyncIterator[Pair]:
        async with (
            running_gateway({**common, **settings, "NODE_NAME": "NodeA"}) as first,
            running_gateway({**common, **settings, "NODE_NAME": "NodeB"}) as second,
        ):
            yield Pair(first, second)

    return pair
