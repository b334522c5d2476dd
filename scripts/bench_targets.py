"""What is measured against what: the gateway as shipped, a bare handler, its own connection alone, and peers."""

import asyncio
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import redis
from bench_load import Target, children, cores, pin
from raw_agents import FIRST_AGENT, RawAgent, write_agents_file

from gateway.sessions.guid import new_secret_line
from tests.support.gateway import FRESH, ROOT, GatewayProcess, gateway_process
from tests.support.servers import Server, Servers, free_port

PREFIX: Final = "/agentgateway/resource"
READ: Final = (("GET", f"{PREFIX}/onlineagent/{{agent}}/agentstatus", '"agentState":'),)
POLL: Final = ("GET", f"{PREFIX}/agentevent/{{agent}}", '{"message":"","retcode":"0"}')
FETCH: Final = ("GET", f"{PREFIX}/agentevent/{{agent}}", '"event":')
CHANGES: Final = (
    ("POST", f"{PREFIX}/onlineagent/{{agent}}/saybusy", '"retcode":"0"'),
    ("POST", f"{PREFIX}/onlineagent/{{agent}}/sayfree", '"retcode":"0"'),
)
CHANGES_POLLED: Final = (CHANGES[0], FETCH, CHANGES[1], FETCH)
BARE: Final = "a bare web.Application handler, uvloop"
HOLD: Final = {"AGENT_POLL_WAIT_TIMES": "1"}
"""A poll is held for 0.1 s, not 10: so that a round has many."""
POLLING: Final = 200
"""So many polls that each are held for 0.1 s are 2,000 a second, as a process has that is full (docs/capacity.md)."""
POLLS: Final[Mapping[str, Any]] = {"steps": (POLL,), "least_s": 2.0, "connections": POLLING}
MANY_HEADS: Final = 6
"""More than a connection remembers."""
NGINX_MODULES: Final = "/usr/lib/nginx/modules"
LUA: Final = ("ndk_http_module", "ngx_http_lua_module")
"""What a packaged nginx loads for Lua, in this order; openresty has it built in."""
PEERS: Final = ROOT / "build" / "peers"
_ANYBODY: Final = {FIRST_AGENT: "00000000-0000-0000-0000-000000000000.AgentGateway0"}

_BARE: Final = """
import sys
import uvloop
from aiohttp import web
async def status(request):
    return web.Response(body=b'{"message":"success","retcode":"0","result":{"agentState":4,"isWorking":false}}',
                        headers={"Content-Type": "application/json", "Cache-Control": "no-store"})
app = web.Application()
app.router.add_get("/agentgateway/resource/onlineagent/{agentid}/agentstatus", status)
print("ready", flush=True)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None, loop=uvloop.new_event_loop())
"""
_ALONE: Final = """
import asyncio, sys
from gateway.listeners.serve import start
from gateway.ops import process
from gateway.settings.schema import Settings
from gateway.wire.http import Response, header_lines
LINES = header_lines({"Content-Type": "application/json", "Cache-Control": "no-store"})
BODY = b'{"message":"success","retcode":"0","result":{"agentState":4,"isWorking":false}}'
async def status(request):
    return Response(BODY, lines=LINES)
async def main():
    await start(status, Settings(http_port=int(sys.argv[1]), https_port=0))
    print("ready", flush=True)
    await asyncio.Event().wait()
process.run_on_event_loop(main())
"""


async def fetched(agent: RawAgent) -> None:
    """Fetches the events of the sign-in."""
    while b'"event"' in await agent.poll():
        pass


def failed(command: Sequence[str]) -> bool:
    """Runs a command to its end."""
    return subprocess.run(command, check=False).returncode != 0


