"""One gateway process from start to drain (design sections 2 and 11)."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from gateway.admin import open_admin
from gateway.app import App, make_app
from gateway.listeners.serve import Listeners
from gateway.listeners.serve import start as listen
from gateway.ops import logs
from gateway.ops.jobs import Job
from gateway.sessions.refusal import CannotServeError
from gateway.settings.load import Loaded
from gateway.settings.reload import LiveSettings
from gateway.supervisor import systemd
from gateway.supervisor.doors import Doors
from gateway.supervisor.seat import Seat, Tie

_LOG = logging.getLogger(__name__)
NO_DOORS: Final = Doors()
ENDINGS: Final = (signal.SIGTERM, signal.SIGINT)
Reload = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Running:
    """A gateway whose sockets accept."""

    live: LiveSettings
    listeners: Listeners
    admin: Listeners | None

    async def reload(self) -> None:
        """Reads the settings again, because of a signal."""
        await self.live.reload("SIGHUP", force=True)

    async def step_down(self) -> None:
        """A successor accepts in its place: clients have DRAIN_TIME to go there by themselves."""
        patience_ms = self.live.current.drain_time_ms
        async with asyncio.TaskGroup() as both:
            both.create_task(self.listeners.step_down(patience_ms))
            if self.admin is not None:
                both.create_task(self.admin.drain(patience_ms))


@contextlib.asynccontextmanager
async def running(loaded: Loaded, doors: Doors = NO_DOORS, number: int = 0) -> AsyncIterator[Running]:
    """A gateway with its periodic work for as long as the block runs, then it drains.

    `doors` are bound sockets to use in place of the ports of the settings; `number` is that of this worker.
    Raises AgentsFileError, PlanFileError, SecretFileError, AdminTokenError, ListenError and CannotServeError when it
    must not serve.
    """
    live = LiveSettings(loaded)
    app = make_app(live)
    try:
        await app.start()
        if number == 0:
            app.tell_demo_agents()
        open_listeners = await listen(
            app.edge.handle, live.current, http=doors.http, https=doors.https, more=doors.more, shared=doors.shared
        )
        open_listeners.draining.on(app.parking.drain)
        administration = await open_admin(app, open_listeners, doors.admin.get(number))
        async with _jobs(app, open_listeners):
            yield Running(live, open_listeners, administration)
            await open_listeners.drain(live.current.drain_time_ms)
            if administration is not None:
                await administration.drain(0)
    finally:
        await app.close()


async def serve(loaded: Loaded, doors: Doors = NO_DOORS) -> None:
    """Serves alone until SIGTERM or SIGINT, then drains. Raises as `running`."""
    stop = asyncio.Event()
    async with running(loaded, doors) as gateway:
        told = f"on {' '.join(gateway.listeners.urls)}"

        async def reload() -> None:
            systemd.reloading()
            try:
                await gateway.reload()
            finally:
                systemd.ready(told)

        _handle(reload, stop.set, _cannot_roll)
        logs.say_ready(gateway.listeners.urls)
        systemd.ready(told)
        await stop.wait()
        systemd.stopping()
        for ending in ENDINGS:  # A second one does not wait for the drain.
            asyncio.get_running_loop().remove_signal_handler(ending)


def _cannot_roll() -> None:
    _LOG.warning("SIGUSR2: a rolling restart needs WORKERS = 2 or more")


async def work(loaded: Loaded, doors: Doors, seat: Seat) -> None:
    """Serves as a worker: until SIGTERM, until SIGUSR2 when a successor has come, or until the supervisor is gone."""
    stop, give_way = asyncio.Event(), asyncio.Event()
    async with running(loaded, doors, seat.number) as gateway:
        _handle(gateway.reload, stop.set, give_way.set)
        tie = Tie(seat)
        ends = [asyncio.create_task(tie.lost()), asyncio.create_task(stop.wait())]
        leaving = asyncio.create_task(give_way.wait())
        await tie.say_ready()
        await asyncio.wait([*ends, leaving], return_when=asyncio.FIRST_COMPLETED)
        if give_way.is_set():
            ends.append(asyncio.create_task(gateway.step_down()))
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)


@contextlib.asynccontextmanager
async def _jobs(app: App, open_listeners: Listeners) -> AsyncIterator[None]:
    """Runs the periodic work. What fails of it is tried again; only CannotServeError ends the process."""
    jobs = {**app.jobs(), "certificate": open_listeners.watch_certificate}
    try:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(Job(name, passes=(CannotServeError,)).keep(run)) for name, run in jobs.items()]
            yield
            for task in running:
                task.cancel()
    except* CannotServeError as missing:
        raise missing.exceptions[0] from None


def _handle(reload: Reload, stop: Callable[[], None], roll: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[bool]] = set()

    def begin_reload() -> None:
        task = loop.create_task(Job("reload").attempt(reload))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, begin_reload)
    loop.add_signal_handler(signal.SIGUSR2, roll)
    for ending in ENDINGS:
        loop.add_signal_handler(ending, stop)
