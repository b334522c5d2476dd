"""The plays: each puts a site to work, does something to it, and has what the desks saw written down."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from tests.failover.partition import LIMIT_S, MAX_LAG_S, OLD_SIDE
from tests.failover.replica_set import gates_to, replica_set
from tests.support.proxy import proxy_to
from tests.support.servers import Servers
from tests.verify.desk import Held
from tests.verify.history import Recorder, Result, What
from tests.verify.place import FIRST_AGENT, GRACE_S, Place, place
from tests.verify.scene import Play, Scene
from tests.verify.settings_storm import Storm
from tests.verify.shard_plays import OTHERS, shard_away
from tests.verify.table import Bound

DOWN_AFTER_MS: Final = 1000
RETURNS_WITHIN_S: Final = 2.0
"""How long after the sentinels took the primary for dead service must be back."""
SPARE_S: Final = 0.5
"""What a busy machine may take of an answer, on top of the bound."""
CALL_S, SIGN_IN_S = 1.0, 2.0
SLOW_S: Final = 0.3
"""A round trip below STORE_TIMEOUT that lets no request fail."""
IN_FORCE_S: Final = 2.0
STEPS: Final = 40
WORK_S: Final = 4.0
POLLS_A_SECOND: Final = 2.0
WINDOW_S: Final = 5.0
"""Over which polls are counted."""

BACK_KILLED = "calls and sign-ins are back after a primary's death"
BACK_CUT = "gateways that reach the sentinels are back after a primary was cut off"
OLD_SERVED = "a primary that is cut off serves nobody"
CALLS_IN_TIME = "a call is answered while the store is away"
SIGN_INS_IN_TIME = "a sign-in is answered while the store is away"
IN_FORCE = "a changed settings file is in force, whatever came before it"
DEAF_POLLS = "a desktop that ignores new GUIDs and polls again at once makes no storm"
BOUNDS: Final = {
    CALLS_IN_TIME: Bound(CALL_S + SPARE_S, "s"),
    SIGN_INS_IN_TIME: Bound(SIGN_IN_S + SPARE_S, "s"),
    BACK_KILLED: Bound(DOWN_AFTER_MS / 1000 + RETURNS_WITHIN_S, "s"),
    BACK_CUT: Bound(DOWN_AFTER_MS / 1000 + RETURNS_WITHIN_S + SPARE_S, "s"),
    OLD_SERVED: Bound(LIMIT_S, "s"),
    IN_FORCE: Bound(IN_FORCE_S + SPARE_S, "s"),
    OTHERS: Bound(0, "refusals"),
    DEAF_POLLS: Bound(POLLS_A_SECOND, "polls/s"),
}

MOVES: Final[Sequence[Mapping[str, str]]] = (
    {"AUTHMODE": "1", "AUTHMODE_PERCENT": "50"},
    {"AUTHMODE": "2"},
    {"AUTHMODE_PERCENT": "25"},
    {"AUTHMODE": "1", "AUTHMODE_PERCENT": "100"},
    {"AUTHMODE": "2"},
)
"""Between the modes, for all agents and for some."""


async def rotation(scene: Scene) -> Recorder:
    """GUIDs change each 1.5 s on three gateways, poll answers get lost, AUTHMODE goes 2-1-2-1 and back."""
    recorder = scene.recorder("rotation")
    async with _store(scene) as url, place(scene.folder, url, recorder, nodes=3, desks=16) as site:
        for number in range(scene.rounds):
            for change in MOVES:
                site.nodes.place.edit(**change)
                await asyncio.sleep(scene.seconds / scene.rounds / len(MOVES))
            scene.tell(f"{number + 1}/{scene.rounds}")
    return recorder


async def deaf(scene: Scene) -> Recorder:
    """A site goes from AUTHMODE 1 to 2 by way of a rehearsal, and back, with desktops that never take a new GUID."""
    numbers = range(FIRST_AGENT, FIRST_AGENT + 8)
    recorder = scene.recorder("desktops that ignore new GUIDs", numbers)
    begin = {"AUTHMODE": "1", "AGENT_POLL_WAIT_TIMES": "20"}
    listed = ",".join(map(str, numbers))
    steps = (
        {"AUTHMODE": "2", "GUIDREHEARSAL": "ON"},
        {"AUTHMODE_STATIC_AGENTS": listed},
        {"GUIDREHEARSAL": "OFF"},
        {"AUTHMODE": "1"},
        {"AUTHMODE_STATIC_AGENTS": ""},
        {"AUTHMODE": "2", "AUTHMODE_STATIC_AGENTS": listed},
        {"AUTHMODE_STATIC_AGENTS": "", "AUTHMODE_PERCENT": "0"},
    )
    async with (
        _store(scene) as url,
        place(scene.folder, url, recorder, desks=len(numbers), settings=begin, deaf=True) as site,
    ):
        for number, step in enumerate(steps):
            began_s = time.monotonic()
            site.nodes.place.edit(**step)
            await asyncio.sleep(GRACE_S + WORK_S)
            for agent_id in numbers:
                scene.values[DEAF_POLLS].append(_most_polls(recorder, agent_id, began_s))
            scene.tell(f"{number + 1}/{len(steps)}")
    return recorder


def _most_polls(recorder: Recorder, agent_id: int, from_s: float) -> float:
    """The most polls of an agent in a second, over WINDOW_S that begin with a poll: that one is not counted."""
    left_s = [op.sent_s for op in recorder.history.ops if op.agent == agent_id and op.what is What.POLL]
    left_s = [at_s for at_s in left_s if at_s >= from_s]
    return max(sum(at_s < each_s < at_s + WINDOW_S for each_s in left_s) for at_s in left_s) / WINDOW_S


async def settings(scene: Scene) -> Recorder:
    """The settings file of two gateways changes many times a second, also wrongly, by halves and away."""
    async with _store(scene) as url:
        return await _storm(scene, "settings", url)


async def settings_in_memory(scene: Scene) -> Recorder:
    """As `settings`, of one gateway that has its contact centre and its sessions in memory."""
    return await _storm(scene, "settings of a gateway alone", "", nodes=1, embedded=True)


async def _storm(scene: Scene, name: str, url: str, *, nodes: int = 2, embedded: bool = False) -> Recorder:
    recorder, begin = scene.recorder(name), {"LOG_LEVEL": "INFO"}
    async with place(scene.folder, url, recorder, nodes=nodes, desks=12, settings=begin, embedded=embedded) as site:
        storm = Storm(site, scene.seed)
        for number in range(scene.rounds):
            scene.values[IN_FORCE].append(await storm.rage(STEPS))
            scene.tell(f"{number + 1}/{scene.rounds}: in force after {scene.values[IN_FORCE][-1]:.2f} s")
    return recorder


async def same_moment(scene: Scene) -> Recorder:
    """Forced sign-ins of one agent at the same moment through two gateways; then every GUID is tried at both."""
    recorder = scene.recorder("sign-ins at the same moment")
    async with _store(scene) as url, place(scene.folder, url, recorder, desks=2, idle=True) as site:
        desk = site.desks[0]
        for number in range(10 * scene.rounds):
            count = (2, 3, 10, 2, 30)[number % 5]
            signed = await asyncio.gather(*(desk.sign_in(each % 2, force=True) for each in range(count)))
            held: list[Held] = [held for sight, held in signed if sight.result is Result.OK]
            for node in range(2):
                for each in held:
                    await desk.status_of(each, node)
            scene.tell(f"{number + 1}/{10 * scene.rounds}")
    return recorder


async def store_away(scene: Scene) -> Recorder:
    """The store answers late, then not at all, then loses its connections."""
    recorder = scene.recorder("the store is slow and away")
    async with AsyncExitStack() as stack:
        servers = Servers(scene.folder)
        stack.callback(servers.end)
        server = await asyncio.to_thread(servers.start, scene.kind)
        proxy = await stack.enter_async_context(proxy_to(server.port))
        site = await stack.enter_async_context(place(scene.folder, f"redis://127.0.0.1:{proxy.port}", recorder))
        for number in range(scene.rounds):
            with recorder.trouble("slow"):
                proxy.delay_s = SLOW_S
                await asyncio.sleep(WORK_S)
                proxy.delay_s = 0.0
            began_s = time.monotonic()
            with recorder.trouble("frozen"):
                server.freeze()
                await asyncio.sleep(WORK_S)
                ended_s = time.monotonic()
                server.thaw()
                await site.until_back(ended_s)
            _note_waits(scene, recorder, began_s, ended_s)
            with recorder.trouble("connections lost"):
                proxy.end()
                await site.until_back(time.monotonic())
            await asyncio.sleep(WORK_S)
            scene.tell(f"{number + 1}/{scene.rounds}")
    return recorder


def _note_waits(scene: Scene, recorder: Recorder, from_s: float, to_s: float) -> None:
    """How long whoever asked meanwhile waited for the answer that it cannot be done now."""
    for op in recorder.history.ops:
        if from_s <= op.sent_s and op.done_s <= to_s and op.said.startswith("503") and op.what != "poll":
            scene.values[SIGN_INS_IN_TIME if op.begins else CALLS_IN_TIME].append(op.done_s - op.sent_s)


async def gateways_killed(scene: Scene) -> Recorder:
    """Gateways are killed (-9) and come back, and are restarted one by one as a service manager does it."""
    recorder = scene.recorder("gateways are killed and restarted")
    chance = random.Random(scene.seed)
    async with _store(scene) as url, place(scene.folder, url, recorder, nodes=3) as site:
        for number in range(scene.rounds):
            for end in (site.nodes.kill, site.nodes.restart):
                with recorder.trouble("a gateway is away"):
                    await end(chance.choice(list(site.nodes.running)))
                    await site.until_back(time.monotonic())
                await asyncio.sleep(chance.uniform(0.5, 2.0))
            scene.tell(f"{number + 1}/{scene.rounds}")
    return recorder


async def primary_killed(scene: Scene) -> Recorder:
    """The primary that sentinels watch over is killed; it comes back as a replica."""
    recorder = scene.recorder("the primary is killed")
    chance = random.Random(scene.seed)
    async with (
        replica_set(scene.folder, scene.kind, DOWN_AFTER_MS, hurried=True) as redis,
        place(scene.folder, redis.url(), recorder, nodes=3) as site,
    ):
        for number in range(scene.rounds):
            await asyncio.sleep(chance.uniform(1.0, 3.0))
            primary = await redis.primary()
            with recorder.trouble("the primary is dead"):
                at_s = await redis.kill(primary)
                back_s = max(await site.until_back(at_s))
                scene.values[BACK_KILLED].append(back_s)
                await redis.until_another_than(primary)
                await redis.revive(primary)
                # Sentinels may take a primary that they have just promoted for dead too.
                await redis.until_healthy()
            await asyncio.sleep(GRACE_S + WORK_S)
            scene.tell(f"{number + 1}/{scene.rounds}: back after {back_s:.2f} s")
    return recorder


async def primary_cut_off(scene: Scene) -> Recorder:
    """The primary is cut off from its replicas and the sentinels, and one gateway with it; the others go on."""
    recorder = scene.recorder("the primary is cut off")
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(
            replica_set(scene.folder, scene.kind, DOWN_AFTER_MS, gated=True, max_lag_s=MAX_LAG_S, hurried=True)
        )
        to_sentinels = await stack.enter_async_context(gates_to(redis.sentinels))
        urls = {OLD_SIDE: redis.url([gate.port for gate in to_sentinels])}
        site = await stack.enter_async_context(place(scene.folder, redis.url(), recorder, nodes=3, urls=urls))
        for number in range(scene.rounds):
            await asyncio.sleep(WORK_S / 2)
            old = await redis.primary()
            cut = (*to_sentinels, redis.gates[old])
            with recorder.trouble("the primary is cut off", OLD_SIDE):
                cut_s = time.monotonic()
                for gate in cut:
                    gate.shut()
                await redis.until_another_than(old)
                switched_s = time.monotonic()
                scene.values[BACK_CUT].append(switched_s - cut_s + await _others_back(site, switched_s))
                await asyncio.sleep(max(0.0, cut_s + LIMIT_S + 1 - time.monotonic()))
            with recorder.trouble("the primary comes back"):
                scene.values[OLD_SERVED].append(_last_served(recorder, cut_s))
                healed_s = time.monotonic()
                for gate in cut:
                    gate.reopen()
                await redis.until_healthy()
                await site.until_back(healed_s)
            scene.tell(f"{number + 1}/{scene.rounds}: the old one served for {scene.values[OLD_SERVED][-1]:.2f} s")
    return recorder


async def _others_back(site: Place, at_s: float) -> float:
    """After how many s all nodes but the one that is cut off accept calls."""
    others = {node for node in range(len(site.ports)) if node != OLD_SIDE}
    async with asyncio.timeout(LIMIT_S * 4):
        while True:
            ops = [op for op in site.recorder.history.ops if op.sent_s >= at_s and op.result is Result.OK]
            if others <= {op.node for op in ops}:
                return max(min(op.done_s - at_s for op in ops if op.node == node) for node in others)
            await asyncio.sleep(0.05)


def _last_served(recorder: Recorder, cut_s: float) -> float:
    ops = [op for op in recorder.history.ops if op.node == OLD_SIDE and op.result is Result.OK and op.sent_s >= cut_s]
    return max((op.sent_s - cut_s for op in ops), default=0.0)


@asynccontextmanager
async def _store(scene: Scene) -> AsyncIterator[str]:
    """A server of its own; its URL."""
    servers = Servers(scene.folder)
    try:
        yield (await asyncio.to_thread(servers.start, scene.kind)).url
    finally:
        await asyncio.to_thread(servers.end)


PLAYS: Final[dict[str, Play]] = {
    "rotation": rotation,
    "deaf": deaf,
    "settings": settings,
    "settings-in-memory": settings_in_memory,
    "same-moment": same_moment,
    "store-away": store_away,
    "shard-away": shard_away,
    "gateways-killed": gateways_killed,
    "primary-killed": primary_killed,
    "primary-cut-off": primary_cut_off,
}
