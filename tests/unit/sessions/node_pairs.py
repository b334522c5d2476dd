"""Stores as the conformance tests see them: two nodes on one store, with a clock that the test moves."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gateway.redis_store.event_queue import RedisEventQueue, ShardedEventQueue
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Bounds, Change, EventQueue, Look, Looking, Rule, SessionStore
from gateway.wire.envelope import Event
from tests.support.waiting import GENEROUS_MS, GENEROUS_S

START_MS: Final = 1_700_000_000_000

_ids = itertools.count(1)


@dataclass
class World:
    """What the test decides: the time, the bounds of queues; and what it hears of dropped events."""

    now_ms: int = START_MS
    bounds: Bounds = field(default_factory=lambda: Bounds(1000, 1_048_576))
    dropped: list[int] = field(default_factory=list)


@dataclass
class Node:
    """One gateway node: its store, its queues, the wakes that it heard."""

    store: SessionStore
    queue: EventQueue
    wakes: "asyncio.Queue[tuple[int, str]]" = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self.store.on_wake(lambda agent_id, token: self.wakes.put_nowait((agent_id, token)))

    async def next_wake(self) -> tuple[int, str]:
        """The next wake that it hears."""
        async with asyncio.timeout(GENEROUS_S):
            return await self.wakes.get()

    async def wakes_so_far(self) -> list[tuple[int, str]]:
        """All wakes heard until now, those under way included: in each shard one of another agent comes after them."""
        heard, waited_for = [], {(agent_id, "") for agent_id in self._others()}
        for agent_id, _ in waited_for:
            await self.store.apply(agent_id, opening(session()))
        while waited_for:
            wake = await self.next_wake()
            if wake in waited_for:
                waited_for.remove(wake)
            else:
                heard.append(wake)
        return heard

    def _others(self) -> list[int]:
        """One of the last agents in each shard."""
        last = range(999_000, 1_000_000)
        return list({id(self.store.shard_of(agent_id)): agent_id for agent_id in last}.values())


@dataclass
class NodePair:
    """Two nodes on one store; in memory they are the same one."""

    world: World
    one: Node
    two: Node


@asynccontextmanager
async def memory_pair() -> AsyncIterator[NodePair]:
    world = World()
    queue = MemoryEventQueue(lambda: world.bounds, world.dropped.append)
    node = Node(MemorySessionStore(queue, lambda: world.now_ms), queue)
    yield NodePair(world, node, node)


@asynccontextmanager
async def redis_pair(url: str, shards: int = 1) -> AsyncIterator[NodePair]:
    world, tag = World(), secrets.token_hex(8)
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(sharded_node(url, tag, world, shards)) for _ in range(2)]
        yield NodePair(world, *nodes)


@asynccontextmanager
async def sharded_node(url: str, tag: str, world: World, shards: int) -> AsyncIterator[Node]:
    """A node over so many shards; with one nothing stands between, as in the gateway."""
    async with AsyncExitStack() as stack:
        parts = [await stack.enter_async_context(redis_node(url, each, world)) for each in shard_tags(tag, shards)]
        if shards == 1:
            yield parts[0]
        else:
            yield Node(
                ShardedSessionStore([part.store for part in parts]), ShardedEventQueue([part.queue for part in parts])
            )


@asynccontextmanager
async def redis_node(url: str, tag: str, world: World, timeout_ms: int = GENEROUS_MS) -> AsyncIterator[Node]:
    link = RedisLink(url, tag, timeout_ms)
    await link.start()
    store = RedisSessionStore(link, lambda: world.bounds, world.dropped.append, clock=lambda: world.now_ms)
    try:
        yield Node(store, RedisEventQueue(link, lambda: world.bounds, world.dropped.append))
    finally:
        await store.close()
        await link.close()


def session(name: str = "", *, push: bool = False) -> Session:
    """A session with an id of its own."""
    return Session(name or f"{next(_ids):032x}", "AgentGateway0", "k1", START_MS, issued_ms=START_MS, push=push)


def event(body: bytes = b"{}") -> Event:
    """An event with an id of its own."""
    return Event(f"{next(_ids):016x}", body)


def opening(opened: Session | None, *events: Event) -> Rule[str]:
    """A rule that makes this the agent's session."""
    return lambda record: Change("done", replace(record, session=opened), events)


def counting() -> Callable[[Record], Change[int]]:
    """A rule that adds one to the generation of the session."""

    def rule(record: Record) -> Change[int]:
        assert record.session is not None
        number = record.session.number + 1
        return Change(number, replace(record, session=replace(record.session, number=number)))

    return rule


AGENT: Final = 101


async def look(node: Node, **looking: Any) -> Look:
    """One look of a poll of AGENT, whatever the record is by now."""
    record = await node.store.read(AGENT)
    return await node.store.look(record, Looking(**{"session_id": "s", **looking}))


async def claimed(node: Node, token: str, session_id: str = "s", ended: int = 0, hold_ms: int = 10_000) -> int:
    """A poll that is to wait; how many ended one another before it."""
    return (await look(node, session_id=session_id, token=token, hold_ms=hold_ms, ended=ended)).ended


async def next_event(node: Node, session_id: str, *, tells: bool) -> tuple[Event | None, int]:
    """The oldest event, and for how many ms it must not be sent."""
    found = await look(node, session_id=session_id, tells=tells)
    return found.event, found.wait_ms
