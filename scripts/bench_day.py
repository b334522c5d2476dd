"""How late events come on a very busy day, and what the gateway needs for it.

`scripts/bench-day [--agents N] [--calls-per-second N] [--seconds S]`: a gateway process on memory, held on one core,
and agents and customers in this process, held on the others. The day is a simulated one (`agentgateway sim day`) with
the arrival pattern of config/contact_center.toml, faster and with more calls. Printed are the latency of events (from
their making to their reading here), the gateway's largest resident memory and its CPU time per call; the goals are a
99th percentile under 50 ms and less than 200 MB. Exit code 1 when one is missed or a call or an event went wrong.

Latency is real time, so it suffers from whatever else the machine does, also from this process; CPU time does not.
"""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path

from gateway.admin.admin_tokens import read_admin_token
from gateway.contact_centre.plan_file import read as read_plan
from gateway.sim.day import FIRST_AGENT, DayPlan, own_settings, play
from gateway.sim.scenario import GatewayPlace, Habits
from gateway.sim.tally import DayTally
from tests.support.gateway import CONFIG, ROOT, GatewayProcess, start_process
from tests.support.servers import free_port

P99_MS = 50
MEMORY_MB = 200
SPEED = 40
"""At this speed a call of the pattern takes about 3 s, wrap-up included: 200 agents take 50 a second."""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """The most resident memory that a process ever had."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def part_cores(pid: int) -> str:
    """The gateway on the first core, this process on the others; what was done, in words."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return "one core for everything"
    os.sched_setaffinity(pid, cores[:1])
    os.sched_setaffinity(0, cores[1:])
    return f"the gateway on core {cores[0]}, agents and customers on {len(cores) - 1} others"


class Meter:
    """Hears the live lines, and notes CPU time between the first and the last."""

    def __init__(self, pid: int, tally: DayTally) -> None:
        self._pid = pid
        self._tally = tally
        self._marks: list[tuple[float, int]] = []

    def __call__(self, line: str) -> None:
        if self._tally.measures:
            self._marks.append((cpu_seconds(self._pid), self._tally.placed))
        print(line, flush=True)

    @property
    def ms_per_call(self) -> float:
        """CPU time of the gateway per customer call, in ms."""
        (cpu, calls), (cpu_end, calls_end) = self._marks[0], self._marks[-1]
        return (cpu_end - cpu) * 1000 / max(1, calls_end - calls)


async def main(options: argparse.Namespace) -> int:
    pattern = read_plan(ROOT / "config" / "contact_center.toml").arrivals
    per_second = sum(entry.per_minute for entry in pattern) / 60 * SPEED
    load = options.calls_per_second / per_second
    plan = DayPlan(options.seconds * SPEED / 60, pattern, SPEED, load, 1, Habits(speed=SPEED))
    password, tally = secrets.token_urlsafe(12), DayTally()
    with tempfile.TemporaryDirectory() as name:
        folder, admin_port = Path(name), free_port()
        skills = [entry.skill_id for entry in pattern]
        own = own_settings(folder, CONFIG, {"LOG_LEVEL": "WARNING"}, options.agents, skills, password)
        gateway = await start_process(folder, {**own, "ADMIN_PORT": str(admin_port)})
        try:
            print(part_cores(gateway.process.pid))
            place = GatewayPlace(
                f"http://127.0.0.1:{gateway.port}",
                f"http://127.0.0.1:{admin_port}",
                read_admin_token(folder / "admin.token"),
                range(FIRST_AGENT, FIRST_AGENT + options.agents),
                password,
            )
            meter = Meter(gateway.process.pid, tally)
            await play(place, plan, meter, asyncio.Event(), tally)
            return verdict(gateway, tally, meter)
        finally:
            await gateway.end()


def verdict(gateway: GatewayProcess, tally: DayTally, meter: Meter) -> int:
    p99, memory = tally.latencies.percentile(99), memory_mb(gateway.process.pid)
    print("\n".join(tally.summary()))
    goals = {
        f"event latency p99 {p99} ms (goal: under {P99_MS})": p99 < P99_MS,
        f"memory {memory:.0f} MB (goal: under {MEMORY_MB})": memory < MEMORY_MB,
        "no call or event went wrong": not tally.failures(),
    }
    print(f"CPU time of the gateway {meter.ms_per_call:.1f} ms per customer call")
    for text, met in goals.items():
        print(f"{'met' if met else 'MISSED'}: {text}")
    return 0 if all(goals.values()) else 1


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--agents", type=int, default=200)
parser.add_argument("--calls-per-second", type=float, default=50)
parser.add_argument("--seconds", type=float, default=60)
sys.exit(asyncio.run(main(parser.parse_args())))
