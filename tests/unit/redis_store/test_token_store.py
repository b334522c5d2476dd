"""What the Redis store leaves behind, and what it does when Redis is gone."""

import secrets

import pytest

from gateway.redis_store.link import RedisLink
from gateway.redis_store.token_store import RedisTokenStore
from gateway.tokens.used_tokens import MINUTE_MS, MinuteLimit
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers, free_port
from tests.support.tokens import NOW
from tests.support.waiting import GENEROUS_MS


async def test_every_key_expires(server: Server) -> None:
    link = RedisLink(server.url, secrets.token_hex(8), GENEROUS_MS)
    await link.start()
    store = RedisTokenStore(link)
    await store.first_use("t", "a", ttl_ms=500_000, now_ms=NOW)
    await store.count([MinuteLimit("c", 1)], now_ms=NOW)
    await store.count([MinuteLimit("c", 1)], now_ms=NOW)
    times = [
        server.ask("PTTL", link.key("token-used", "t")),
        server.ask("PTTL", link.key("token-rate", "c", NOW // MINUTE_MS)),
    ]
    await link.close()

    assert 0 < times[0] <= 500_000
    assert 0 < times[1] <= 2 * MINUTE_MS


async def test_a_look_writes_nothing(server: Server) -> None:
    link = RedisLink(server.url, secrets.token_hex(8), GENEROUS_MS)
    await link.start()
    await RedisTokenStore(link).seen("t", "a", now_ms=NOW)
    found = server.ask("EXISTS", link.key("token-used", "t"))
    await link.close()

    assert found == 0


async def test_a_first_use_outlives_a_fail_over(kind: str, servers: Servers) -> None:
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    link = RedisLink(primary.url, "tag", GENEROUS_MS)
    await link.start()
    await RedisTokenStore(link).first_use("t", "a", ttl_ms=60_000, now_ms=NOW)
    known = replica.ask("EXISTS", link.key("token-used", "t"))
    await link.close()

    assert known == 1


async def test_without_redis_the_store_is_unavailable() -> None:
    link = RedisLink(f"redis://127.0.0.1:{free_port()}", "tag", 100)
    await link.start()
    store = RedisTokenStore(link)
    for call in (
        store.first_use("t", "a", ttl_ms=1, now_ms=NOW),
        store.seen("t", "a", now_ms=NOW),
        store.count([MinuteLimit("c", 1)], now_ms=NOW),
    ):
        with pytest.raises(StoreUnavailable):
            await call
    await link.close()
