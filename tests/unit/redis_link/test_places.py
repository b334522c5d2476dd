"""Finding the primary through sentinels and in a Cluster."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
import redis

from gateway.redis_link import link as links_module
from gateway.redis_link.address import Address, parse_target
from gateway.redis_link.link import RedisLink
from gateway.redis_link.places import SENTINEL_ANSWERS_S, Places
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers, free_port
from tests.support.waiting import until, until_async
from tests.unit.redis_link.conftest import Links


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


async def test_sentinels_that_do_not_answer_name_no_primary() -> None:
    places = Places(parse_target(f"redis+sentinel://127.0.0.1:{free_port()}/desks"))
    with pytest.raises(OSError, match="no sentinel"):
        await places.find()


PLACE = "*2\r\n$9\r\n127.0.0.1\r\n$4\r\n{port}\r\n"
KNOWN = (
    "*8\r\n$12\r\nconfig-epoch\r\n${size}\r\n{epoch}\r\n$5\r\nflags\r\n${flags_size}\r\n{flags}\r\n"
    "$2\r\nip\r\n$9\r\n127.0.0.1\r\n$4\r\nport\r\n$4\r\n{known}\r\n"
)
FORBIDDEN = "-NOPERM this user has no permissions\r\n"
SILENT = ""


@asynccontextmanager
async def sentinels(*answers: str) -> AsyncIterator[Places]:
    """Sentinels that answer so, one each."""

    async def serve(answer: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer.encode())
        await reader.read(1000)
        writer.close()

    servers = [await asyncio.start_server(partial(serve, answer), "127.0.0.1", 0) for answer in answers]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    yield Places(parse_target(f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in ports)}/desks"))
    for server in servers:
        server.close()
    await asyncio.sleep(0.01)


def names(port: int, epoch: int, flags: str = "master", known: int = 0) -> str:
    """`known` is the primary that the sentinel has not yet let go of, while it names another one."""
    more = {"size": len(str(epoch)), "epoch": epoch, "flags_size": len(flags), "flags": flags, "known": known or port}
    return PLACE.format(port=port) + KNOWN.format(**more)


@pytest.mark.parametrize("stale", range(3))
async def test_a_sentinel_that_lives_in_the_past_is_overruled(stale: int) -> None:
    async with sentinels(*(names(7001, 9) if number == stale else names(7002, 10) for number in range(3))) as places:
        assert (await places.find()).port == 7002


async def test_one_sentinel_of_three_is_enough() -> None:
    async with sentinels(SILENT, names(7001, 1), "*-1\r\n-ERR No such master with that name\r\n") as places:
        assert (await places.find()).port == 7001


async def test_most_sentinels_are_heard_but_the_last_one_is_not_waited_for() -> None:
    async with sentinels(names(7001, 1), SILENT, names(7001, 1)) as places:
        began_s = asyncio.get_running_loop().time()
        await places.find()
        assert asyncio.get_running_loop().time() - began_s < SENTINEL_ANSWERS_S


async def test_a_sentinel_whose_user_may_ask_only_for_the_address_is_believed() -> None:
    async with sentinels(PLACE.format(port=7001) + FORBIDDEN) as places:
        assert (await places.find()).port == 7001


UNDER_WAY = "master,failover_in_progress"


@pytest.mark.parametrize(
    ("answers", "at_ease"),
    [
        pytest.param((names(7001, 1),) * 3, True, id="all"),
        pytest.param((names(7001, 1), SILENT, names(7001, 1)), True, id="one is silent"),
        pytest.param((names(7001, 1), SILENT, SILENT), False, id="most are silent"),
        pytest.param((names(7001, 1), names(7001, 1), names(7002, 2)), False, id="one knows another primary"),
        pytest.param((names(7001, 2), names(7001, 2), names(7002, 1)), True, id="one has not heard the news"),
        pytest.param((names(7001, 2), names(7002, 1), SILENT), False, id="one of two has not heard the news"),
        pytest.param((names(7001, 1), names(7001, 1), names(7001, 1, UNDER_WAY)), False, id="one is replacing it"),
        pytest.param((names(7001, 1), names(7001, 1), names(7001, 1, UNDER_WAY, 7003)), True, id="it was promoted"),
    ],
)
async def test_a_primary_is_safe_while_most_name_it_and_none_knows_better(
    answers: tuple[str, ...], at_ease: bool
) -> None:
    async with sentinels(*answers) as places:
        assert await places.at_ease(Address("127.0.0.1", 7001)) is at_ease


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


async def test_a_primary_that_the_sentinels_replaced_is_left_though_it_answers(
    kind: str, servers: Servers, links: Links
) -> None:
    old, new = servers.start(kind), servers.start(kind)
    sentinel = servers.start_sentinel(kind, old.port, "desks")
    link = await links(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks")
    await link.command("SET", link.key("x"), "1")
    sentinel.ask("SENTINEL", "REMOVE", "desks")
    sentinel.ask("SENTINEL", "MONITOR", "desks", "127.0.0.1", new.port, 1)
    await until_async(lambda: arrives(link, new))


async def test_both_lines_go_where_one_of_them_finds_the_primary(
    kind: str, servers: Servers, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links_module, "WATCH_EVERY_S", 3_600)
    old, new = servers.start(kind), servers.start(kind)
    sentinel = servers.start_sentinel(kind, old.port, "desks")
    link = await links(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks")
    sentinel.ask("SENTINEL", "REMOVE", "desks")
    sentinel.ask("SENTINEL", "MONITOR", "desks", "127.0.0.1", new.port, 1)
    [durable] = [line for line in old.ask("CLIENT", "LIST").splitlines() if "name=agentgateway-durable" in line]
    old.ask("CLIENT", "KILL", "ID", durable.split()[0].removeprefix("id="))
    await until_async(lambda: arrives(link, new))
