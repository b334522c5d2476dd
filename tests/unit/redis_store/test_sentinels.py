"""What the sentinels say, and who hears it."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
import redis

from gateway.redis_store import sentinels as sentinels_module
from gateway.redis_store.address import Address, parse_target
from gateway.redis_store.link import RedisLink
from gateway.redis_store.sentinels import Sentinels
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers, free_port
from tests.support.waiting import GENEROUS_S, until, until_async
from tests.unit.redis_store.conftest import Links


async def test_sentinels_that_do_not_answer_name_no_primary() -> None:
    asked = Sentinels(parse_target(f"redis+sentinel://127.0.0.1:{free_port()}/desks"))
    with pytest.raises(OSError, match="no sentinel"):
        await asked.ask()


PLACE = "*2\r\n$9\r\n127.0.0.1\r\n$4\r\n{port}\r\n"
KNOWN = (
    "*8\r\n$12\r\nconfig-epoch\r\n${size}\r\n{epoch}\r\n$5\r\nflags\r\n${flags_size}\r\n{flags}\r\n"
    "$2\r\nip\r\n$9\r\n127.0.0.1\r\n$4\r\nport\r\n$4\r\n{known}\r\n"
)
FORBIDDEN = "-NOPERM this user has no permissions\r\n"
SILENT = ""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentinels have four times as long to answer."""
    monkeypatch.setattr(sentinels_module, "SENTINEL_ANSWERS_S", 1.0)


@asynccontextmanager
async def sentinels(*answers: str) -> AsyncIterator[Sentinels]:
    """Sentinels that answer so, one each."""

    async def serve(answer: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer.encode())
        await reader.read(1000)
        writer.close()

    servers = [await asyncio.start_server(partial(serve, answer), "127.0.0.1", 0) for answer in answers]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    yield Sentinels(parse_target(f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in ports)}/desks"))
    for server in servers:
        server.close()
    await asyncio.sleep(0.01)


def names(port: int, epoch: int, flags: str = "master", known: int = 0) -> str:
    """`known` is the primary that the sentinel has not yet let go of, while it names another one."""
    more = {"size": len(str(epoch)), "epoch": epoch, "flags_size": len(flags), "flags": flags, "known": known or port}
    return PLACE.format(port=port) + KNOWN.format(**more)


@pytest.mark.parametrize("stale", range(3))
async def test_a_sentinel_that_lives_in_the_past_is_overruled(stale: int) -> None:
    async with sentinels(*(names(7001, 9) if number == stale else names(7002, 10) for number in range(3))) as asked:
        assert (await asked.ask()).port == 7002


async def test_one_sentinel_of_three_is_enough() -> None:
    async with sentinels(SILENT, names(7001, 1), "*-1\r\n-ERR No such master with that name\r\n") as asked:
        assert (await asked.ask()).port == 7001


async def test_most_sentinels_are_heard_but_the_last_one_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentinels_module, "SENTINEL_ANSWERS_S", GENEROUS_S)
    async with sentinels(names(7001, 1), SILENT, names(7001, 1)) as asked:
        began_s = asyncio.get_running_loop().time()
        await asked.ask()
        assert asyncio.get_running_loop().time() - began_s < GENEROUS_S / 2


async def test_a_sentinel_whose_user_may_ask_only_for_the_address_is_believed() -> None:
    async with sentinels(PLACE.format(port=7001) + FORBIDDEN) as asked:
        assert (await asked.ask()).port == 7001


UNDER_WAY = "master,failover_in_progress"


def by_name(port: int, epoch: int) -> str:
    """As `names`, the primary spelled by a name."""
    return names(port, epoch).replace("$9\r\n127.0.0.1", "$9\r\nlocalhost")


