import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import pytest

from gateway.redis_store.fence_and_seal import UNGUARDED, Division
from gateway.redis_store.link import RedisLink
from tests.support.servers import Server, Servers
from tests.support.waiting import GENEROUS_MS


class Links(Protocol):
    """Makes started links; those of one test share a tag."""

    async def __call__(
        self, url: str, timeout_ms: int = GENEROUS_MS, *, division: Division = UNGUARDED
    ) -> RedisLink: ...


@dataclass(frozen=True)
class Pair:
    """A primary with one replica that has all its data. Whoever freezes the replica thaws it."""

    primary: Server
    replica: Server


@pytest.fixture(scope="session")
def replicated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Pair]]:
    """The pair of a kind, started when first asked for."""
    servers = Servers(tmp_path_factory.mktemp("pairs"))
    running: dict[str, Pair] = {}

    def get(kind: str) -> Pair:
        if kind not in running:
            primary = servers.start(kind)
            running[kind] = Pair(primary, servers.start(kind, primary.replica_options))
        return running[kind]

    yield get
    servers.end()


@pytest.fixture
def pair(kind: str, replicated: Callable[[str], Pair]) -> Iterator[Pair]:
    """The pair of this kind."""
    made = replicated(kind)
    made.primary.wait_for_replicas(1)
    yield made
    made.replica.thaw()


@asynccontextmanager
async def _started(url: str, tag: str, timeout_ms: int, division: Division) -> AsyncIterator[RedisLink]:
    link = RedisLink(url, tag, timeout_ms, division)
    await link.start()
    try:
        yield link
    finally:
        await link.close()


@pytest.fixture
async def links() -> AsyncIterator[Links]:
    tag = secrets.token_hex(8)
    async with AsyncExitStack() as stack:

        async def make(url: str, timeout_ms: int = GENEROUS_MS, *, division: Division = UNGUARDED) -> RedisLink:
            started: AbstractAsyncContextManager[RedisLink] = _started(url, tag, timeout_ms, division)
            return await stack.enter_async_context(started)

        yield make
