import asyncio
import logging
from pathlib import Path

import pytest
import trustme
from hiredis import ReplyError

from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Script
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers
from tests.support.waiting import GENEROUS_MS, until
from tests.unit.redis_store.conftest import Links

CLOCK_MS = 1000
"""Our clock is as wrong as half of the time that the first answer took."""
ADD = Script("add", "return redis.call('INCRBY', KEYS[1], ARGV[1])")
KEPT = Script("kept", "return 'a text that no other script has'")


@pytest.fixture
async def link(server: Server, links: Links) -> RedisLink:
    return await links(server.url)


async def test_answers_belong_to_their_commands(link: RedisLink) -> None:
    sent = [link.command("ECHO", str(number)) for number in range(100)]
    assert await asyncio.gather(*sent) == [str(number).encode() for number in range(100)]


async def test_commands_of_one_step_are_done_in_order(link: RedisLink) -> None:
    key = link.key("list")
    await asyncio.gather(*(link.command("RPUSH", key, number) for number in range(10)))
    assert await link.command("LRANGE", key, 0, -1) == [b"%d" % number for number in range(10)]


async def test_arguments_are_texts_numbers_and_bytes(link: RedisLink) -> None:
    key = link.key("a", 101)
    await link.command("HSET", key, "text", "\u4e2d", "number", 7, "bytes", b"\x00\r\n")
    assert await link.command("HMGET", key, "text", "number", "bytes", "none") == [
        "\u4e2d".encode(),
        b"7",
        b"\x00\r\n",
        None,
    ]


async def test_a_large_answer_arrives_whole(link: RedisLink) -> None:
    await link.command("SET", link.key("large"), b"x" * 3_000_000)
    assert len(await link.command("GET", link.key("large"))) == 3_000_000


async def test_every_key_carries_the_tag() -> None:
    assert RedisLink("redis://", "site", 800).key("a", 101) == "{site}:a:101"


async def test_a_script_runs_by_its_name(link: RedisLink) -> None:
    assert await link.script(ADD, [link.key("sum")], [2]) == 2
    assert await link.script(ADD, [link.key("sum")], [3]) == 5


async def test_a_script_that_redis_forgot_runs_all_the_same(server: Server, link: RedisLink) -> None:
    await link.script(ADD, [link.key("sum")], [2])
    server.ask("SCRIPT", "FLUSH")
    assert await link.script(ADD, [link.key("sum")], [3]) == 5
    server.ask("SCRIPT", "FLUSH")
    assert await link.durable(ADD, [link.key("sum")], [3]) == 8


async def test_a_script_that_is_kept_is_known_before_its_first_call(server: Server) -> None:
    made = RedisLink(server.url, "site", GENEROUS_MS)
    made.keep(KEPT)
    await made.start()
    try:
        assert await made.command("SCRIPT", "EXISTS", KEPT.sha) == [1]
    finally:
        await made.close()


async def test_a_fault_of_ours_is_raised_and_harms_nobody_else(link: RedisLink) -> None:
    wrong, right = link.command("HGET", link.key("no hash")), link.command("ECHO", "right")
    with pytest.raises(ReplyError, match="wrong number of arguments"):
        await wrong
    assert await right == b"right"


async def test_a_caller_that_gives_up_harms_nobody_else(link: RedisLink) -> None:
    given_up, right = asyncio.ensure_future(link.command("ECHO", "no")), link.command("ECHO", "right")
    given_up.cancel()
    assert await right == b"right"


async def test_the_time_is_that_of_redis(server: Server, link: RedisLink) -> None:
    before = link.now_ms()
    seconds, micros = server.ask("TIME")
    assert before - CLOCK_MS <= int(seconds) * 1000 + int(micros) // 1000 <= link.now_ms() + CLOCK_MS


async def test_a_published_wake_is_heard_on_every_node(server: Server, links: Links) -> None:
    one, two = await links(server.url), await links(server.url)
    heard: list[tuple[int, str]] = []
    for link in (one, two):
        link.on_wake(lambda agent_id, token: heard.append((agent_id, token)))
    await one.command("PUBLISH", one.wake_channel, "101:token")
    await until(lambda: heard == [(101, "token")] * 2)


