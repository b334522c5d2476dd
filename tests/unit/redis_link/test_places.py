"""Finding the primary through sentinels and in a Cluster."""

import pytest
import redis

from gateway.redis_link.address import parse_target
from gateway.redis_link.link import RedisLink
from gateway.redis_link.places import Places
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers, free_port
from tests.support.waiting import until, until_async
from tests.unit.redis_link.conftest import Links


async def test_one_server_is_always_home() -> None:
    places = Places(parse_target("redis://one:7001"))
    places.failed()
    assert (await places.find()).shown == "one:7001"


async def test_after_a_failure_the_next_seed_is_tried() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    places.failed()
    assert (await places.find()).shown == "two:7002"


async def test_a_cluster_sends_us_on() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    places.refused("MOVED 1234 three:7003")
    assert (await places.find()).shown == "three:7003"


async def test_a_cluster_may_name_only_the_port() -> None:
    places = Places(parse_target("redis+cluster://one:7001"))
    places.refused("MOVED 1234 :7003")
    assert (await places.find()).shown == "one:7003"


async def test_another_refusal_moves_nobody() -> None:
    places = Places(parse_target("redis://one:7001"))
    places.refused("READONLY You can't write against a read only replica.")
    assert (await places.find()).shown == "one:7001"


async def test_sentinels_that_do_not_answer_name_no_primary() -> None:
    places = Places(parse_target(f"redis+sentinel://127.0.0.1:{free_port()}/desks"))
    with pytest.raises(OSError, match="no sentinel"):
        await places.find()


async def test_the_link_finds_the_node_of_its_keys(kind: str, servers: Servers, links: Links) -> None:
    one, two = (servers.start(kind, {"cluster-enabled": "yes", "cluster-node-timeout": "500"}) for _ in range(2))
    two.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    one.ask("CLUSTER", "MEET", "127.0.0.1", two.port)
    await until(lambda: "cluster_state:ok" in one.ask("CLUSTER", "INFO"))
    link = await links(f"redis+cluster://127.0.0.1:{one.port}")
    await until(lambda: link.reason == "")
    await link.command("SET", link.key("x"), "1")
    assert two.ask("GET", link.key("x")) == "1"


async def test_after_a_failover_the_link_follows_the_sentinels(kind: str, servers: Servers, links: Links) -> None:
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    sentinel = servers.start_sentinel(kind, primary.port, "desks")
    link = await links(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks")
    await link.command("SET", link.key("x"), "1")
    primary.wait_for_replicas(1)
    await until(lambda: accepted(sentinel, "SENTINEL", "FAILOVER", "desks"), 15)
    await until_async(lambda: arrives(link, replica), 15)
    assert replica.ask("GET", link.key("x")) == "1"


def accepted(server: Server, *arguments: str) -> bool:
    try:
        server.ask(*arguments)
    except redis.ResponseError:
        return False
    return True


async def arrives(link: RedisLink, server: Server) -> bool:
    """What the link writes is written here."""
    try:
        await link.command("SET", link.key("y"), "2")
        return bool(server.ask("ROLE")[0] == "master" and server.ask("GET", link.key("y")) == "2")
    except (StoreUnavailable, redis.ConnectionError):
        return False