class Stage:
    """Starts what is measured, each process on the core of the server; `skipped` names what is not there, and why."""

    def __init__(self, stack: AsyncExitStack, folder: Path, connections: int) -> None:
        self._stack = stack
        self._folder = folder
        self._connections = connections
        self._agents = 2 * connections + POLLING
        self._servers = Servers(folder)
        self.targets: list[Target] = []
        self.skipped: dict[str, str] = {}
        stack.callback(self._servers.end)

    async def _run(self, *command: str) -> int:
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
        self._stack.callback(process.kill)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while b"ready" not in (line := await process.stdout.readline()):
                if not line:
                    raise RuntimeError(f"{command[:3]} did not start")
        await asyncio.sleep(1)
        pin(process.pid, cores()[0])
        return process.pid

    async def alone(self) -> None:
        """Servers that check nothing."""
        for name, code in ((BARE, _BARE), ("the gateway's connection, no check", _ALONE)):
            port = free_port()
            pid = await self._run(sys.executable, "-c", code, str(port))
            self.targets.append(Target(name, pid, port, dict(_ANYBODY), READ))

    async def memory(self) -> None:
        """The gateway without a store of its own, plain and with TLS."""
        https = free_port()
        target = await self._gateway("guarded read, memory", {"HTTPS_PORT": str(https)}, READ)
        self.targets.append(target)
        differ = "guarded read, memory, no head like those before"
        self.targets.append(
            replace(target, name=differ, steps=READ * MANY_HEADS, in_a_cycle=MANY_HEADS, heads_differ=True)
        )
        authority = next((self._folder / target.name / "var").rglob("ca*.pem"))
        trust = ssl.create_default_context(cafile=str(authority))
        self.targets.append(replace(target, name="guarded read, memory, HTTPS", port=https, trust=trust))

    async def redis(self) -> None:
        """The gateway with Valkey, always fresh."""
        secret = self._folder / "guid.keys"
        secret.touch(0o600)
        secret.write_text(new_secret_line("k1"), "ascii")
        settings = {"REDIS_URL": self._valkey().url, "GUID_SECRET_FILE": str(secret), **HOLD}
        target = await self._gateway("guarded read, Redis", settings, READ)
        guids, of_each = list(target.guids.items()), self._connections
        busy, unheard, waiting = (
            dict(some) for some in (guids[:of_each], guids[of_each : 2 * of_each], guids[2 * of_each :])
        )
        changed, polled = "state change with its event, Redis", "state change and its event, polled, Redis"
        self.targets += [
            replace(target, guids=busy),
            replace(target, name=polled, guids=busy, steps=CHANGES_POLLED, in_a_cycle=2),
            replace(target, name=changed, guids=unheard, steps=CHANGES, in_a_cycle=2),
            replace(target, name="empty poll, hold included, Redis", guids=waiting, **POLLS),
        ]

    def _valkey(self) -> Server:
        server = self._servers.start("valkey")
        pin(int(redis.Redis.from_url(server.url).info("server")["process_id"]), cores()[1])
        return server

    async def upstream(self) -> None:
        """The gateway before a contact centre over HTTP, which is another gateway, on the core of the load."""
        centre = await self._started("contact centre", {})
        pin(centre.process.pid, cores()[1])
        settings = {"BACKEND": "upstream", "UPSTREAM_URL": f"http://127.0.0.1:{centre.port}", **HOLD}
        target = await self._gateway("call passed on to a contact centre over HTTP", settings, READ)
        polled = "empty poll, hold included, contact centre over HTTP, fetching aside"
        self.targets += [target, replace(target, name=polled, **POLLS)]

    async def _started(self, name: str, settings: Mapping[str, str]) -> GatewayProcess:
        folder = self._folder / name
        folder.mkdir()
        settings = {"AGENTS_FILE": str(write_agents_file(folder, self._agents)), "LOG_LEVEL": "WARNING", **settings}
        return await self._stack.enter_async_context(gateway_process(folder, settings, before=FRESH))

    async def _gateway(self, name: str, settings: Mapping[str, str], steps: tuple[tuple[str, str, str], ...]) -> Target:
        running = await self._started(name, settings)
        pid = running.process.pid
        pin(pid, cores()[0])
        agents = [RawAgent(FIRST_AGENT + number) for number in range(self._agents)]
        for agent in agents:
            await agent.connect(running.port)
            await agent.sign_in()
        if settings.items() >= HOLD.items():
            await asyncio.gather(*map(fetched, agents))
        guids = {agent.agent_id: agent.guid for agent in agents}
        for agent in agents:
            agent.close()
        return Target(name, pid, running.port, guids, steps)

    async def fastify(self) -> None:
        """Fastify and ioredis with a check written by hand, where node and npm are there."""
        name = "Fastify + ioredis, hand-written check"
        if not (shutil.which("node") and shutil.which("npm")):
            self.skipped[name] = "node and npm are not on this machine"
            return
        home = PEERS / "fastify"
        shutil.copytree(ROOT / "scripts" / "peers" / "fastify", home, dirs_exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(home)]
        if not (home / "node_modules").exists() and await asyncio.to_thread(failed, command):
            self.skipped[name] = "npm install failed"
            return
        server, port = self._valkey(), free_port()
        redis_port = server.url.rpartition(":")[2].partition("/")[0]
        for agent, guid in _ANYBODY.items():
            redis.Redis.from_url(server.url).set(f"bench:{agent}", guid)
        pid = await self._run("node", str(home / "server.js"), str(port), redis_port)
        self.targets.append(Target(name, pid, port, dict(_ANYBODY), READ))

    async def nginx(self) -> None:
        """Nginx with Lua and a check written by hand, where its Lua is there."""
        name = "nginx + Lua + Redis, hand-written check"
        program = shutil.which("openresty") or shutil.which("nginx")
        if program is None:
            self.skipped[name] = "neither openresty nor nginx is on this machine"
            return
        server, port, home = self._valkey(), free_port(), self._folder / "nginx"
        (home / "logs").mkdir(parents=True)
        shown = (ROOT / "scripts" / "peers" / "nginx.conf").read_text("utf-8")
        redis_port = server.url.rpartition(":")[2].partition("/")[0]
        modules = (
            ""
            if program.endswith("openresty")
            else "".join(f"load_module {NGINX_MODULES}/{module}.so;" for module in LUA)
        )
        filled = shown.replace("@MODULES@", modules).replace("@PORT@", str(port)).replace("@REDIS@", redis_port)
        (home / "nginx.conf").write_text(filled, "utf-8")
        started = [program, "-p", str(home), "-c", str(home / "nginx.conf")]
        if await asyncio.to_thread(failed, [*started, "-q", "-t"]):
            self.skipped[name] = "this nginx has no Lua"
            return
        for agent, guid in _ANYBODY.items():
            redis.Redis.from_url(server.url).set(f"bench:{agent}", guid)
        process = await asyncio.create_subprocess_exec(*started)
        await asyncio.sleep(1)
        if process.returncode is not None:
            self.skipped[name] = "this nginx ends at once: its Lua needs nginx.redis (lua-nginx-redis) or resty.redis"
            return
        self._stack.callback(process.terminate)  # Killed, it would leave its worker.
        worker = children(process.pid)[0]
        pin(worker, cores()[0])
        self.targets.append(Target(name, worker, port, dict(_ANYBODY), READ))
