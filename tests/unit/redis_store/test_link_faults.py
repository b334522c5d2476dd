"""What callers see when Redis fails (docs/design/optimistic_swap.md; docs/design/failure.md)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.redis_store import fence_and_seal as fence
from gateway.redis_store import link as link_module
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Script
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers, free_port
from tests.support.waiting import lost_time, until
from tests.unit.redis_store.conftest import Links, Pair

TIMEOUT_MS = 800
MARGIN_S = 1.0
"""A try more than the time-out allows, or one without end, takes longer."""
CLOCK_MS = 400
"""By which our clock and that of Redis may differ."""
SET = Script("set", "return redis.call('SET', KEYS[1], ARGV[1])")


@pytest.fixture(autouse=True)
def short_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage counts after 0.6 s instead of 3."""
    monkeypatch.setattr(fence, "OUTAGE_GAP_MS", 600)
    monkeypatch.setattr(fence, "IDLE_FENCE_EVERY_S", 0.1)


async def fails_in_s(call: Awaitable[Any]) -> float:
    """How long it took, without the time that this process did not get."""
    async with lost_time() as lost:
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await call
        return time.monotonic() - began - lost.s


async def connected(links: Links, url: str) -> RedisLink:
    """A link that gives up soon, and is there."""
    link = await links(url, TIMEOUT_MS)
    await until(lambda: link.reason == "")
    return link


