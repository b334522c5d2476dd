"""What only the store in Redis does: lost answers, outages, what it leaves in Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.backend import End, EndReason
from gateway.redis_store.codec import write_versioned
from gateway.redis_store.event_queue import RedisEventQueue
from gateway.redis_store.fence_and_seal import FENCE_EVERY_S
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import ARRIVES_WITHIN_MS, RedisRecords, RedisSessionStore
from gateway.sessions.model import Record
from gateway.sessions.policy import Outage, runs_out
from gateway.sessions.store import Bounds, Change, Looking, Rule
from gateway.wire import retcodes
from gateway.wire.envelope import Event
from gateway.wire.errors import Refused, StoreUnavailable
from tests.support.proxy import proxy_to
from tests.support.servers import Server, Servers
from tests.support.waiting import GENEROUS_MS, GENEROUS_S, until
from tests.unit.sessions.node_pairs import (
    Node,
    NodePair,
    World,
    claimed,
    counting,
    event,
    look,
    next_event,
    opening,
    redis_node,
    redis_pair,
    session,
)

AGENT = 101
GIVES_UP_MS = 1000
"""Where the store is out of reach on purpose; a busy machine answers sooner."""


@pytest.fixture
async def pair(server: Server) -> AsyncIterator[NodePair]:
    async with redis_pair(server.url) as made:
        yield made


@pytest.fixture
async def link(server: Server) -> AsyncIterator[RedisLink]:
    made = RedisLink(server.url, secrets.token_hex(8), GENEROUS_MS)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
def store(link: RedisLink) -> RedisSessionStore:
    """A store in the time of Redis."""
    return RedisSessionStore(link, lambda: Bounds(1000, 1_000_000))


async def patiently(node: Node, rule: Rule[str], durable: bool = False) -> None:
    """Applies the rule until the store is in reach again."""
    async with asyncio.timeout(GENEROUS_S):
        while True:
            try:
                await node.store.apply(AGENT, rule, durable=durable)
            except StoreUnavailable:
                continue
            return


@pytest.mark.parametrize("durable", [False, True])
async def test_a_change_whose_answer_was_lost_is_made_once_by_a_retry(server: Server, durable: bool) -> None:
    former, opened, told = session(), session(), event()
    end = End(AGENT, former.id, EndReason.TAKEN_OVER, 1)

    def take_over(record: Record) -> Change[str]:
        return Change("done", replace(record, session=opened), (told,), (end,))

    async with proxy_to(server.port) as proxy:
        tag, world = secrets.token_hex(8), World()
        async with redis_node(f"redis://127.0.0.1:{proxy.port}", tag, world) as node:
            await node.store.apply(AGENT, opening(former, event()))
            known = await node.store.read(AGENT)
            proxy.lossy = True
            with pytest.raises(StoreUnavailable):
                await node.store.apply(AGENT, take_over, known=known, durable=durable)
            proxy.lossy = False
            async with redis_node(server.url, tag, world) as other:
                assert (await other.store.read(AGENT)).session == opened
            await patiently(node, take_over, durable)
            assert (await node.store.read(AGENT)).session == opened
            assert await node.store.owed(10) == [end]
            assert await node.queue.head(AGENT, opened.id) == told
            assert await node.queue.depth(AGENT) == 1


async def test_a_change_that_a_frozen_server_makes_late_does_no_harm(kind: str, servers: Servers) -> None:
    server = servers.start(kind)
    async with redis_node(server.url, "t", World(), GIVES_UP_MS) as node:
        opened, told = session(), event()
        await node.store.apply(AGENT, opening(opened))
        known = await node.store.read(AGENT)
        server.freeze()
        with pytest.raises(StoreUnavailable):
            await node.store.apply(AGENT, opening(opened, told), known=known)
        server.thaw()
        await patiently(node, opening(opened, told))
        assert await node.queue.depth(AGENT) == 1


async def test_changes_go_on_after_redis_forgot_its_scripts(server: Server, pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    server.ask("SCRIPT", "FLUSH")
    assert await pair.one.store.apply(AGENT, counting()) == 1
    server.ask("SCRIPT", "FLUSH")
    assert await pair.one.store.apply(AGENT, counting(), durable=True) == 2


async def test_a_durable_change_without_a_replicas_word_is_refused(kind: str, servers: Servers) -> None:
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    async with redis_node(primary.url, "t", World(), GIVES_UP_MS) as node:
        replica.freeze()
        with pytest.raises(StoreUnavailable):
            await node.store.apply(AGENT, opening(session()), durable=True)
        with pytest.raises(StoreUnavailable):
            await node.store.apply(AGENT, lambda _: Change("done already"), durable=True)
        replica.thaw()
        await patiently(node, opening(session()), durable=True)


@pytest.fixture
async def cut_off(kind: str, servers: Servers) -> AsyncIterator[Node]:
    """A node of a primary whose replica no longer answers, with a session and an end that is owed."""
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    async with redis_node(primary.url, "tag", World(), GIVES_UP_MS) as node:
        owed = End(AGENT, "former", EndReason.SIGNED_OUT, 1)
        await node.store.apply(AGENT, lambda record: Change("", replace(record, session=session()), ends=(owed,)))
        replica.freeze()
        yield node
        replica.thaw()


def refusing(_record: Record) -> Change[str]:
    raise Refused(retcodes.NOT_SIGNED_IN)


async def test_a_store_that_may_be_cut_off_reads_but_is_not_sure(cut_off: Node) -> None:
    assert (await cut_off.store.read(AGENT)).session is not None
    with pytest.raises(StoreUnavailable):
        await cut_off.store.read(AGENT, sure=True)


async def test_a_store_that_may_be_cut_off_refuses_nobody(cut_off: Node) -> None:
    with pytest.raises(StoreUnavailable):
        await cut_off.store.apply(AGENT, refusing)


async def test_a_store_that_may_be_cut_off_has_no_end_told(cut_off: Node) -> None:
    with pytest.raises(StoreUnavailable):
        await cut_off.store.owed(10)


async def test_a_refusal_is_asked_for_again_on_the_record_that_is_sure(pair: NodePair) -> None:
    first, second = pair.one, pair.two
    known = await first.store.read(AGENT)
    await second.store.apply(AGENT, opening(session()))

    def rule(record: Record) -> Change[str]:
        if record.session is None:
            raise Refused(retcodes.NOT_SIGNED_IN)
        return Change("accepted")

    assert await first.store.apply(AGENT, rule, known=known) == "accepted"


async def test_an_outage_is_known_to_whoever_reads_after_it(link: RedisLink, store: RedisSessionStore) -> None:
    began_ms = link.now_ms() - 20_000
    await link.command("HSET", link.key("fence"), "at", began_ms)
    await asyncio.sleep(FENCE_EVERY_S)
    await store.read(AGENT)
    (outage,) = store.outages()
    assert outage == Outage(began_ms, outage.end_ms)
    assert store.outages() is store.outages()


async def test_silence_of_an_outage_is_no_silence_of_the_agent(link: RedisLink, store: RedisSessionStore) -> None:
    limit_ms = 120_000
    await store.apply(AGENT, opening(session()))
    (opened,) = await store.live()
    name, seen_ms = f"{AGENT}:{opened.session_id}", link.now_ms() - 10 * limit_ms
    await link.command("ZADD", link.key("seen", "poll"), seen_ms, name)
    await link.command("HSET", link.key("fence"), "at", seen_ms + 1000)
    await asyncio.sleep(FENCE_EVERY_S)
    now = store.now_ms()
    (silent,) = await store.silent(now - limit_ms, now - limit_ms, 10)
    assert runs_out(silent.seen_ms, limit_ms, store.outages()) > now


async def test_notes_outlast_an_outage(kind: str, servers: Servers) -> None:
    server, world = servers.start(kind, {"appendonly": "yes", "appendfsync": "always"}), World()
    async with redis_node(server.url, "t", world, GIVES_UP_MS) as node:
        opened = session()
        await node.store.apply(AGENT, opening(opened))
        server.kill()
        world.now_ms += 5000
        node.store.note_seen(AGENT, opened.id, push=False)
        with pytest.raises(StoreUnavailable):
            await node.store.live()
        server.start()
        written = server.ask
        await until(lambda: written("ZSCORE", "{t}:seen:poll", f"{AGENT}:{opened.id}") == world.now_ms)


async def test_all_keys_carry_the_tag(kind: str, servers: Servers) -> None:
    server = servers.start(kind)
    async with redis_node(server.url, "site-1", World()) as node:
        opened = session()
        end = End(AGENT, opened.id, EndReason.FORCED, 1)
        await claimed(node, "token", hold_ms=100_000)
        await node.store.apply(AGENT, lambda record: Change(1, replace(record, session=opened), (event(),), (end,)))
        await node.store.key_fingerprints({"k1": "f"})
        keys = server.ask("KEYS", "*")
    assert sorted(key.removeprefix("{site-1}:") for key in keys) == [
        "agent:101",
        "events:101",
        "fence",
        "keys",
        "owed",
        "owed:ends",
        "poll:101",
        "queue:101",
        "seen:poll",
    ]


async def test_an_ended_session_leaves_its_record_only(kind: str, servers: Servers) -> None:
    server = servers.start(kind)
    async with redis_node(server.url, "t", World()) as node:
        await node.store.apply(AGENT, opening(session(), event()))
        await node.store.apply(AGENT, opening(None))
        assert sorted(server.ask("KEYS", "*")) == ["{t}:agent:101", "{t}:fence"]


async def test_a_record_that_cannot_be_read_is_an_outage_of_this_agent(
    link: RedisLink, store: RedisSessionStore, caplog: pytest.LogCaptureFixture
) -> None:
    await link.command("SET", link.key("agent", AGENT), b"0" * 16 + b'{"a":101,"s":{}}')
    with pytest.raises(StoreUnavailable):
        await store.read(AGENT)
    assert "record of agent 101 cannot be read: session: id: Field required" in caplog.text
    assert await store.read(AGENT + 1) == Record(AGENT + 1)


async def test_an_end_that_cannot_be_read_holds_up_no_other(
    link: RedisLink, store: RedisSessionStore, caplog: pytest.LogCaptureFixture
) -> None:
    end = End(AGENT, "b" * 32, EndReason.FORCED, 2)
    await link.command("ZADD", link.key("owed"), 1, "a" * 32)
    await link.command("HSET", link.key("owed", "ends"), "a" * 32, "{}")
    await store.apply(AGENT, lambda record: Change(None, record, ends=(end,)))
    assert await store.owed(10) == [end]
    assert "cannot be read" in caplog.text


async def test_a_claim_lasts_as_long_as_the_poll_may_be_parked(link: RedisLink, store: RedisSessionStore) -> None:
    asked_ms = link.now_ms()
    await claimed(Node(store, RedisEventQueue(link, lambda: Bounds(9, 999))), "token")
    ends_ms = await link.command("PEXPIRETIME", link.key("poll", AGENT))
    assert asked_ms + 10_900 <= ends_ms <= link.now_ms() + 11_100


async def test_polls_of_one_node_do_not_bother_the_others(pair: NodePair) -> None:
    await claimed(pair.one, "a-1")
    await claimed(pair.one, "a-2")
    assert await pair.two.wakes_so_far() == []


async def test_a_poll_that_waits_elsewhere_is_woken_by_its_own_token(pair: NodePair) -> None:
    """So its node can tell it from one that came since, which comes after the newer one."""
    await claimed(pair.one, "a-1")
    await pair.one.wakes_so_far()
    await claimed(pair.two, "b-1")
    assert await pair.one.next_wake() == (AGENT, "a-1")
    await claimed(pair.one, "a-2")
    assert await pair.one.next_wake() == (AGENT, "b-1")


async def test_a_repeated_claim_wakes_nobody(pair: NodePair) -> None:
    await claimed(pair.one, "a-1")
    await claimed(pair.one, "a-1")
    assert await pair.one.wakes_so_far() == []


@pytest.mark.parametrize(("sessions", "ended"), [("aaaa", [0, 1, 2, 3]), ("aabb", [0, 1, 0, 1])])
async def test_polls_that_end_one_another_over_nodes_are_counted(
    pair: NodePair, sessions: str, ended: list[int]
) -> None:
    nodes = (pair.one, pair.two) * 2
    tokens = ("a-1", "b-1", "a-2", "b-2")
    polls = zip(nodes, tokens, sessions, strict=True)
    assert [await claimed(node, token, session_id) for node, token, session_id in polls] == ended


async def test_of_its_own_polls_a_node_knows_itself_which_were_parked(pair: NodePair) -> None:
    assert [await claimed(pair.one, token) for token in ("a-1", "a-2")] == [0, 0]


async def test_a_poll_that_ended_one_here_adds_to_those_that_ended_one_another_elsewhere(pair: NodePair) -> None:
    await claimed(pair.one, "a-1")
    await claimed(pair.two, "b-1")
    assert await claimed(pair.two, "b-2", ended=1) == 2


async def test_a_poll_whose_hold_is_over_was_not_ended(pair: NodePair) -> None:
    await claimed(pair.one, "a-1")
    pair.world.now_ms += 10_000
    assert await claimed(pair.two, "b-1") == 0


async def test_a_repeated_claim_counts_nothing_twice(pair: NodePair) -> None:
    await claimed(pair.one, "a-1")
    assert [await claimed(pair.two, "b-1"), await claimed(pair.two, "b-1")] == [1, 1]


async def test_a_poll_waits_for_the_word_of_another_node_and_is_the_newest_meanwhile(pair: NodePair) -> None:
    opened, told = session(), event()
    await pair.one.store.apply(AGENT, opening(opened, told))
    assert await next_event(pair.one, opened.id, tells=True) == (told, 0)
    waits = await look(pair.two, session_id=opened.id, token="b-1", hold_ms=10_000, tells=True)
    assert (waits.event, 0 < waits.wait_ms <= ARRIVES_WITHIN_MS) == (told, True)
    await pair.one.store.lost(AGENT, told.id)
    assert await next_event(pair.two, opened.id, tells=False) == (told, 0)
    await look(pair.one, session_id=opened.id, confirms=told.id, token="a-1", hold_ms=10_000)
    assert (AGENT, "b-1") in await pair.two.wakes_so_far()


async def test_a_record_that_is_no_longer_remembered_is_asked_for(pair: NodePair) -> None:
    await pair.one.store.apply(AGENT, opening(session()))
    record = await pair.one.store.read(AGENT)
    assert (await pair.one.store.look(replace(record), Looking("s"))).record is record


async def test_a_claim_of_an_older_version_is_taken_for_one_that_ended_none(
    link: RedisLink, store: RedisSessionStore
) -> None:
    await link.command("SET", link.key("poll", AGENT), "node token")
    assert await claimed(Node(store, RedisEventQueue(link, lambda: Bounds(9, 999))), "a-1") == 0


async def waiting_event(pair: NodePair) -> tuple[str, Event]:
    """The id of a session, and its one event."""
    opened, waiting = session(), event()
    await pair.one.store.apply(AGENT, opening(opened, waiting))
    return opened.id, waiting


async def test_an_event_that_one_node_sends_is_left_alone_by_the_others_for_a_while(pair: NodePair) -> None:
    session_id, waiting = await waiting_event(pair)
    await next_event(pair.one, session_id, tells=True)
    found, wait_ms = await next_event(pair.two, session_id, tells=True)
    assert (found, 0 < wait_ms <= ARRIVES_WITHIN_MS) == (waiting, True)


async def test_after_that_while_another_node_sends_it(pair: NodePair) -> None:
    session_id, waiting = await waiting_event(pair)
    await next_event(pair.one, session_id, tells=True)
    async with asyncio.timeout(GENEROUS_S):
        while (found := await next_event(pair.two, session_id, tells=True))[1]:  # noqa: ASYNC110 - time passes
            await asyncio.sleep(0.01)
    assert found == (waiting, 0)


async def test_so_it_does_at_once_when_the_first_has_heard_that_it_was_lost(pair: NodePair) -> None:
    session_id, waiting = await waiting_event(pair)
    await next_event(pair.one, session_id, tells=True)
    await pair.one.store.lost(AGENT, waiting.id)
    assert await next_event(pair.two, session_id, tells=True) == (waiting, 0)


async def test_what_another_node_has_lost_says_nothing_of_the_one_that_sends(pair: NodePair) -> None:
    session_id, waiting = await waiting_event(pair)
    await next_event(pair.one, session_id, tells=True)
    await pair.two.store.lost(AGENT, waiting.id)
    assert (await next_event(pair.two, session_id, tells=True))[1] > 0


async def test_so_it_does_at_once_when_the_first_will_never_hear(pair: NodePair) -> None:
    session_id, waiting = await waiting_event(pair)
    await next_event(pair.one, session_id, tells=False)
    assert await next_event(pair.two, session_id, tells=True) == (waiting, 0)


async def test_the_event_after_a_confirmed_one_is_anybodys(pair: NodePair) -> None:
    session_id, first = await waiting_event(pair)
    second = event()
    await pair.one.queue.append(AGENT, session_id, [second])
    await next_event(pair.one, session_id, tells=True)
    await pair.one.queue.confirm(AGENT, session_id, first.id)
    assert await next_event(pair.two, session_id, tells=True) == (second, 0)


async def test_notes_are_written_soon_without_being_asked_for(pair: NodePair) -> None:
    opened = session()
    await pair.one.store.apply(AGENT, opening(opened))
    pair.world.now_ms += 5000
    pair.one.store.note_seen(AGENT, opened.id, push=False)
    async with asyncio.timeout(GENEROUS_S):
        while (await pair.two.store.live())[0].seen_ms != pair.world.now_ms:  # noqa: ASYNC110 - another node
            await asyncio.sleep(0.05)


async def test_a_queue_of_the_same_link_reads_what_the_store_wrote(link: RedisLink, store: RedisSessionStore) -> None:
    opened, first = session(), event()
    await store.apply(AGENT, opening(opened, first))
    assert await RedisEventQueue(link, lambda: Bounds(1, 1)).head(AGENT, opened.id) == first


def test_the_same_bytes_are_read_once() -> None:
    records, kept = RedisRecords(), write_versioned(Record(AGENT, session()))
    assert records.read(AGENT, kept) is records.read(AGENT, bytes(bytearray(kept)))


def test_bytes_are_only_those_of_the_very_record_read() -> None:
    records, kept = RedisRecords(), write_versioned(Record(AGENT, session()))
    record = records.read(AGENT, kept)
    assert records.bytes_of(record) == kept
    assert records.bytes_of(replace(record)) is None


def test_every_write_has_a_version_of_its_own() -> None:
    assert write_versioned(Record(AGENT))[:16] != write_versioned(Record(AGENT))[:16]
