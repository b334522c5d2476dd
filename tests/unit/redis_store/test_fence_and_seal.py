"""The fence dates outages. Time is moved by writing when the last fence was."""

import pytest

from gateway.redis_store import fence_and_seal as fence
from gateway.redis_store.link import RedisLink
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server
from tests.support.waiting import until
from tests.unit.redis_store.conftest import Links

CLOCK_MS = 400
"""By which our clock and that of Redis may differ."""
REFUSED_MS = 300
"""How long a call waits for a connection that is refused."""


@pytest.fixture
async def link(server: Server, links: Links, monkeypatch: pytest.MonkeyPatch) -> RedisLink:
    """Writes a fence ahead of every command and none when idle; it takes 15 s without one for an outage."""
    monkeypatch.setattr(fence, "OUTAGE_GAP_MS", 15_000)
    monkeypatch.setattr(fence, "IDLE_FENCE_EVERY_S", 3_600)
    monkeypatch.setattr(fence, "FENCE_EVERY_S", 3_600)
    made = await links(server.url)
    monkeypatch.setattr(fence, "FENCE_EVERY_S", 0)
    return made


async def last_fence_was(link: RedisLink, ms_ago: int) -> int:
    """Moves the last fence back and passes the next one; when the last one was, in ms."""
    at_ms = link.now_ms() - ms_ago
    await link.command("HSET", link.key("fence"), "at", at_ms)
    await link.command("PING")
    return at_ms


async def test_a_gap_is_an_outage_from_the_last_fence_until_now(link: RedisLink) -> None:
    began_ms = link.now_ms()
    at_ms = await last_fence_was(link, 20_000)
    ((start_ms, end_ms),) = link.outages()
    assert start_ms == at_ms
    assert began_ms - CLOCK_MS <= end_ms <= link.now_ms() + CLOCK_MS


async def test_a_short_gap_is_none(link: RedisLink) -> None:
    await last_fence_was(link, fence.OUTAGE_GAP_MS // 3)
    assert link.outages() == ()


async def test_a_fence_of_the_future_is_none(link: RedisLink) -> None:
    await last_fence_was(link, -60_000)
    assert link.outages() == ()


async def test_the_outage_is_known_with_the_answer_of_the_first_command_after_it(link: RedisLink) -> None:
    await link.command("HSET", link.key("fence"), "at", link.now_ms() - 20_000)
    known_then = link.command("PING")
    assert link.outages() == ()
    await known_then
    assert len(link.outages()) == 1


async def test_an_outage_soon_after_another_is_the_same(link: RedisLink) -> None:
    now = link.now_ms()
    await link.command("HSET", link.key("fence"), "outages", f"{now - 90_000}-{now - 22_000}")
    await last_fence_was(link, 20_000)
    ((start_ms, end_ms),) = link.outages()
    assert start_ms == now - 90_000
    assert end_ms >= now - CLOCK_MS


async def test_the_last_eight_are_kept(link: RedisLink) -> None:
    now = link.now_ms()
    former = [(now - 1_000_000 * ago, now - 1_000_000 * ago + 5000) for ago in range(8, 0, -1)]
    await link.command("HSET", link.key("fence"), "outages", " ".join(f"{start}-{end}" for start, end in former))
    at_ms = await last_fence_was(link, 20_000)
    assert link.outages()[:7] == tuple(former[1:])
    assert link.outages()[7][0] == at_ms


async def test_a_node_that_starts_knows_the_outages_at_once(link: RedisLink, server: Server, links: Links) -> None:
    await last_fence_was(link, 20_000)
    assert (await links(server.url)).outages() == link.outages() != ()


async def guarded(links: Links, server: Server, number: str) -> RedisLink:
    return await links(server.url, REFUSED_MS, division=fence.Division(number, unsaid="1"))


async def test_a_store_that_does_not_say_its_number_of_shards_has_the_one_it_had_before(
    server: Server, links: Links
) -> None:
    link = await links(server.url, division=fence.Division("1", unsaid="1"))
    assert await link.command("HGET", link.key("fence"), fence.SHARDS) is None


async def test_who_counts_on_another_number_of_shards_is_refused(server: Server, links: Links) -> None:
    link = await guarded(links, server, "4")
    with pytest.raises(StoreUnavailable):
        await link.command("PING")
    await until(lambda: link.is_divided_otherwise)


async def test_who_is_refused_leaves_no_mark_of_having_been_there(
    link: RedisLink, server: Server, links: Links
) -> None:
    await link.close()
    looker = await links(server.url, division=fence.Division(fence.LOOK))
    before = await looker.command("HGETALL", looker.key("fence"))
    refused = await guarded(links, server, "4")
    await until(lambda: refused.is_divided_otherwise)
    assert await looker.command("HGETALL", looker.key("fence")) == before


async def test_a_number_that_changes_fences_off_who_is_connected(link: RedisLink, server: Server, links: Links) -> None:
    connected = await guarded(links, server, "1")
    await link.command("HSET", link.key("fence"), fence.SHARDS, "4")
    with pytest.raises(StoreUnavailable):
        await connected.command("PING")
    await until(lambda: connected.is_divided_otherwise)
