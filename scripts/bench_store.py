"""How fast records are read for checks, as a ratio to one redis-py request a read, on the same server in the same run.

`scripts/bench-store [--readers N ...] [--rounds N] [--seconds S] [--shards N] [--kind valkey|redis]`: so many readers
each read the record of an agent of their own again and again, in turn through the store (fence, time-out and record
included), through a store of several shards, and through redis-py. Printed are the medians of reads per second and of
this process's CPU time per read, and the ratios of each: store to redis-py, shards to one.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from redis.asyncio import Redis

from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.guid import new_session_id
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Bounds, Change, SessionStore
from tests.support.servers import Servers

Read = Callable[[int], Awaitable[object]]


async def measure(read: Read, readers: int, seconds: float) -> tuple[float, float]:
    """Reads per second, and microseconds of CPU time per read."""
    end, count = time.perf_counter() + seconds, 0

    async def reader(agent_id: int) -> None:
        nonlocal count
        while time.perf_counter() < end:
            await read(agent_id)
            count += 1

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(reader(agent_id) for agent_id in range(101, 101 + readers)))
    return count / (time.perf_counter() - began), (time.process_time() - cpu) / count * 1e6


def signed_in(record: Record) -> Change[None]:
    """A session such as every read finds."""
    session = Session(new_session_id(), "AgentGateway0", "k1", 1_700_000_000_000, issued_ms=1_700_000_000_000)
    return Change(None, replace(record, session=session))


async def open_store(url: str, shards: int, stack: AsyncExitStack) -> SessionStore:
    """A store under a tag of its own."""
    stores = []
    for tag in shard_tags(f"bench-{shards}", shards):
        link = RedisLink(url, tag, 800)
        stack.push_async_callback(link.close)
        await link.start()
        stores.append(RedisSessionStore(link, lambda: Bounds(1000, 1_048_576)))
    return ShardedSessionStore(stores) if shards > 1 else stores[0]


async def compare(url: str, options: argparse.Namespace) -> None:
    async with AsyncExitStack() as stack:
        client = Redis.from_url(url, max_connections=max(options.readers))
        stack.push_async_callback(client.aclose)
        whole, spread = [await open_store(url, shards, stack) for shards in (1, options.shards)]
        for store in (whole, spread):
            for agent_id in range(101, 101 + max(options.readers)):
                await store.apply(agent_id, signed_in)
        await measure_all(
            {
                "gathered": whole.read,
                "shards": spread.read,
                "redis-py": lambda agent_id: client.get(f"{{bench-1}}:agent:{agent_id}"),
            },
            options,
        )


async def measure_all(ways: dict[str, Read], options: argparse.Namespace) -> None:
    """Prints one line for each number of readers."""
    for readers in options.readers:
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way, read in ways.items():
                found[way].append(await measure(read, readers, options.seconds))
        medians = {
            way: [statistics.median(column) for column in zip(*rows, strict=True)] for way, rows in found.items()
        }
        shown = ", ".join(f"{way} {rate:.0f}/s {cpu:.0f} us" for way, (rate, cpu) in medians.items())
        (rate, cpu), (other_rate, other_cpu) = medians["gathered"], medians["redis-py"]
        (spread_rate, spread_cpu) = medians["shards"]
        to_client = f"{rate / other_rate:.1f} times the reads, {other_cpu / cpu:.1f} by CPU time"
        to_one = f"{spread_rate / rate:.2f} times the reads of one, {cpu / spread_cpu:.2f} by CPU time"
        print(f"{readers} readers: {shown}: {to_client}; {options.shards} shards {to_one}")


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            asyncio.run(compare(servers.start(options.kind).url, options))
        finally:
            servers.end()


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--readers", type=int, nargs="+", default=[64, 256])
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=float, default=0.5)
parser.add_argument("--shards", type=int, default=4)
parser.add_argument("--kind", choices=["valkey", "redis"], default="valkey")
main(parser.parse_args())