async def test_a_primary_that_is_spelled_in_another_way_stays_the_same_place() -> None:
    answers = itertools.cycle((names(7001, 1), by_name(7001, 1)))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(next(answers).encode())
        await reader.read(1000)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        asked = Sentinels(parse_target(f"redis+sentinel://127.0.0.1:{port}/desks"))
        assert {(await asked.ask()).host for _ in range(4)} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("answers", "at_ease"),
    [
        pytest.param((names(7001, 1),) * 3, True, id="all"),
        pytest.param((names(7001, 1), SILENT, names(7001, 1)), True, id="one is silent"),
        pytest.param((by_name(7001, 1), names(7001, 1), SILENT), True, id="one names it by its name"),
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
    async with sentinels(*answers) as asked:
        assert await asked.at_ease(Address("127.0.0.1", 7001)) is at_ease


@asynccontextmanager
async def followed(asked: Sentinels, followers: int = 1) -> AsyncIterator[list[list[int]]]:
    """What each of some followers has heard: ports."""
    heard: list[list[int]] = [[] for _ in range(followers)]
    hears = [lambda address, mine=mine: mine.append(address.port) for mine in heard]
    for hear in hears:
        asked.follow(hear)
    yield heard
    for hear in hears:
        asked.leave(hear)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other at once."""
    monkeypatch.setattr(sentinels_module, "WATCH_EVERY_S", 0.02)


@pytest.mark.usefixtures("eager")
async def test_all_who_follow_hear_the_same_looks() -> None:
    async with sentinels(names(7001, 1)) as asked, followed(asked, 3) as heard:
        await until(lambda: len(heard[0]) >= 3)
        assert heard[0] == heard[1] == heard[2] == [7001] * len(heard[0])


@pytest.mark.usefixtures("eager")
async def test_who_leaves_hears_no_more() -> None:
    async with sentinels(names(7001, 1)) as asked, followed(asked) as staying:
        async with followed(asked) as left:
            await until(lambda: len(left[0]) >= 1)
        count = len(left[0])
        await until(lambda: len(staying[0]) >= count + 2)
        assert len(left[0]) == count


@pytest.mark.usefixtures("eager")
async def test_it_is_known_when_most_of_them_are_silent_and_the_others_are_heard() -> None:
    async with sentinels(SILENT, SILENT, names(7001, 1)) as asked, followed(asked) as heard:
        await until(lambda: asked.are_silent and bool(heard[0]))


@pytest.mark.usefixtures("eager")
async def test_one_that_is_silent_is_not_most_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentinels_module, "SENTINEL_ANSWERS_S", GENEROUS_S)
    async with sentinels(SILENT, names(7001, 1), names(7001, 1)) as asked, followed(asked) as heard:
        await until(lambda: len(heard[0]) >= 3)
        assert not asked.are_silent


async def test_after_a_failover_the_link_follows_the_sentinels(kind: str, servers: Servers, links: Links) -> None:
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    sentinel = servers.start_sentinel(kind, primary.port, "desks")
    link = await links(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks")
    await link.command("SET", link.key("x"), "1")
    primary.wait_for_replicas(1)
    await until(lambda: accepted(sentinel, "SENTINEL", "FAILOVER", "desks"))
    await until_async(lambda: arrives(link, replica))
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
    monkeypatch.setattr(sentinels_module, "WATCH_EVERY_S", 3_600)
    old, new = servers.start(kind), servers.start(kind)
    sentinel = servers.start_sentinel(kind, old.port, "desks")
    link = await links(f"redis+sentinel://127.0.0.1:{sentinel.port}/desks")
    sentinel.ask("SENTINEL", "REMOVE", "desks")
    sentinel.ask("SENTINEL", "MONITOR", "desks", "127.0.0.1", new.port, 1)
    [durable] = [line for line in old.ask("CLIENT", "LIST").splitlines() if "name=agentgateway-durable" in line]
    old.ask("CLIENT", "KILL", "ID", durable.split()[0].removeprefix("id="))
    await until_async(lambda: arrives(link, new))
