"""An event that its maker was told of outlives the primary (docs/failover.md)."""

import asyncio
import secrets
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis import ResponseError

from gateway.redis_store.event_queue import RedisEventQueue
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.sessions.store import Bounds, Change
from gateway.wire.envelope import Event
from gateway.wire.errors import StoreUnavailable
from tests.failover.replica_set import gates_to, replica_set
from tests.faults.conftest import KIND
from tests.support.servers import Server, Servers
from tests.support.waiting import until
from tests.unit.sessions.node_pairs import opening, session

AGENT, TIMEOUT_MS, EVENTS = 101, 800, 20
WRITERS, MAX_LAG_S = 4, 3
BOUNDS = Bounds(100_000, 100_000_000)


@pytest.fixture
def pair(servers: Servers) -> tuple[Server, Server]:
    primary = servers.start(KIND)
    replica = servers.start(KIND, primary.replica_options)
    primary.wait_for_replicas(1)
    return primary, replica


def an_event() -> Event:
    return Event(secrets.token_hex(8), b'{"eventType":"x"}')


async def test_no_event_is_acknowledged_that_no_replica_has(pair: tuple[Server, Server]) -> None:
    primary, replica = pair
    link = RedisLink(primary.url, "events", TIMEOUT_MS)
    await link.start()
    store, queue = RedisSessionStore(link, lambda: BOUNDS), RedisEventQueue(link, lambda: BOUNDS)
    opened = session()
    await store.apply(AGENT, opening(opened), durable=True)
    acknowledged = 0
    for number in range(EVENTS):
        if number == EVENTS // 2:
            replica.freeze()
        try:
            if number % 2:
                await queue.append(AGENT, opened.id, [an_event()])
            else:
                await store.apply(AGENT, lambda record: Change(None, record, (an_event(),)))
        except StoreUnavailable:
            break
        acknowledged += 1
    primary.kill()
    replica.thaw()
    assert acknowledged == EVENTS // 2
    assert replica.ask("LLEN", link.key("events", AGENT)) >= acknowledged
    await link.close()


class Writer:
    """Makes events for one agent through one link; `acknowledged` are their ids."""

    def __init__(self, link: RedisLink, agent_id: int) -> None:
        self._store, self._queue = RedisSessionStore(link, lambda: BOUNDS), RedisEventQueue(link, lambda: BOUNDS)
        self.agent_id = agent_id
        self.acknowledged: list[str] = []

    async def run(self) -> None:
        opened = session()
        await self._store.apply(self.agent_id, opening(opened), durable=True)
        while True:
            made = an_event()
            try:
                if await self._queue.append(self.agent_id, opened.id, [made]):
                    self.acknowledged.append(made.id)
            except StoreUnavailable:
                pass
            await asyncio.sleep(0.02)


def takes_writes(server: Server) -> bool:
    try:
        server.ask("SET", "taken", 1)
    except ResponseError:
        return False
    return True


@pytest.mark.slow
async def test_a_primary_that_is_cut_off_loses_no_event_that_was_acknowledged(tmp_path: Path) -> None:
    """Half of the writers cannot reach the sentinels, and stay with the former primary as long as that serves."""
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            replica_set(tmp_path, KIND, 1000, gated=True, max_lag_s=MAX_LAG_S, hurried=True)
        )
        to_sentinels = await stack.enter_async_context(gates_to(redis.sentinels))
        writers: list[Writer] = []
        for url in (redis.url([gate.port for gate in to_sentinels]), redis.url()):
            link = RedisLink(url, "events", TIMEOUT_MS)
            await link.start()
            stack.push_async_callback(link.close)
            writers += [Writer(link, AGENT + len(writers) + number) for number in range(WRITERS)]
        running = [asyncio.create_task(writer.run()) for writer in writers]
        await until(lambda: all(len(writer.acknowledged) > EVENTS for writer in writers))
        old = await redis.primary()
        for gate in (*to_sentinels, redis.gates[old]):
            gate.shut()
        await redis.until_another_than(old)
        await until(lambda: not takes_writes(redis.servers[old]))
        for gate in (*to_sentinels, redis.gates[old]):
            gate.reopen()
        await redis.until_healthy()
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        new = redis.servers[await redis.primary()]
        for writer in writers:
            kept = new.ask("LRANGE", f"{{events}}:events:{writer.agent_id}", 0, -1)
            assert set(writer.acknowledged) <= {element.split("\n")[1] for element in kept}