async def done(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The answer to what a busy machine may let fail."""
    while True:
        try:
            return await ask()
        except StoreUnavailable:
            continue


async def answers_again(link: RedisLink) -> None:
    assert await done(lambda: link.command("PING")) == b"PONG"
    await until(lambda: link.reason == "")


async def test_a_frozen_server_fails_calls_in_time_and_serves_again(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await connected(links, server.url)
    server.freeze()
    for call in (link.command("PING"), link.command("PING"), link.durable(SET, [link.key("x")], ["1"])):
        assert await fails_in_s(call) < TIMEOUT_MS / 1000 + MARGIN_S
    server.thaw()
    await answers_again(link)


async def test_the_outage_is_known_before_anything_read_after_it(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await connected(links, server.url)
    fenced_ms = int(server.ask("HGET", link.key("fence"), "at"))
    server.freeze()
    frozen_ms = link.now_ms()
    await asyncio.sleep(1.0)
    thawed_ms = link.now_ms()
    server.thaw()
    await done(lambda: link.command("GET", link.key("x")))
    assert [
        (start_ms, end_ms)
        for start_ms, end_ms in link.outages()
        if fenced_ms <= start_ms <= frozen_ms + CLOCK_MS and thawed_ms - CLOCK_MS <= end_ms
    ]


async def test_all_nodes_know_the_same_outages(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    one, two = await connected(links, server.url), await connected(links, server.url)
    server.freeze()
    await asyncio.sleep(1.0)
    server.thaw()
    await until(lambda: one.outages() == two.outages() != ())


async def test_a_server_in_reach_but_unused_has_no_outage(
    server: Server, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "OUTAGE_GAP_MS", 20_000)
    link = await links(server.url)
    began_ms = link.now_ms()
    await until(lambda: int(server.ask("HGET", link.key("fence"), "at")) > began_ms + 600)
    assert link.outages() == ()


async def test_after_a_kill_calls_fail_and_kept_data_comes_back(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind, {"appendonly": "yes", "appendfsync": "always"})
    link = await connected(links, server.url)
    await done(lambda: link.command("SET", link.key("x"), "kept"))
    server.kill()
    assert await fails_in_s(link.command("GET", link.key("x"))) < TIMEOUT_MS / 1000 + MARGIN_S
    await asyncio.sleep(0.6)
    server.start()
    await answers_again(link)
    assert await done(lambda: link.command("GET", link.key("x"))) == b"kept"
    assert link.outages() != ()


async def test_a_command_waits_for_the_next_connection(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await links(server.url)
    server.kill()
    await until(lambda: link.reason != "")
    waiting = link.command("PING")
    server.start()
    assert await waiting == b"PONG"


async def test_after_a_loss_every_parked_poll_looks_again(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await links(server.url)
    heard: list[tuple[int, str]] = []
    link.on_wake(lambda agent_id, token: heard.append((agent_id, token)))
    server.restart()
    await until(lambda: (0, "") in heard)


async def test_a_server_that_starts_later_is_found(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    server.kill()
    link = await links(server.url, TIMEOUT_MS)
    assert link.reason != ""
    server.start()
    await answers_again(link)


async def test_a_replica_is_no_store(pair: Pair, links: Links) -> None:
    link = await links(pair.replica.url, TIMEOUT_MS)
    await fails_in_s(link.command("GET", link.key("x")))
    await until(lambda: link.reason == "it refuses: READONLY")


async def test_a_primary_that_becomes_a_replica_is_left(kind: str, servers: Servers, links: Links) -> None:
    server, new = servers.start(kind), servers.start(kind)
    link = await connected(links, server.url)
    server.ask("REPLICAOF", "127.0.0.1", new.port)
    await asyncio.sleep(fence.FENCE_EVERY_S)
    await fails_in_s(link.command("GET", link.key("x")))
    await until(lambda: "READONLY" in link.reason or "MASTERDOWN" in link.reason)


async def test_a_primary_without_its_replicas_answers_no_reads(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await connected(links, server.url)
    server.ask("CONFIG", "SET", "min-replicas-to-write", 1)
    await asyncio.sleep(fence.FENCE_EVERY_S)
    await fails_in_s(link.command("GET", link.key("x")))
    await until(lambda: link.reason == "it refuses: NOREPLICAS")
    server.ask("CONFIG", "SET", "min-replicas-to-write", 0)
    await answers_again(link)


async def test_a_write_refused_for_want_of_replicas_fails_at_once(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await connected(links, server.url)
    await asyncio.sleep(fence.FENCE_EVERY_S)
    await done(lambda: link.command("PING"))
    server.ask("CONFIG", "SET", "min-replicas-to-write", 1)
    await fails_in_s(link.command("SET", link.key("x"), "1"))


async def test_a_full_server_is_out_of_reach(kind: str, servers: Servers, links: Links) -> None:
    server = servers.start(kind)
    link = await connected(links, server.url)
    server.ask("CONFIG", "SET", "maxmemory", 1)
    await fails_in_s(link.script(SET, [link.key("x")], ["1"]))
    server.ask("CONFIG", "SET", "maxmemory", 0)
    await answers_again(link)


async def test_a_durable_change_is_acknowledged_by_a_replica(pair: Pair, links: Links) -> None:
    primary, replica = pair.primary, pair.replica
    link = await links(primary.url)
    await link.durable(SET, [link.key("x")], ["1"])
    assert replica.ask("GET", link.key("x")) == "1"


async def test_a_durable_change_without_acknowledgement_fails(pair: Pair, links: Links) -> None:
    primary, replica = pair.primary, pair.replica
    link = await connected(links, primary.url)
    replica.freeze()
    assert await fails_in_s(link.durable(SET, [link.key("x")], ["1"])) < TIMEOUT_MS / 1000 + MARGIN_S
    assert await fails_in_s(link.seal()) < TIMEOUT_MS / 1000 + MARGIN_S
    assert link.reason == ""
    replica.thaw()
    primary.wait_for_replicas(1)
    assert await done(lambda: link.durable(SET, [link.key("x")], ["2"])) == b"OK"


async def test_while_a_replica_hangs_each_change_has_time_for_the_word_of_another(
    kind: str, servers: Servers, links: Links
) -> None:
    primary = servers.start(kind)
    replicas = [servers.start(kind, primary.replica_options) for _ in range(2)]
    primary.wait_for_replicas(2)
    link = await connected(links, primary.url)
    await link.durable(SET, [link.key("x")], ["1"])
    replicas[0].freeze()
    changes = []
    for number in range(12):
        changes.append(asyncio.ensure_future(link.durable(SET, [link.key("x", number)], ["1"])))
        await asyncio.sleep(0.06)
    assert await asyncio.gather(*changes) == [b"OK"] * 12
    replicas[0].thaw()


async def test_what_one_replica_must_have_waits_for_no_other(kind: str, servers: Servers, links: Links) -> None:
    primary = servers.start(kind)
    replicas = [servers.start(kind, primary.replica_options) for _ in range(2)]
    primary.wait_for_replicas(2)
    link = await connected(links, primary.url)
    replicas[0].freeze()
    async with lost_time() as lost:
        began_s = time.monotonic()
        await link.replicated(SET, [link.key("x")], ["1"])
        assert time.monotonic() - began_s - lost.s < TIMEOUT_MS / 1000 / 4
    assert replicas[1].ask("GET", link.key("x")) == "1"
    replicas[1].freeze()
    await fails_in_s(link.replicated(SET, [link.key("x")], ["2"]))
    for replica in replicas:
        replica.thaw()


async def test_waiting_for_a_replica_holds_up_no_check(pair: Pair, links: Links) -> None:
    primary, replica = pair.primary, pair.replica
    link = await links(primary.url)
    replica.freeze()
    change = asyncio.ensure_future(link.durable(SET, [link.key("x")], ["1"]))
    await until(lambda: "cmd=wait" in primary.ask("CLIENT", "LIST"))
    await link.command("GET", link.key("x"))
    assert not change.done()
    replica.thaw()
    await change


async def test_a_sure_answer_is_confirmed_by_a_replica(pair: Pair, links: Links) -> None:
    link = await links(pair.primary.url)
    await link.command("SET", link.key("x"), "1")
    assert await link.surely("GET", link.key("x")) == b"1"


async def test_no_answer_is_sure_that_no_replica_confirms(pair: Pair, links: Links) -> None:
    link = await connected(links, pair.primary.url)
    pair.replica.freeze()
    assert await fails_in_s(link.surely("GET", link.key("x"))) < TIMEOUT_MS / 1000 + MARGIN_S


async def test_without_a_replica_every_answer_is_sure(server: Server, links: Links) -> None:
    link = await links(server.url)
    assert await link.surely("GET", link.key("x")) is None


async def test_answers_that_must_be_sure_share_one_write(pair: Pair, links: Links) -> None:
    link = await links(pair.primary.url)
    before = writes(pair.primary)
    await asyncio.gather(*(link.surely("GET", link.key("x")) for _ in range(50)))
    assert writes(pair.primary) - before == 1


def writes(server: Server) -> int:
    """How many SET it was sent so far."""
    counted: dict[str, dict[str, int]] = server.ask("INFO", "commandstats")
    return counted["cmdstat_set"]["calls"]


async def test_no_answer_is_sure_of_a_primary_that_may_not_write(pair: Pair, links: Links) -> None:
    link = await links(pair.primary.url)
    pair.primary.ask("CONFIG", "SET", "min-replicas-to-write", 2)
    try:
        await fails_in_s(link.surely("GET", link.key("x")))
    finally:
        pair.primary.ask("CONFIG", "SET", "min-replicas-to-write", 0)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for text in caplog.messages if "out of reach" in text]


async def test_a_store_that_was_never_there_is_told_with_its_place_and_the_cause(
    links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    await links(f"redis://127.0.0.1:{port}", TIMEOUT_MS)
    await until(lambda: bool(told(caplog)))
    assert told(caplog)[0].startswith(f"redis at 127.0.0.1:{port} is out of reach: ")
    assert "Connect call failed" in told(caplog)[0]


async def test_a_wrong_password_is_told_from_the_start_and_not_shown(
    kind: str, servers: Servers, links: Links, caplog: pytest.LogCaptureFixture
) -> None:
    server = servers.start(kind)
    server.ask("CONFIG", "SET", "requirepass", "right")
    await links(f"redis://:hunter2@127.0.0.1:{server.port}", TIMEOUT_MS)
    await until(lambda: bool(told(caplog)))
    assert told(caplog) == [f"redis at 127.0.0.1:{server.port} is out of reach: it refuses: WRONGPASS"]
    assert "hunter2" not in caplog.text


async def test_another_cause_is_told_while_the_store_is_still_away(
    kind: str, servers: Servers, links: Links, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "TELL_EVERY_S", 0)
    server = servers.start(kind)
    server.kill()
    await links(server.url, TIMEOUT_MS)
    await until(lambda: bool(told(caplog)))
    server.start()
    server.freeze()
    await until(lambda: len(told(caplog)) >= 2 and "no answer within" in told(caplog)[-1])
    server.thaw()


async def test_the_same_cause_is_told_once(links: Links, caplog: pytest.LogCaptureFixture) -> None:
    tries = 0

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        await links(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", TIMEOUT_MS)
        await until(lambda: tries >= 6)
    assert len(told(caplog)) == 1