async def test_what_is_published_comes_before_the_answer_of_what_followed(link: RedisLink) -> None:
    heard: list[int] = []
    link.on_wake(lambda agent_id, token: heard.append(agent_id))
    await link.script(Script("p", "redis.call('PUBLISH', KEYS[1], '101:')"), [link.wake_channel])
    await link.command("ECHO", "")
    assert heard == [101]


async def test_messages_of_others_on_the_channel_are_ignored(link: RedisLink) -> None:
    heard: list[int] = []
    link.on_wake(lambda agent_id, token: heard.append(agent_id))
    for message in ("nonsense", "\u00b2:", "102:"):
        await link.command("PUBLISH", link.wake_channel, message)
    await until(lambda: bool(heard))
    assert heard == [102]


async def test_the_database_of_the_url_is_used(server: Server, links: Links) -> None:
    link, other = await links(f"{server.url}/3"), await links(f"{server.url}/4")
    await link.command("SET", link.key("x"), "1")
    assert await other.command("GET", link.key("x")) is None


async def test_user_and_password_sign_in(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind, {"user": "desk on >secret ~* &* +@all"})
    link = await links(f"redis://desk:secret@127.0.0.1:{server.port}")
    assert await link.command("ACL", "WHOAMI") == b"desk"


async def test_a_wrong_password_is_told_without_the_password(
    kind: str, servers: Servers, links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    server = servers.start(kind, {"user": "desk on >secret ~* &* +@all"})
    link = await links(f"redis://desk:no-secret@127.0.0.1:{server.port}", 300)
    await until(lambda: link.reason == "it refuses: WRONGPASS")
    with pytest.raises(StoreUnavailable):
        await link.command("PING")
    assert "secret" not in caplog.text


async def test_a_user_who_may_not_subscribe_is_told_so(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind, {"user": "desk on >secret ~* resetchannels +@all"})
    link = await links(f"redis://desk:secret@127.0.0.1:{server.port}", 300)
    await until(lambda: link.reason == "it refuses: NOPERM (publish, subscribe)")


async def test_tls_with_a_checked_certificate(kind: str, servers: Servers, links: Links, tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    options = {"tls-cert-file": "cert.pem", "tls-key-file": "key.pem", "tls-ca-cert-file": "ca.pem"}
    try:
        server = servers.start_tls(kind, {name: str(tmp_path / file) for name, file in options.items()})
    except OSError:
        pytest.skip(f"this {kind} server was built without TLS")
    link = await links(f"rediss://127.0.0.1:{server.tls_port}?ssl_ca_certs={tmp_path / 'ca.pem'}")
    assert await link.command("PING") == b"PONG"
    stranger = await links(f"rediss://127.0.0.1:{server.tls_port}", 300)
    await until(lambda: "certificate" in stranger.reason)


async def test_a_unix_socket(kind: str, servers: Servers, links: Links, tmp_path: Path) -> None:
    servers.start(kind, {"unixsocket": str(tmp_path / "socket")})
    link = await links(f"unix://{tmp_path / 'socket'}")
    assert await link.command("PING") == b"PONG"


async def test_a_closed_link_answers_at_once(kind: str, servers: Servers) -> None:
    server = servers.start(kind)
    link = RedisLink(server.url, "closed", 60_000)
    await link.start()
    server.freeze()
    pending = link.command("PING")
    await link.close()
    for refused in (pending, link.command("PING")):
        with pytest.raises(StoreUnavailable):
            await refused


async def test_each_change_of_state_is_one_line(
    kind: str, servers: Servers, links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "gateway.redis_store")
    server = servers.start(kind, {"appendonly": "yes", "appendfsync": "always"})
    link = await links(server.url)
    server.kill()
    await until(lambda: link.reason != "")
    await asyncio.sleep(0.3)  # Further tries fail meanwhile.
    server.start()
    await until(lambda: link.reason == "")
    told = [record.getMessage().partition(f"127.0.0.1:{server.port} is ")[2] for record in caplog.records]
    assert [line[:12] for line in told] == ["in reach aft", "out of reach", "in reach aft"]
