"""The play of a Cluster whose primaries go away one by one, without any replica that may take over."""

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from gateway.redis_store.shards import shard_of, shard_tags
from tests.support.cluster import OPTIONS, Cluster, start_cluster
from tests.support.servers import Server, Servers
from tests.support.waiting import until
from tests.verify.history import Recorder, Result
from tests.verify.place import BACK_WITHIN_S, Place, place
from tests.verify.scene import Scene

SHARDS: Final = 4
AWAY_S: Final = 4.0
REST_S: Final = 2.0
OTHERS = "agents of other shards get no refusal for a shard that is away"
LASTING: Final = {**OPTIONS, "appendonly": "yes"}

Harm = tuple[str, Callable[[Server], object], Callable[[Server], object]]
HARMS: Final[tuple[Harm, ...]] = (
    ("killed", Server.kill, Server.start),
    ("frozen", Server.freeze, Server.thaw),
    (
        "full",
        lambda server: server.ask("CONFIG", "SET", "maxmemory", "1mb"),
        lambda server: server.ask("CONFIG", "SET", "maxmemory", "0"),
    ),
)
"""What is done to a primary, and undone."""


async def shard_away(scene: Scene) -> Recorder:
    """Each primary in turn is killed, frozen and full, and comes back with what it has kept."""
    recorder = scene.recorder("a shard is away")
    with ExitStack() as stack:
        servers = Servers(scene.folder)
        stack.callback(servers.end)
        cluster = await asyncio.to_thread(start_cluster, servers, scene.kind, LASTING)
        settings = {"STORE_SHARDS": str(SHARDS)}
        async with place(scene.folder, cluster.url, recorder, desks=16, settings=settings) as site:
            tags = shard_tags(site.nodes.place.settings["STORE_TAG"], SHARDS)
            for number in range(scene.rounds):
                for which, primary in enumerate(cluster.primaries):
                    for name, harm, mend in HARMS:
                        with recorder.trouble(f"a primary is {name}"):
                            from_s = time.monotonic()
                            await asyncio.to_thread(harm, primary)
                            await asyncio.sleep(AWAY_S)
                            to_s = time.monotonic()
                            await asyncio.to_thread(mend, primary)
                            await _all_back(site, time.monotonic())
                        others = {
                            desk.agent_id for desk in site.desks if _primary(cluster, tags, desk.agent_id) != which
                        }
                        scene.values[OTHERS].append(_refused(recorder, others, from_s, to_s))
                        await asyncio.sleep(REST_S)
                scene.tell(f"{number + 1}/{scene.rounds}")
    return recorder


def _primary(cluster: Cluster, tags: tuple[str, ...], agent_id: int) -> int:
    return cluster.number_of(tags[shard_of(agent_id, SHARDS)])


async def _all_back(site: Place, at_s: float) -> None:
    """Waits until something is accepted of each agent that left after `at_s`."""
    agents = {desk.agent_id for desk in site.desks}
    ops = site.recorder.history.ops
    await until(
        lambda: agents <= {op.agent for op in ops if op.sent_s >= at_s and op.result is Result.OK}, BACK_WITHIN_S
    )


def _refused(recorder: Recorder, agents: set[int], from_s: float, to_s: float) -> float:
    ops = [op for op in recorder.history.ops if op.agent in agents and from_s <= op.sent_s <= to_s]
    return float(sum(op.result is Result.UNKNOWN for op in ops))
