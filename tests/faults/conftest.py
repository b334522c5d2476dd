"""Sites on a Redis of their own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from gateway.sessions.guid import new_secret_line
from tests.support.desk import PREFIX, Desk, Line
from tests.support.farm import agents_from_afar
from tests.support.gateway import Gateway, GatewayProcess, running_gateway
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, Servers
from tests.support.site import Site, site

KIND = "valkey"
"""Comes with the test dependencies; what differs between kinds is proven where the stores are."""


async def signed_in(node: Gateway | GatewayProcess, agent_id: int = 101) -> Desk:
    """A desktop of this node, signed in."""
    desk = node.desk(agent_id)
    assert (await desk.sign_in()).retcode == "0"
    return desk


async def parked_poll(node: GatewayProcess, agent_id: int = 101) -> Line:
    """A connection with a poll on it that is held."""
    desk = await signed_in(node, agent_id)
    line = await Line.open(node.port)
    for _ in range(2):
        assert "event" in (await desk.poll(line=line)).json
    await line.send("GET", f"{PREFIX}/agentevent/{agent_id}", {"guid": desk.guid}, b"")
    # The poll reached the node before this call, and is parked by the time it is answered.
    assert (await desk.status()).retcode == "0"
    return line


async def refuses(port: int) -> bool:
    """True when nobody accepts connections there."""
    try:
        line = await Line.open(port)
    except ConnectionRefusedError:
        return True
    await line.close()
    return False


@pytest.fixture
def redis_server(servers: Servers) -> Server:
    """A server of this test alone."""
    return servers.start(KIND)


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Gateway]:
    """The contact centre behind the nodes of a test. It verifies passwords at once."""
    folder = tmp_path / "centre"
    folder.mkdir()
    async with centre_here({"AGENTS_FILE": str(agents_from_afar(folder))}) as made:
        yield made


@pytest.fixture
async def shared(tmp_path: Path, redis_server: Server, centre: Gateway) -> AsyncIterator[Site]:
    """A site whose nodes share a Redis, and the contact centre behind them."""
    async with site(tmp_path, {"REDIS_URL": redis_server.url, **before(centre)}) as made:
        yield made


@pytest.fixture
async def alone_on_redis(tmp_path: Path, redis_server: Server) -> AsyncIterator[Site]:
    """A site for one node that has its contact centre in it and its sessions in Redis."""
    async with site(tmp_path, {"REDIS_URL": redis_server.url}) as made:
        yield made


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Site]:
    """A site for one node, in memory."""
    async with site(tmp_path) as made:
        yield made


@dataclass(frozen=True)
class Pair:
    """Two nodes in this process on one Redis, before one contact centre."""

    first: Gateway
    second: Gateway
    centre: Gateway

    @property
    def nodes(self) -> tuple[Gateway, Gateway]:
        return self.first, self.second


Pairs = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Pair]]


@pytest.fixture
def common(shared_server: Callable[[str], Server], tmp_path: Path, centre: Gateway) -> dict[str, str]:
    """Settings of nodes that share a store, and a contact centre, of this test alone."""
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    return {
        "REDIS_URL": shared_server(KIND).url,
        "STORE_TAG": f"pair-{token_hex(8)}",
        "GUID_SECRET_FILE": str(secret),
        **before(centre),
    }


@pytest.fixture
def pairs(common: dict[str, str], centre: Gateway) -> Pairs:
    """Makes pairs with these settings, in a store of this test alone."""

    @asynccontextmanager
    async def pair(settings: Mapping[str, str]) -> AsyncIterator[Pair]:
        async with (
            running_gateway({**common, **settings, "NODE_NAME": "NodeA"}) as first,
            running_gateway({**common, **settings, "NODE_NAME": "NodeB"}) as second,
        ):
            yield Pair(first, second, centre)

    return pair
