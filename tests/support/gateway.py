"""Gateways for tests: in this process with real sockets, or as a process of their own."""

import asyncio
import contextlib
import functools
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.agents.registry import AgentRegistry
from gateway.app import App, open_stores
from gateway.contact_centre.scheduler import Scheduler
from gateway.listeners.serve import Handler, Listeners, start
from gateway.sessions.guid import random_key_ring, read_secret_file
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.store import Bounds
from gateway.settings.load import load
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import Settings
from gateway.stores import Stores
from tests.support.desk import Desk
from tests.support.fork_server import ForkedProcess, forked
from tests.support.quick_agents import DEMO_PASSWORD, quick_agents_file
from tests.support.servers import free_port
from tests.support.waiting import GENEROUS_MS, until
from tests.support.workers import workers_of

Process = asyncio.subprocess.Process | ForkedProcess
ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config" / "basic.properties"
PASSWORD = DEMO_PASSWORD
DEMO = {"DEMO_AGENTS": "ON"}
"""They are the desktops of most tests."""
FRESH = ("env",)
"""Stands before the command line of a process that is to start as operators start it, not by the fork server."""
READY_S = ENDS_S = 90
"""Far longer than a start or an end takes, several processes included, also on a machine that does much else."""


def _agents_of(config: Path) -> dict[str, str]:
    """Settings by which the desktops of tests sign in, and quickly where no other settings file says who they are."""
    return {**DEMO, "AGENTS_FILE": str(quick_agents_file())} if config == CONFIG else DEMO


@functools.cache
def _plain() -> Settings:
    return load(CONFIG, {}).settings


@dataclass
class Gateway:
    """A gateway in this process. `desk(agent_id)` is a client of it."""

    app: App
    port: int
    listeners: Listeners

    def desk(self, agent_id: int, port: int = 0) -> Desk:
        """An agent desktop that has not signed in."""
        return Desk(port or self.port, agent_id, PASSWORD)


def memory_stores(clock: Callable[[], int] | None = None) -> Stores:
    """Stores like those of a gateway without Redis, under a clock of the test (ms)."""
    made = open_stores(_plain)
    if clock is None:
        return made
    queue = MemoryEventQueue(lambda: Bounds(1000, 1_048_576))
    store = MemorySessionStore(queue, clock)
    return Stores(store, queue, made.attempts, made.password_book, made.start, store.close)


@contextlib.asynccontextmanager
async def running_gateway(
    overrides: Mapping[str, str] | None = None,
    *,
    clock: Callable[[], int] | None = None,
    config: Path = CONFIG,
    jobs: bool = True,
    scheduler: Scheduler | None = None,
    wrap: Callable[[Handler], Handler] | None = None,
) -> AsyncIterator[Gateway]:
    """A gateway on a free port of loopback.

    `jobs` runs its periodic work too, `scheduler` its contact centre; `wrap` stands before all that it answers. Redis
    has long to answer, unless `overrides` say STORE_TIMEOUT.
    """
    overrides = overrides or {}
    live = LiveSettings(load(config, {"HTTPS_PORT": "0", **_agents_of(config), **overrides}))
    agents_file = live.current.agents_file
    assert agents_file is not None
    registry = AgentRegistry(agents_file) if live.current.backend == "embedded" else None
    patience = {} if "STORE_TIMEOUT" in overrides else {"store_timeout_ms": GENEROUS_MS}
    stores = (
        open_stores(lambda: live.current.model_copy(update=patience))
        if live.current.redis_url
        else memory_stores(clock)
    )
    secret = live.current.guid_secret_file
    ring = read_secret_file(secret) if secret else random_key_ring()
    app = App(live, registry, ring, stores, scheduler)
    door = socket.create_server(("127.0.0.1", 0))
    port = door.getsockname()[1]
    await app.start()
    listeners = await start(
        wrap(app.edge.handle) if wrap else app.edge.handle, live.current, http=door, linger_ms=50, leave=app.edge.leave
    )
    listeners.draining.on(app.parking.drain)
    app.open_to(listeners)
    running = [asyncio.create_task(job()) for job in (app.jobs().values() if jobs else [])]
    try:
        yield Gateway(app, port, listeners)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await listeners.drain(200)
        await app.close()


class GatewayProcess:
    """`agentgateway serve` as its own process, with the command line of operators."""

    def __init__(self, port: int, process: Process, log: Path) -> None:
        self.port = port
        self.process = process
        self.log = log

    def desk(self, agent_id: int) -> Desk:
        """An agent desktop that has not signed in."""
        return Desk(self.port, agent_id, PASSWORD)

    async def said(self, *texts: str) -> str:
        """Its log, once that has these texts: a thread of its own writes it."""
        await until(lambda: all(text in self.log.read_text("utf-8") for text in texts))
        return self.log.read_text("utf-8")

    def workers(self) -> dict[int, int]:
        """Process id -> number of each of its workers, where it was started with WORKERS above 1."""
        return workers_of(self.process.pid)

    def send(self, what: signal.Signals) -> None:
        """Sends a signal, if it still runs."""
        if self.process.returncode is None:
            self.process.send_signal(what)

    async def end(self, what: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and waits; its exit code."""
        self.send(what)
        async with asyncio.timeout(ENDS_S):
            return await self.process.wait()


async def start_process(
    folder: Path,
    overrides: Mapping[str, str] | None = None,
    *,
    config: Path = CONFIG,
    port: int = 0,
    before: Sequence[str] = (),
) -> GatewayProcess:
    """Starts one and waits for its ready line; raises RuntimeError with its log when none comes.

    `before` are words of a command line that goes before that of the gateway.
    """
    port = port or free_port()
    own = {"VAR_DIR": str(folder / "var"), "AUDIT_FILE": str(folder / "var" / "audit.jsonl")}
    settings = {"HTTP_PORT": str(port), "HTTPS_PORT": "0", **own, **_agents_of(config), **(overrides or {})}
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    log = folder / f"gateway-{port}.log"
    process = await _started(log, before, ["serve", "--config", str(config), *sets])
    assert process.stdout is not None
    line = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_S):
            line = await process.stdout.readline()
    if not line.startswith(b"ready "):
        if process.returncode is None:
            process.kill()
        await process.wait()
        raise RuntimeError(f"not ready: {line!r}\n{log.read_text()}")
    return GatewayProcess(port, process, log)


async def _started(log: Path, before: Sequence[str], words: Sequence[str]) -> Process:
    with log.open("wb") as sink:
        if not before:
            return await forked(words, sink.fileno())
        return await asyncio.create_subprocess_exec(
            *(*before, sys.executable, "-P", "-m", "gateway", *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )


@contextlib.asynccontextmanager
async def gateway_process(
    folder: Path, overrides: Mapping[str, str] | None = None, *, config: Path = CONFIG, before: Sequence[str] = ()
) -> AsyncIterator[GatewayProcess]:
    """A gateway process that ends with the block; see `start_process`."""
    running = await start_process(folder, overrides, config=config, before=before)
    try:
        yield running
    finally:
        if running.process.returncode is None:
            await running.end(signal.SIGKILL)
