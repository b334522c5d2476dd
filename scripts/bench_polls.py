"""What agents cost who poll and wait for events: the usual state of nearly all agents, nearly all of the time.

`scripts/bench-polls [--agents N] [--workers N] [--seconds S]`: one gateway on a Valkey of its own. A single worker has
the contact centre in it; several stand before one in a process of its own, which is not counted. Polls are held for
10 s and GUIDs changed every 60 s, as is the default. The agents sign in, two for each worker at once, each on a
connection of its own, and poll with the pauses of known clients; then the server processes are watched for so many
seconds. Printed are

- sign-ins per second, which is mostly the speed of argon2;
- resident memory of all gateway processes, idle (after some agents came and went) and with everybody waiting, and the
  difference for each agent: session, connection and the poll on it;
- CPU time of gateway and Valkey, for 1,000 agents, in seconds per second, and that of a gateway without agents;
- commands that Valkey executed, those of scripts included, by name; open files of each worker.

The agents are raw connections of the measuring process, which is not counted. CPU time holds on a busy machine too, as
far as caches allow; how long things take does not. Exit code 1 when a poll was refused or a connection broke.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import redis
from raw_agents import FIRST_AGENT, RawAgent, usage, write_agents_file

from gateway.ops import process
from gateway.sessions.guid import new_secret_line
from tests.support.gateway import FRESH, GatewayProcess, gateway_process
from tests.support.one_centre import before, centre_process
from tests.support.servers import Server, Servers

POLL_PAUSE_S = (0.2, 0.5)
"""Between two polls, as known clients do (docs/protocol.md, Polling)."""
WARM_AGENTS = 40
WARM_S = 3.0
IDLE_S = 5.0
SETTLE_S = 11.0
"""After the last sign-in: every poll has begun anew since."""
TELL_EVERY_S = 1.0
SHOWN_COMMANDS = 6
MB, KB = 1024 * 1024, 1024


@dataclass(frozen=True)
class Reading:
    """All counters at one moment; `files` are those of each worker."""

    at_s: float
    cpu_s: float
    rss_bytes: int
    files: list[int]
    redis_s: float
    commands: Counter[str]


@dataclass
class Bench:
    """A gateway under measurement, and what its agents saw."""

    gateway: GatewayProcess
    redis: "redis.Redis"
    signed_in: int = 0
    polls: int = 0
    waiting: int = 0
    rotations: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def pids(self) -> list[int]:
        """The gateway's processes; workers are children of the first."""
        first = self.gateway.process.pid
        return [first, *children(first)]

    def read(self) -> Reading:
        """Reads all counters."""
        info, stats = self.redis.info(), self.redis.info("commandstats")
        assert isinstance(info, dict)
        assert isinstance(stats, dict)
        used, pids = usage(self.pids), self.pids
        commands = Counter({name.removeprefix("cmdstat_"): int(row["calls"]) for name, row in stats.items()})
        files = [len(os.listdir(f"/proc/{pid}/fd")) for pid in pids[1:] or pids]
        redis_s = info["used_cpu_sys"] + info["used_cpu_user"]
        return Reading(time.monotonic(), used.cpu_s, used.rss_bytes, files, redis_s, commands)

    async def sign_in(self, agent: RawAgent) -> None:
        """On a connection of its own."""
        await agent.connect(self.gateway.port)
        await agent.sign_in()
        self.signed_in += 1

    async def poll_on(self, agent: RawAgent) -> None:
        """Polls until cancelled."""
        while True:
            before = agent.rotations
            self.waiting += 1
            try:
                answer = await agent.poll()
            except ConnectionError as problem:
                self.faults[str(problem)] += 1
                return
            finally:
                self.waiting -= 1
            self.polls += 1
            self.rotations += agent.rotations - before
            if b'"retcode":"0"' not in answer:
                self.faults[answer.decode()] += 1
            if b'"event"' not in answer:
                await asyncio.sleep(random.uniform(*POLL_PAUSE_S))

    def line(self) -> str:
        """The live line."""
        return (
            f"signed in {self.signed_in}  waiting {self.waiting}  polls answered {self.polls}"
            f"  GUIDs changed {self.rotations}  faults {self.faults.total()}"
        )


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


async def sign_all_in(bench: Bench, agents: list[RawAgent], at_once: int) -> list["asyncio.Task[None]"]:
    """Signs in; everybody begins to poll at once."""
    turns = asyncio.Semaphore(at_once)

    async def one(agent: RawAgent) -> "asyncio.Task[None]":
        async with turns:
            await bench.sign_in(agent)
        return asyncio.create_task(bench.poll_on(agent))

    return list(await asyncio.gather(*map(one, agents)))


async def leave(bench: Bench, agents: list[RawAgent], polling: list["asyncio.Task[None]"]) -> None:
    """Everybody's connection ends."""
    for task in polling:
        task.cancel()
    await asyncio.gather(*polling, return_exceptions=True)
    for agent in agents:
        agent.close()


async def warm_up(bench: Bench, at_once: int) -> tuple[Reading, Reading]:
    """Some agents come and go, so that what is there but once is there; the idle gateway twice after that."""
    agents = [RawAgent(FIRST_AGENT + number) for number in range(WARM_AGENTS)]
    polling = await sign_all_in(bench, agents, at_once)
    await asyncio.sleep(WARM_S)
    await leave(bench, agents, polling)
    for agent in agents:
        await agent.connect(bench.gateway.port)
        await agent.ask("DELETE", f"onlineagent/{agent.agent_id}/forcelogout")
        agent.close()
    await asyncio.sleep(WARM_S)
    bench.signed_in, before = 0, bench.read()
    await asyncio.sleep(IDLE_S)
    return before, bench.read()


