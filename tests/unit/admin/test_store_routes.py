"""`/store`, and what Redis tells of itself."""

from gateway.admin.store_routes import ShardState, StoreState, memory_state, view
from gateway.redis_store.link import RedisLink
from gateway.redis_store.store_state import redis_state
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS
from tests.unit.doctor.samples import user_of


def shard(tag: str, latency_ms: float | None, since: str | None = None) -> ShardState:
    return ShardState(tag, since is None, "away" if since else "", latency_ms, since, 7, None)


def test_the_slowest_shard_and_the_first_outage_stand_for_the_store() -> None:
    shown = view(
        StoreState("redis", [shard("a", 1.0), shard("b", 2.0), shard("c", None, "2026-01-01T08:00:00Z")]), None
    )
    assert (shown.reachable, shown.latency_ms, shown.outage_since) == (False, 2.0, "2026-01-01T08:00:00Z")


async def test_memory_is_always_in_reach() -> None:
    shown = view(await memory_state(), 3)
    assert (shown.kind, shown.reachable, shown.sessions, shown.outage_since) == ("memory", True, 3, None)
    assert shown.memory_bytes is not None
    assert shown.memory_bytes > 1_000_000


async def test_redis_tells_latency_and_memory(link: RedisLink) -> None:
    shown = view(await redis_state([link]), 3)
    assert (shown.kind, shown.reachable, [each.tag for each in shown.shards]) == ("redis", True, [link.tag])
    assert shown.latency_ms is not None
    assert shown.memory_bytes is not None


async def test_a_redis_that_tells_us_nothing_of_its_memory_is_in_reach(server: Server) -> None:
    link = RedisLink(user_of(server, "~*", "&*", "+@all", "-info"), "tag", GENEROUS_MS)
    await link.start()
    for _ in range(2):
        shown = view(await redis_state([link]), None)
    await link.close()
    assert (shown.reachable, shown.memory_bytes, shown.latency_ms is not None) == (True, None, True)


async def test_a_redis_out_of_reach_tells_since_when() -> None:
    nowhere = RedisLink("redis://127.0.0.1:1", "tag", 50)
    await nowhere.start()
    shown = view(await redis_state([nowhere]), None)
    await nowhere.close()
    assert (shown.reachable, shown.latency_ms, shown.memory_bytes) == (False, None, None)
    assert shown.outage_since is not None
    assert shown.shards[0].reason
