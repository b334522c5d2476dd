"""Keys that somebody else gave another type cost one answer, and not all that follow."""

import pytest

from gateway.redis_store.attempts import RedisAttempts
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Script, pack
from gateway.redis_store.wrong_types import keys_of, type_of
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server
from tests.support.waiting import until
from tests.unit.redis_store.conftest import Links

ADD = Script("add", "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('ZADD', KEYS[2], 1, 'x')")


@pytest.fixture
async def link(server: Server, links: Links) -> RedisLink:
    return await links(server.url)


@pytest.mark.parametrize(
    ("key", "type_"),
    [
        ("{t}:agent:101", "string"),
        ("{t}:events:101", "list"),
        ("{t}:queue:101", "hash"),
        ("{t}:seen:poll", "zset"),
        ("{t}:owed", "zset"),
        ("{t}:owed:ends", "hash"),
        ("{t}:push:alive", "zset"),
        ("{t}:sign-in:of:101:10.0.0.1", "list"),
        ("{t}:sign-in:begun:of:101:10.0.0.1", "zset"),
        ("{t}:sign-in:everywhere:101", "list"),
        ("{t}:sign-in:known:101", "zset"),
        ("{t}:sign-in:turn:101", "string"),
        ("{t}:sign-in:failing", "zset"),
        ("{t}:sign-in:locked", "zset"),
        ("{t}:backend", "string"),
        ("{t}:format", "string"),
        ("{t}:floor", "hash"),
        ("{t}:nodes", "hash"),
        ("{t}:drain:7f3a", "string"),
        ("{t}:traced", "hash"),
        ("{t}:trace:101", "stream"),
        ("{t}:audit", "stream"),
        ("{t}:unknown", ""),
        ("{other}:agent:101", ""),
    ],
)
def test_the_name_of_a_key_tells_its_type(key: str, type_: str) -> None:
    assert type_of("t", key.encode()) == type_


def test_the_keys_of_a_command_are_known() -> None:
    assert keys_of(pack(("GET", "a"))) == [b"a"]
    assert keys_of(pack(("EVALSHA", "0", 2, "a", "b", "c"))) == [b"a", b"b"]


async def test_a_key_of_a_wrong_type_is_put_aside_with_what_it_holds(
    link: RedisLink, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    key = link.key("agent", 101)
    server.ask("RPUSH", key, "of somebody else")
    with pytest.raises(StoreUnavailable):
        await link.command("GET", key)
    await until(lambda: not server.ask("EXISTS", key))
    assert await link.command("GET", key) is None
    assert server.ask("LRANGE", link.key("aside", "agent", 101), 0, -1) == ["of somebody else"]
    assert server.ask("LLEN", link.key("aside")) == 1
    assert [text for text in caplog.messages if "not a string: put aside" in text]


async def test_so_is_a_key_of_a_script(link: RedisLink, server: Server) -> None:
    keys = [link.key("agent", 101), link.key("seen", "poll")]
    server.ask("SET", keys[1], "of somebody else")
    with pytest.raises(StoreUnavailable):
        await link.script(ADD, keys, ["record"])
    await until(lambda: not server.ask("EXISTS", keys[1]))
    assert await link.script(ADD, keys, ["record"]) == 1
    assert server.ask("GET", link.key("aside", "seen", "poll")) == "of somebody else"


async def test_sign_ins_go_on_where_the_list_of_failures_was_none(link: RedisLink, server: Server) -> None:
    attempts, wrong = RedisAttempts(link), link.key("sign-in", "failing")
    server.ask("SET", wrong, "of somebody else")
    with pytest.raises(StoreUnavailable):
        await attempts.failed("101", "192.0.2.7", "a1", now_ms=1)
    await until(lambda: not server.ask("EXISTS", wrong))
    await attempts.failed("101", "192.0.2.7", "a2", now_ms=1)
    assert server.ask("TYPE", wrong) == "zset"


async def test_and_the_fence(link: RedisLink, server: Server) -> None:
    server.ask("SET", link.key("fence"), "of somebody else")
    await until(lambda: server.ask("TYPE", link.key("fence")) == "hash")
    await until(lambda: link.reason == "")


async def test_what_the_gateway_does_not_know_is_left_alone(link: RedisLink, server: Server) -> None:
    server.ask("RPUSH", link.key("other"), "x")
    with pytest.raises(StoreUnavailable):
        await link.command("GET", link.key("other"))
    await link.command("PING")
    assert server.ask("TYPE", link.key("other")) == "list"
