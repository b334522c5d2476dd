"""What nobody can read in Redis is met once, and costs nobody else anything."""

import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.backend import End, EndReason
from gateway.redis_store import aside
from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.event_queue import RedisEventQueue
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.sessions.model import Record
from gateway.sessions.store import Bounds, Change
from gateway.wire.errors import Unreadable
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS
from tests.unit.sessions.node_pairs import Node, event, next_event, opening, session

AGENT = 101
BAD_MEMBERS = (b"rubbish", b"\xff:1", b"0:x", b"1000000:x", b"1" * 5000 + b":x", b"101:", "١٠١:x".encode())


@pytest.fixture
async def link(server: Server) -> AsyncIterator[RedisLink]:
    made = RedisLink(server.url, secrets.token_hex(8), GENEROUS_MS)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def store(link: RedisLink) -> RedisSessionStore:
    return RedisSessionStore(link, lambda: Bounds(1000, 1_048_576))


async def kept(link: RedisLink) -> list[bytes]:
    entries: list[bytes] = await link.command("LRANGE", link.key("aside"), 0, -1)
    return entries


@pytest.mark.parametrize("name", BAD_MEMBERS)
async def test_a_bad_member_is_taken_out_and_the_others_are_told(
    link: RedisLink, store: RedisSessionStore, name: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    opened = session()
    await store.apply(AGENT, opening(opened))
    await link.command("ZADD", link.key("seen", "poll"), 1, name)
    for _ in range(2):
        assert [seen.session_id for seen in await store.live()] == [opened.id]
    assert len(caplog.messages) == 1
    assert await kept(link) == [b"\n".join((link.key("seen", "poll").encode(), name, b""))]


@pytest.mark.parametrize("score", ["-inf", "+inf"])
async def test_a_time_without_end_is_bad(link: RedisLink, store: RedisSessionStore, score: str) -> None:
    await link.command("ZADD", link.key("seen", "push"), score, "101:x")
    assert await store.live() == []
    assert await store.count() == 0


async def test_a_session_that_the_record_does_not_have_can_be_forgotten(
    link: RedisLink, store: RedisSessionStore
) -> None:
    await link.command("ZADD", link.key("seen", "push"), 1, "101:ghost")
    (ghost,) = await store.live()
    await store.forget_seen(ghost)
    assert await store.live() == []


@pytest.mark.parametrize("content", [b"rubbish", b"0" * 16 + b"[1]", b"0" * 16 + b'{"a":' + b"[" * 100_000])
async def test_a_record_that_nobody_wrote_is_put_aside_and_the_agent_is_free(
    link: RedisLink, store: RedisSessionStore, content: bytes
) -> None:
    await link.command("SET", link.key("agent", AGENT), content)
    assert await store.read(AGENT) == Record(AGENT)
    assert len(await kept(link)) == 1


async def test_a_change_finds_a_record_that_nobody_wrote_and_is_made_all_the_same(
    link: RedisLink, store: RedisSessionStore
) -> None:
    await link.command("SET", link.key("agent", AGENT), b"rubbish")
    assert await store.apply(AGENT, opening(session())) == "done"
    assert (await store.read(AGENT)).session is not None


@pytest.mark.parametrize("content", [b'{"a":101,"s":{}}', b'{"a":102}'])
async def test_a_record_that_a_newer_node_may_have_written_stays_and_is_named_once(
    link: RedisLink, store: RedisSessionStore, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    await link.command("SET", link.key("agent", AGENT), b"0" * 16 + content)
    for _ in range(3):
        with pytest.raises(Unreadable):
            await store.read(AGENT)
    assert await link.command("GET", link.key("agent", AGENT)) == b"0" * 16 + content
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("content", [b"rubbish", None])
async def test_an_end_that_nobody_wrote_leaves_the_outbox(
    link: RedisLink, store: RedisSessionStore, content: bytes | None
) -> None:
    end = End(AGENT, "b" * 32, EndReason.FORCED, 2)
    await store.apply(AGENT, lambda record: Change(None, record, ends=(end,)))
    await link.command("ZADD", link.key("owed"), 1, "a" * 32)
    if content is not None:
        await link.command("HSET", link.key("owed", "ends"), "a" * 32, content)
    for _ in range(3):
        assert end in await store.owed(2)
    assert await link.command("ZCARD", link.key("owed")) == 1


async def test_an_end_that_a_newer_node_may_have_written_stays_and_makes_room(
    link: RedisLink, store: RedisSessionStore, caplog: pytest.LogCaptureFixture
) -> None:
    end = End(AGENT, "b" * 32, EndReason.FORCED, 2)
    await link.command("ZADD", link.key("owed"), 1, "a" * 32)
    await link.command("HSET", link.key("owed", "ends"), "a" * 32, "{}")
    await store.apply(AGENT, lambda record: Change(None, record, ends=(end,)))
    assert [await store.owed(1) for _ in range(3)][1:] == [[end], [end]]
    assert len(caplog.messages) == 1
    assert await link.command("HEXISTS", link.key("owed", "ends"), "a" * 32)


@pytest.mark.parametrize("sends", [False, True])
@pytest.mark.parametrize("element", [b"rubbish", b"%s\n\xff\n{}"])
async def test_an_event_that_nobody_wrote_holds_up_no_other(
    link: RedisLink, store: RedisSessionStore, element: bytes, sends: bool
) -> None:
    opened, first = session(), event()
    await store.apply(AGENT, opening(opened, first))
    await link.command("LPUSH", link.key("events", AGENT), element.replace(b"%s", opened.id.encode()))
    node = Node(store, RedisEventQueue(link, lambda: Bounds(9, 999)))
    found = (await next_event(node, opened.id, tells=True))[0] if sends else await node.queue.head(AGENT, opened.id)
    assert found == first
    assert len(await kept(link)) == 1


async def test_what_changed_meanwhile_stays(link: RedisLink, caplog: pytest.LogCaptureFixture) -> None:
    await link.command("SET", link.key("agent", AGENT), b"right again")
    await Aside(link).put([Bad(link.key("agent", AGENT), "value", content=b"rubbish")])
    assert await link.command("GET", link.key("agent", AGENT)) == b"right again"
    assert (await kept(link), caplog.messages) == ([], [])


async def test_only_the_last_of_it_is_kept(link: RedisLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "MOST_ENTRIES", 2)
    key = link.key("seen", "poll")
    for name in (b"one", b"two", b"three"):
        await link.command("ZADD", key, 1, name)
        await Aside(link).put([Bad(key, "member", name)])
    assert [entry.split(b"\n")[1] for entry in await kept(link)] == [b"two", b"three"]


async def test_the_log_shows_the_beginning_of_a_name_in_one_line_and_how_many_more(
    link: RedisLink, caplog: pytest.LogCaptureFixture
) -> None:
    key = link.key("seen", "poll")
    names = [b"a\nb" + b"c" * 500, b"x", b"y"]
    await link.command("ZADD", key, *(part for name in names for part in (1, name)))
    await Aside(link).put([Bad(key, "member", name) for name in names])
    (line,) = caplog.messages
    assert f"'a\\nb{'c' * 21}' at {key} and 2 more" in line
