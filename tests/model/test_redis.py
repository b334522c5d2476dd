"""The session rules over Redis and Valkey: two nodes, each with connections of its own, against the oracle."""

import secrets
from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from gateway.redis_link.link import RedisLink
from gateway.sessions.memory_queue import Bounds
from gateway.sessions.redis_store import RedisStore
from gateway.sessions.store import SessionStore
from tests.model.machine import Sessions
from tests.model.profile import COMMON
from tests.model.world import NODES
from tests.support.servers import Server


class OnRedis(Sessions):
    """Every run of the machine has keys of its own."""

    url: ClassVar[str]

    def open_stores(self) -> Sequence[SessionStore]:
        tag = secrets.token_hex(8)
        self.links = [RedisLink(self.url, tag, 2_000) for _ in NODES]
        self.redis_stores = [RedisStore(link, lambda: Bounds(100, 100_000), clock=self.now_ms) for link in self.links]
        for link in self.links:
            self.loop.run_until_complete(link.start())
        return self.redis_stores

    def now_ms(self) -> int:
        return self.site.now

    def close(self) -> None:
        for store, link in zip(self.redis_stores, self.links, strict=True):
            self.loop.run_until_complete(store.close())
            self.loop.run_until_complete(link.close())
        super().close()


def on(server: Server) -> type[OnRedis]:
    return type("OnThisServer", (OnRedis,), {"url": server.url})


def test_on_redis(server: Server) -> None:
    few = settings(COMMON, max_examples=25, stateful_step_count=40, derandomize=True)
    run_state_machine_as_test(on(server), settings=few)


@pytest.mark.slow
def test_long_on_redis(server: Server) -> None:
    many = settings(COMMON, max_examples=1_000, stateful_step_count=100)
    run_state_machine_as_test(on(server), settings=many)
