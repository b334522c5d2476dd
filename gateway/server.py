"""One gateway process from start to drain (design sections 2 and 11)."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import click

from gateway.admin import open_admin
from gateway.app import App, make_app
from gateway.listeners.serve import Listeners
from gateway.listeners.serve import start as listen
from gateway.sessions.key_check import MissingKeyError
from gateway.settings.load import Loaded
from gateway.settings.reload import LiveSettings


@dataclass(frozen=True)
class Running:
    """A gateway whose sockets accept."""

    live: LiveSettings
    listeners: Listeners
    admin: Listeners | None


@contextlib.asynccontextmanager
async def running(
    loaded: Loaded, *, http: socket.socket | None = None, admin: socket.socket | None = None
) -> AsyncIterator[Running]:
    """A gateway with its periodic work for as long as the block runs, then it drains.

    `http` and `admin` are bound sockets to use in place of HTTP_PORT and ADMIN_PORT. Raises AgentsFileError,
    PlanFileError, SecretFileError, AdminTokenError, ListenError and MissingKeyError when it must not serve.
    """
    live = LiveSettings(loaded)
    app = make_app(live)
    try:
        await app.start()
        open_listeners = await listen(app.edge.handle, live.current, http=http)
        open_listeners.draining.on(app.parking.drain)
        administration = await open_admin(app, open_listeners, admin)
        async with _jobs(app, open_listeners):
            yield Running(live, open_listeners, administration)
        await open_listeners.drain(live.current.drain_time_ms)
        if administration is not None:
            await administration.drain(0)
    finally:
        await app.close()


async def serve(loaded: Loaded) -> None:
    """Serves until SIGTERM or SIGINT, then drains. Raises as `running`."""
    stop = asyncio.Event()
    async with running(loaded) as gateway, _signals(gateway.live, stop):
        # Supervisors and tests wait for this line.
        click.echo(f"ready {' '.join(gateway.listeners.urls)}")
        await stop.wait()


@contextlib.asynccontextmanager
async def _jobs(app: App, open_listeners: Listeners) -> AsyncIterator[None]:
    """Runs the periodic work; one that ends with an error ends the process with it."""
    jobs = [*app.jobs(), open_listeners.watch_certificate]
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(job()) for job in jobs]
            yield
            for task in running:
                task.cancel()
    except* MissingKeyError as missing:
        raise missing.exceptions[0] from None


@contextlib.asynccontextmanager
async def _signals(live: LiveSettings, stop: asyncio.Event) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(live.reload("SIGHUP", force=True))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, stop.set)
    try:
        yield
    finally:
        for handled in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(handled)
