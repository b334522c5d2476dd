"""How fast a checked call is, as a ratio to a bare aiohttp handler in the same run.

`scripts/bench-edge [--rounds N] [--seconds S] [--connections N] [--redis]`: a `web.Application` with one handler, the
gateway on memory, and with --redis the gateway on a real server, each in a process of its own, are driven in turn with
the same raw keep-alive connections. Printed are, for each round, calls per second and the CPU time of the server per
call, and the median of the ratios of the CPU times: those hold on a busy machine too.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from gateway.sessions.secret_file import new_secret_line
from tests.support.desk import PREFIX
from tests.support.gateway import gateway_process
from tests.support.servers import Servers, free_port

BARE = """
import sys
from aiohttp import web
async def status(request):
    return web.Response(body=b'{"message":"success","retcode":"0","result":{"agentState":4,"isWorking":false}}',
                        headers={"Content-Type": "application/json"})
app = web.Application()
app.router.add_get("/agentgateway/resource/onlineagent/{agentid}/agentstatus", status)
print("ready", flush=True)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""


class Caller(asyncio.Protocol):
    """Sends the same request again and again; every answer has the length of the first."""

    def __init__(self, request: bytes) -> None:
        self.request = request
        self.length = 0
        self.buffered = 0
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if not self.length:
            assert b'"retcode":"0"' in data, data
            self.length = len(data)
        self.buffered += len(data)
        while self.buffered >= self.length:
            self.buffered -= self.length
            self.count += 1
            self.transport.write(self.request)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Target:
    """A server process and what to ask it."""

    pid: int
    port: int
    request: bytes


async def measure(target: Target, connections: int, seconds: float) -> tuple[float, float]:
    """Calls per second, and microseconds of the server's CPU time per call."""
    port, request = target.port, target.request
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(lambda: Caller(request), "127.0.0.1", port))[1] for _ in range(connections)]
    await asyncio.sleep(0.3)
    before, began, cpu = sum(caller.count for caller in made), time.perf_counter(), cpu_seconds(target.pid)
    await asyncio.sleep(seconds)
    calls = sum(caller.count for caller in made) - before
    used, took = cpu_seconds(target.pid) - cpu, time.perf_counter() - began
    for caller in made:
        caller.transport.abort()
    return calls / took, used / calls * 1e6


async def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, servers = Path(name), Servers(Path(name))
        async with AsyncExitStack() as stack:
            stack.callback(servers.end)
            targets = {"bare": await bare(stack)}
            targets["memory"] = await gateway(stack, folder, {})
            if options.redis:
                secret = folder / "guid.keys"
                secret.touch(0o600)
                secret.write_text(new_secret_line("k1"), "ascii")
                url = servers.start("valkey").url
                targets["redis"] = await gateway(stack, folder, {"REDIS_URL": url, "GUID_SECRET_FILE": str(secret)})
            await compare(targets, options)


async def bare(stack: AsyncExitStack) -> Target:
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE, str(port), stdout=-1)
    stack.callback(process.kill)
    assert process.stdout is not None
    await process.stdout.readline()
    await asyncio.sleep(1)
    return Target(process.pid, port, request("00000000-0000-0000-0000-000000000000.AgentGateway0"))


async def gateway(stack: AsyncExitStack, folder: Path, settings: dict[str, str]) -> Target:
    running = await stack.enter_async_context(gateway_process(folder, {"TIMEOUT_FLAG": "OFF", **settings}))
    desk = running.desk(101)
    await desk.sign_in()
    return Target(running.process.pid, running.port, request(desk.guid))


def request(guid: str) -> bytes:
    path = f"{PREFIX}/onlineagent/101/agentstatus"
    return f"GET {path} HTTP/1.1\r\nHost: gateway\r\nguid: {guid}\r\n\r\n".encode()


async def compare(targets: dict[str, Target], options: argparse.Namespace) -> None:
    ratios: dict[str, list[float]] = {name: [] for name in targets}
    for number in range(1, options.rounds + 1):
        found = {name: await measure(target, options.connections, options.seconds) for name, target in targets.items()}
        for name, (_, cpu) in found.items():
            ratios[name].append(found["bare"][1] / cpu)
        shown = "  ".join(f"{name} {rate:.0f}/s {cpu:.0f} us" for name, (rate, cpu) in found.items())
        print(f"round {number}: {shown}", flush=True)
    for name, values in ratios.items():
        print(f"{name}: median {statistics.median(values):.2f} of bare (from {min(values):.2f} to {max(values):.2f})")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=float, default=2)
parser.add_argument("--connections", type=int, default=64)
parser.add_argument("--redis", action="store_true", help="also the gateway on a real Valkey")
asyncio.run(main(parser.parse_args()))
