"""What a contact centre learns of who is signed in when its process starts (docs/design/one_floor.md)."""

from dataclasses import replace

from gateway.backend import LiveSession, Upstream
from gateway.sessions.live import live_sessions
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record
from gateway.sessions.store import Bounds, Change
from gateway.wire.errors import Unreadable
from tests.unit.sessions.node_pairs import START_MS, NodePair, opening, session

AGENTS = 101, 102, 103


async def test_each_live_session_comes_with_its_note(pair: NodePair) -> None:
    one, two, over = session(), replace(session(), upstream=Upstream("key")), session()
    for agent_id, opened in zip(AGENTS, (one, two, over), strict=True):
        await pair.one.store.apply(agent_id, opening(opened))
    await pair.one.queue.append(AGENTS[0], one.id, [], b"note")
    await pair.one.queue.append(AGENTS[2], over.id, [], b"gone")
    await pair.one.store.apply(AGENTS[2], opening(None))
    found = [live for shard in pair.two.store.shards() for live in await live_sessions(shard, pair.two.queue)]
    assert sorted(found, key=lambda live: live.agent_id) == [
        LiveSession(AGENTS[0], one.id, START_MS, b"note"),
        LiveSession(AGENTS[1], two.id, START_MS, b"", Upstream("key")),
    ]


async def test_what_a_version_before_kept_is_the_first_note_until_the_centre_writes_one(pair: NodePair) -> None:
    opened, store, queue = session(), pair.one.store, pair.one.queue
    await store.apply(
        AGENTS[0], lambda record: Change(None, replace(record, session=opened, former_note='{"phone":"\u4e2d"}'))
    )
    assert [live.note for live in await live_sessions(store, queue)] == ['{"phone":"\u4e2d"}'.encode()]
    await queue.append(AGENTS[0], opened.id, [], b"{}")
    assert [live.note for live in await live_sessions(store, queue)] == [b"{}"]


class Flawed(MemorySessionStore):
    """A store that keeps what nobody understands of one agent."""

    async def read(self, agent_id: int, *, sure: bool = False) -> Record:
        if agent_id == AGENTS[0]:
            raise Unreadable
        return await super().read(agent_id, sure=sure)


async def test_a_record_that_nobody_can_read_keeps_no_other_agent_out() -> None:
    queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
    store = Flawed(queue, lambda: START_MS)
    for agent_id in AGENTS:
        await store.apply(agent_id, opening(session()))
    assert [live.agent_id for live in await live_sessions(store, queue)] == [102, 103]
