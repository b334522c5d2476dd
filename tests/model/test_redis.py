"""The session rules over Redis and Valkey, whole and in shards: two nodes, each with connections of its own."""

import secrets
from collections.abc import Sequence
from itertools import chain
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.redis_store.event_queue import RedisEventQueue, ShardedEventQueue
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.store import Bounds, EventQueue, SessionStore
from tests.conftest import Shared
from tests.model.machine import Sessions
from tests.model.profile import COMMON, LONG
from tests.model.world import NODES
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS


class OnRedis(Sessions):
    """Every run of the machine has keys of its own."""

    url: ClassVar[str]
    shards: ClassVar = 1
    judges_time: ClassVar = False  # Redis sees by its own clock that a GUID has run out.

    def open_stores(self) -> Sequence[tuple[SessionStore, EventQueue]]:
        tags = shard_tags(secrets.token_hex(8), self.shards)
        self.links = [[RedisLink(self.url, tag, GENEROUS_MS) for tag in tags] for _ in (*NODES, "test")]
        for link in chain(*self.links):
            self.loop.run_until_complete(link.start())
        self.redis_stores = [self.store(links) for links in self.links]
        return list(zip(self.redis_stores, map(self.queue_of, self.links), strict=True))

    def queue_of(self, links: Sequence[RedisLink]) -> EventQueue:
        parts = [RedisEventQueue(link, lambda: Bounds(1000, 100_000)) for link in links]
        return ShardedEventQueue(parts) if len(parts) > 1 else parts[0]

    def store(self, links: Sequence[RedisLink]) -> SessionStore:
        parts = [RedisSessionStore(link, lambda: Bounds(1000, 100_000), clock=self.now_ms) for link in links]
        return ShardedSessionStore(parts) if len(parts) > 1 else parts[0]

    def now_ms(self) -> int:
        return self.site.now

    def close(self) -> None:
        for store in self.redis_stores:
            self.loop.run_until_complete(store.close())
        for link in chain(*self.links):
            self.loop.run_until_complete(link.close())
        super().close()


def on(server: Server, shards: int = 1) -> type[OnRedis]:
    return type("OnThisServer", (OnRedis,), {"url": server.url, "shards": shards})


def test_on_redis(shared_server: Shared) -> None:
    few = settings(COMMON, max_examples=25, stateful_step_count=40, derandomize=True)
    run_state_machine_as_test(on(shared_server("valkey")), settings=few)


def test_on_shards(shared_server: Shared) -> None:
    few = settings(COMMON, max_examples=15, stateful_step_count=40, derandomize=True)
    run_state_machine_as_test(on(shared_server("valkey"), 4), settings=few)


@pytest.mark.slow
def test_long_on_shards(server: Server) -> None:
    run_state_machine_as_test(on(server, 4), settings=LONG)


@pytest.mark.slow
def test_long_on_redis(server: Server) -> None:
    run_state_machine_as_test(on(server), settings=LONG)