@dataclass(frozen=True)
class Found:
    """What a run found: two readings without agents and two with them; `sign_ins` are those of a second."""

    idle: tuple[Reading, Reading]
    busy: tuple[Reading, Reading]
    sign_ins: float
    polls: int
    rotations: int
    waiting: int


async def measure(bench: Bench, options: argparse.Namespace) -> Found:
    """The whole run."""
    at_once = 2 * options.workers
    idle = await warm_up(bench, at_once)
    agents = [RawAgent(FIRST_AGENT + WARM_AGENTS + number) for number in range(options.agents)]
    telling, began_s = asyncio.create_task(tell_on(bench)), time.monotonic()
    polling = await sign_all_in(bench, agents, at_once)
    rate = len(agents) / (time.monotonic() - began_s)
    await asyncio.sleep(SETTLE_S)
    polls, rotations, begun = bench.polls, bench.rotations, bench.read()
    await asyncio.sleep(options.seconds)
    found = Found(idle, (begun, bench.read()), rate, bench.polls - polls, bench.rotations - rotations, bench.waiting)
    telling.cancel()
    await leave(bench, agents, polling)
    return found


@dataclass(frozen=True)
class Rates:
    """Between two readings, a second."""

    cpu: float
    redis_cpu: float
    commands: Counter[str]
    seconds: float

    @classmethod
    def between(cls, before: Reading, after: Reading) -> "Rates":
        seconds = after.at_s - before.at_s
        cpu, redis_cpu = (after.cpu_s - before.cpu_s) / seconds, (after.redis_s - before.redis_s) / seconds
        return cls(cpu, redis_cpu, after.commands - before.commands, seconds)

    @property
    def most(self) -> str:
        """Commands a second, all and the most frequent."""
        shown = self.commands.most_common(SHOWN_COMMANDS)
        names = ", ".join(f"{name} {count / self.seconds:.0f}" for name, count in shown)
        return f"{self.commands.total() / self.seconds:.0f} ({names})"


def summary(options: argparse.Namespace, found: Found) -> list[str]:
    agents, thousands = options.agents, options.agents / 1000
    idle, busy = Rates.between(*found.idle), Rates.between(*found.busy)
    before, now = found.idle[1].rss_bytes, found.busy[1].rss_bytes
    return [
        f"{agents} agents on {options.workers} workers, watched for {busy.seconds:.0f} s: {found.waiting} polls waiting"
        f" at the end, {found.polls / busy.seconds:.0f} answered a second, {found.rotations} GUIDs changed",
        f"sign-ins: {found.sign_ins:.1f} a second",
        f"memory: {before / MB:.0f} MB idle, {now / MB:.0f} MB now: {(now - before) / KB / agents:.1f} KB for each"
        f" waiting agent",
        f"CPU, seconds a second: gateway {busy.cpu / thousands:.3f} and Valkey {busy.redis_cpu / thousands:.3f} for"
        f" 1,000 agents, {busy.cpu:.2f} and {busy.redis_cpu:.2f} for all; {idle.cpu:.2f} and {idle.redis_cpu:.2f} idle",
        f"Valkey commands a second: {busy.most}; idle {idle.most}",
        f"open files of each worker: {', '.join(map(str, found.busy[1].files))}",
    ]


async def tell_on(bench: Bench) -> None:
    tell = _renew if sys.stderr.isatty() else _add
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        tell(bench.line())


def _renew(line: str) -> None:
    print(f"\r{line}", end="", flush=True, file=sys.stderr)


def _add(line: str) -> None:
    print(line, flush=True, file=sys.stderr)


async def main(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as name:
        folder, servers = Path(name), Servers(Path(name))
        async with AsyncExitStack() as stack:
            stack.callback(servers.end)
            server = servers.start("valkey")
            wanted = settings(folder, server, options)
            if options.workers > 1:
                centre = centre_process({"AGENTS_FILE": wanted["AGENTS_FILE"]})
                wanted |= before(await stack.enter_async_context(centre))
            gateway = await stack.enter_async_context(gateway_process(folder, wanted, before=FRESH))
            bench = Bench(gateway, redis.Redis.from_url(server.url))
            print("\n".join(summary(options, await measure(bench, options))))
            for text, count in bench.faults.most_common(SHOWN_COMMANDS):
                print(f"FAULT {count} times: {text}")
            return 1 if bench.faults else 0


def settings(folder: Path, server: Server, options: argparse.Namespace) -> dict[str, str]:
    """The defaults, but for what a measurement on one machine needs."""
    secret = folder / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    return {
        "REDIS_URL": server.url,
        "GUID_SECRET_FILE": str(secret),
        "AGENTS_FILE": str(write_agents_file(folder, options.agents + WARM_AGENTS)),
        "WORKERS": str(options.workers),
        "LOG_LEVEL": "WARNING",
    }


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--agents", type=int, default=2000)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--seconds", type=float, default=60)
sys.exit(process.run_on_event_loop(main(parser.parse_args())))
