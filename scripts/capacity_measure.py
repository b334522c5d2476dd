"""Measures what a call, an event, a poll, a GUID and a session cost, on a real gateway with a real Valkey.

Only the processes of the gateway and of Valkey count; the agents are raw connections of the measuring process. CPU time
is taken, not time on the clock, so a busy machine disturbs little.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import redis
from capacity_model import KINDS, Cost, Costs
from raw_agents import FIRST_AGENT, RawAgent, Usage, usage, write_agents_file

from gateway.sessions.guid import new_secret_line
from tests.support.gateway import FRESH, GatewayProcess, gateway_process
from tests.support.servers import Server, Servers

SIGN_INS_AT_ONCE: Final = 4
TAKEN_OVER_S: Final = 3.0
"""A changed settings file counts within 2 s."""
BUSY_AGENTS: Final = 400
"""As many calls are under way at once in a process that has all that it can do."""
SHORT_HOLD_MS: Final = 100
POLL_HOLD_MS: Final = 1_000
LONG_HOLD_MS: Final = 10_000
SELDOM_MS: Final = 43_000_000
BEHIND: Final = {"AUTHMODE": "1"}
PARKED_AFTER_S: Final = 0.5
BACKGROUND_S: Final = 5
EMPTY_ROUNDS: Final = 12

Work = Callable[[RawAgent], Awaitable[object]]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Reading:
    """All counters at one moment."""

    gateway: Usage
    redis_s: float
    redis_commands: int
    redis_bytes: int
    wire_bytes: int


class Bench:
    """A gateway under measurement and its agents."""

    def __init__(self, gateway: GatewayProcess, server: Server, configs: list[Path], agents: list[RawAgent]) -> None:
        self._gateway = gateway
        self._redis = redis.Redis.from_url(server.url)
        self._configs = configs
        self._agents = agents

    def read(self) -> Reading:
        """Reads all counters."""
        info = self._redis.info()
        assert isinstance(info, dict)
        return Reading(
            usage([self._gateway.process.pid]),
            info["used_cpu_sys"] + info["used_cpu_user"],
            info["total_commands_processed"],
            info["used_memory"],
            sum(agent.wire_bytes for agent in self._agents),
        )

    async def settle(self, hold_ms: int, behind_ms: int) -> None:
        """Changes how long polls are held, and those of the gateway by the service behind."""
        for config, each_ms in zip(self._configs, (hold_ms, behind_ms), strict=True):
            write_settings(config, each_ms)
        await asyncio.sleep(TAKEN_OVER_S)

    async def background(self) -> Cost:
        """Of one second in which nobody calls."""
        before = self.read()
        await asyncio.sleep(BACKGROUND_S)
        return per(before, self.read(), BACKGROUND_S)

    async def empty_poll(self, background: Cost) -> Cost:
        """Of a poll that is held for POLL_HOLD_MS while nothing happens, when agents poll one after the other.

        Polls that come all at once would share what is asked of Redis, and cost a fraction.
        """
        loop, hold_s = asyncio.get_running_loop(), POLL_HOLD_MS / 1000

        async def go_on(number: int, agent: RawAgent) -> None:
            await asyncio.sleep(hold_s * number / len(self._agents))
            for _ in range(EMPTY_ROUNDS):
                await agent.poll()

        before, began_s = self.read(), loop.time()
        await asyncio.gather(*(go_on(number, agent) for number, agent in enumerate(self._agents)))
        polls, took_s = EMPTY_ROUNDS * len(self._agents), loop.time() - began_s
        return beyond(per(before, self.read(), polls), background, took_s / polls)

    async def cost(self, work: Work, seconds: float) -> Cost:
        """Of one piece of work, when BUSY_AGENTS do it for so long, one piece after the other."""
        count, before = 0, self.read()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds

        async def go_on(agent: RawAgent) -> None:
            nonlocal count
            while loop.time() < end:
                await work(agent)
                count += 1

        await asyncio.gather(*map(go_on, self._agents[:BUSY_AGENTS]))
        return per(before, self.read(), count)

    async def sign_in(self) -> tuple[Cost, float, float]:
        """Of one sign-in, some at a time; and bytes of the gateway and of Redis for one agent whose poll waits.

        The bytes are those of the second half of the agents: the first half also pays for what is there but once.
        """
        half = len(self._agents) // 2
        begun = self.read()
        polls = await self._signed_in(self._agents[:half])
        first = self.read()
        polls += await self._signed_in(self._agents[half:])
        both = self.read()
        await asyncio.gather(*polls)
        one = per(begun, both, len(self._agents))
        rss, kept = both.gateway.rss_bytes - first.gateway.rss_bytes, both.redis_bytes - first.redis_bytes
        return one, rss / (len(self._agents) - half), kept / (len(self._agents) - half)

    async def _signed_in(self, agents: list[RawAgent]) -> list["asyncio.Task[bytes]"]:
        turns = asyncio.Semaphore(SIGN_INS_AT_ONCE)

        async def one(agent: RawAgent) -> None:
            async with turns:
                await agent.connect(self._gateway.port)
                await agent.sign_in()

        await asyncio.gather(*map(one, agents))
        polls = [asyncio.create_task(agent.poll()) for agent in agents]
        await asyncio.sleep(PARKED_AFTER_S)
        return polls


def per(before: Reading, after: Reading, count: int) -> Cost:
    """The cost of one of `count` things between two readings."""
    return Cost(
        (after.gateway.cpu_s - before.gateway.cpu_s) * 1e6 / count,
        (after.redis_s - before.redis_s) * 1e6 / count,
        (after.redis_commands - before.redis_commands) / count,
        (after.wire_bytes - before.wire_bytes) / count,
        (after.gateway.loop_s - before.gateway.loop_s) * 1e6 / count,
    )


def beyond(whole: Cost, part: Cost, parts: float = 1) -> Cost:
    """What a cost is more than so many of its parts."""
    return Cost(*(max(0.0, one - parts * other) for one, other in zip(astuple(whole), astuple(part), strict=True)))


def write_settings(config: Path, hold_ms: int) -> None:
    """Settings under which no GUID changes by age and nobody is signed out."""
    config.write_text(
        f"AGENT_POLL_WAIT_TIMES = 1\nAGENT_POLL_WAIT_INTERVAL = {hold_ms}\n"
        f"GUIDINTERVAL = {SELDOM_MS}\nGUIDTIMEOUT = {2 * SELDOM_MS}\n"
        "MAXTIME = 3600000\nLOG_LEVEL = ERROR\n",
        "utf-8",
    )


def done(answer: bytes) -> None:
    """Raises RuntimeError for a refusal: it would be measured in place of the work."""
    if b'"retcode":"0"' not in answer:
        raise RuntimeError(answer.decode())


async def read_state(agent: RawAgent) -> None:
    """The call that most desktops make most."""
    done(await agent.ask("GET", f"onlineagent/{agent.agent_id}/agentstatus"))


async def heartbeat(agent: RawAgent) -> None:
    """A call that is answered by the gateway itself, whatever is behind."""
    done(await agent.ask("PUT", f"onlineagent/{agent.agent_id}/heartbeat"))


async def renew(agent: RawAgent) -> None:
    """A call that makes a new GUID each time, which the agent adopts."""
    done(await agent.ask("PUT", f"onlineagent/{agent.agent_id}/updateGuid"))


class Changes:
    """Each agent goes busy and idle in turn, and fetches the event of it."""

    def __init__(self) -> None:
        self._busy: set[int] = set()

    async def __call__(self, agent: RawAgent) -> None:
        """One change, and polls until its event is there."""
        busy = agent.agent_id in self._busy
        (self._busy.discard if busy else self._busy.add)(agent.agent_id)
        done(await agent.ask("POST", f"onlineagent/{agent.agent_id}/{'sayfree' if busy else 'saybusy'}"))
        while b'"event"' not in await agent.poll():
            pass


async def open_bench(stack: AsyncExitStack, folder: Path, count: int, *, upstream: bool) -> Bench:
    """A gateway that runs in one of the two ways, with its Valkey and so many agents."""
    server = Servers(folder)
    stack.callback(server.end)
    store, secret = server.start("valkey"), folder / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    settings = {"REDIS_URL": store.url, "GUID_SECRET_FILE": str(secret)}
    agents_file = {"AGENTS_FILE": str(write_agents_file(folder, count))}
    configs = [folder / "measured.properties", folder / "behind.properties"]
    for config in configs:
        write_settings(config, LONG_HOLD_MS)
    if upstream:
        behind = await stack.enter_async_context(
            gateway_process(folder, {**BEHIND, **agents_file}, config=configs[1], before=FRESH)
        )
        settings |= {"BACKEND": "upstream", "UPSTREAM_URL": f"http://127.0.0.1:{behind.port}"}
    else:
        settings |= agents_file
    gateway = await stack.enter_async_context(gateway_process(folder, settings, config=configs[0], before=FRESH))
    agents = [RawAgent(FIRST_AGENT + number) for number in range(count)]
    for agent in agents:
        stack.callback(agent.close)
    return Bench(gateway, store, configs, agents)


async def measure(bench: Bench, seconds: float, tell: Tell) -> Costs:
    """All kinds, one after the other."""
    tell("a process without agents")
    alone = await bench.background()
    process_bytes = bench.read().gateway.rss_bytes
    tell(KINDS["sign_in"])
    sign_in, agent_bytes, redis_bytes = await bench.sign_in()
    tell(KINDS["empty_poll"])
    await bench.settle(POLL_HOLD_MS, POLL_HOLD_MS)
    kinds = {"sign_in": sign_in, "empty_poll": await bench.empty_poll(alone)}
    await bench.settle(SHORT_HOLD_MS, LONG_HOLD_MS)
    works: Mapping[str, Work] = {"call": read_state, "change": Changes(), "heartbeat": heartbeat, "rotation": renew}
    for kind, work in works.items():
        tell(KINDS.get(kind, kind))
        kinds[kind] = await bench.cost(work, seconds)
    kinds["rotation"] = beyond(kinds["rotation"], kinds.pop("heartbeat"))
    return Costs({kind: kinds[kind] for kind in KINDS}, process_bytes, agent_bytes, redis_bytes)


def _told(tell: Tell, way: str, what: str) -> None:
    tell(f"{way}: {what}")


async def measure_all(count: int, seconds: float, tell: Tell) -> dict[str, Costs]:
    """Both ways to run: the contact centre inside, and one behind."""
    ways = {}
    for name in ("embedded", "upstream"):
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                bench = await open_bench(stack, Path(folder), count, upstream=name == "upstream")
                ways[name] = await measure(bench, seconds, partial(_told, tell, name))
    return ways
