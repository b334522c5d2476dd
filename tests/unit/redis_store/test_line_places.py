"""Finding the primary at home and in a Cluster."""

import pytest

from gateway.redis_store import link as link_module
from gateway.redis_store.address import parse_target
from gateway.redis_store.line import Places
from tests.support.servers import Server, Servers
from tests.support.waiting import until
from tests.unit.redis_store.conftest import Links


async def test_one_server_is_always_home() -> None:
    places = Places(parse_target("redis://one:7001"))
    places.failed(await places.find())
    assert (await places.find()).shown == "one:7001"


async def test_after_a_failure_the_next_seed_is_tried() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    places.failed(await places.find())
    assert (await places.find()).shown == "two:7002"


async def test_two_lines_that_fail_at_one_place_go_on_to_the_next_one_together() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    tried = await places.find()
    for _ in range(2):
        places.failed(tried)
    assert (await places.find()).shown == "two:7002"


async def test_a_node_of_a_cluster_that_does_not_serve_is_left_for_the_next_seed() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    places.refused(await places.find(), "MOVED 1234 three:7003")
    places.refused(await places.find(), "CLUSTERDOWN The cluster is down")
    assert (await places.find()).shown == "two:7002"


async def test_a_cluster_sends_us_on() -> None:
    places = Places(parse_target("redis+cluster://one:7001,two:7002"))
    places.refused(await places.find(), "MOVED 1234 three:7003")
    assert (await places.find()).shown == "three:7003"


async def test_a_cluster_may_name_only_the_port() -> None:
    places = Places(parse_target("redis+cluster://one:7001"))
    places.refused(await places.find(), "MOVED 1234 :7003")
    assert (await places.find()).shown == "one:7003"


async def test_another_refusal_moves_nobody() -> None:
    places = Places(parse_target("redis://one:7001"))
    places.refused(await places.find(), "READONLY You can't write against a read only replica.")
    assert (await places.find()).shown == "one:7001"


def cluster_of_two(kind: str, servers: Servers) -> tuple[Server, Server]:
    """A node that has no slot, and the one that has all."""
    one, two = (servers.start(kind, {"cluster-enabled": "yes", "cluster-node-timeout": "500"}) for _ in range(2))
    two.ask("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    one.ask("CLUSTER", "MEET", "127.0.0.1", two.port)
    return one, two


async def test_the_link_finds_the_node_of_its_keys(kind: str, servers: Servers, links: Links) -> None:
    one, two = cluster_of_two(kind, servers)
    await until(lambda: "cluster_state:ok" in one.ask("CLUSTER", "INFO"))
    link = await links(f"redis+cluster://127.0.0.1:{one.port}")
    await until(lambda: link.reason == "")
    await link.command("SET", link.key("x"), "1")
    assert two.ask("GET", link.key("x")) == "1"


async def test_why_a_node_does_not_serve_is_told_however_often_the_others_send_us_back_to_it(
    kind: str, servers: Servers, links: Links, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "TELL_EVERY_S", 0)
    one, two = cluster_of_two(kind, servers)
    await until(lambda: "cluster_state:ok" in one.ask("CLUSTER", "INFO"))
    link = await links(f"redis+cluster://127.0.0.1:{one.port}")
    await until(lambda: link.reason == "")
    two.ask("CONFIG", "SET", "maxmemory", "1")
    await until(lambda: link.reason != "")
    caplog.clear()
    reasons, asked_before = set[str](), asked(one)

    def asked_again() -> bool:
        reasons.add(link.reason)
        return asked(one) > asked_before + 3

    await until(asked_again)
    assert reasons == {"it refuses: OOM"}
    assert len(caplog.records) <= 1
    two.ask("CONFIG", "SET", "maxmemory", "0")
    await until(lambda: link.reason == "")


def asked(server: Server) -> int:
    """How often a link has tried to be served there."""
    return int(server.ask("INFO", "commandstats").get("cmdstat_subscribe", {}).get("calls", 0))
