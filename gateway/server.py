"""One gateway process from start to drain."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from gateway import __version__
from gateway.app import App, make_app
from gateway.audit import trail
from gateway.audit.open_trail import OpenTrail, TrailPlace
from gateway.edge.client_address import client_of
from gateway.interface.operation import SignIn
from gateway.listeners.accepting import ConnectionLimits
from gateway.listeners.serve import Listeners
from gateway.listeners.serve import start as listen
from gateway.listeners.tls import TlsCertificate
from gateway.nodes.health import OutageWatch
from gateway.ops import logs, metrics, request_context
from gateway.ops.jobs import Job
from gateway.rows import ALL_OPERATIONS
from gateway.sessions.store import CannotServeError
from gateway.settings.load import Loaded
from gateway.settings.operating_system import known_signals
from gateway.settings.reload import LiveSettings
from gateway.supervisor import systemd
from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.worker_slot import SupervisorLink, WorkerSlot
from gateway.wire import retcodes

if TYPE_CHECKING:
    from gateway.admin_app import Administration

_LOG = logging.getLogger(__name__)
SIGN_IN_RESULTS: Final = {
    retcodes.SUCCESS: "signed_in",
    retcodes.WRONG_CREDENTIALS: "wrong_password",
    retcodes.LOCKED: "locked",
    retcodes.ALREADY_SIGNED_IN: "already_signed_in",
    retcodes.UNAVAILABLE: "unavailable",
}
"""By retcode; every other one is `refused`."""
NO_SOCKETS: Final = NodeSockets()
ENDINGS: Final = (signal.SIGTERM, signal.SIGINT)
Reload = Callable[[], Coroutine[Any, Any, None]]


class Drained(Protocol):
    """What ends as the listeners do."""

    async def drain(self, time_ms: int) -> None:
        """Accept no more, let calls finish within `time_ms`; the rest is cut."""


@dataclass(frozen=True)
class Running:
    """A gateway whose sockets accept."""

    live: LiveSettings
    listeners: Listeners
    admin: Drained | None
    admin_url: str = ""

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
async def running(
    loaded: Loaded,
    sockets: NodeSockets = NO_SOCKETS,
    number: int = 0,
    tell_siblings: Callable[[], None] | None = None,
) -> AsyncIterator[Running]:
    """A gateway with its periodic work for as long as the block runs, then it drains.

    `sockets` are bound sockets to use in place of the ports of the settings; `number` is that of this worker,
    `tell_siblings` has all workers read the settings again.
    Raises AgentsFileError, PlanFileError, SecretFileError, AdminTokenError, ListenError and CannotServeError when it
    must not serve.
    """
    live = LiveSettings(loaded)
    app = make_app(live)
    if tell_siblings is not None:
        app.siblings = tell_siblings
    settings = live.current
    app.traces.worker = number
    opened = OpenTrail(
        TrailPlace(settings.audit_file, settings.audit_file_max_bytes, settings.audit_keep_days), app.stores.audit
    )
    request_context.resolve_by(lambda request: client_of(request, live.current.trusted_proxies))
    if number == 0:
        live.report = trail.tell
    with trail.installed(trail.Trail(settings.node_name, app.audit_key(), opened.sinks, app.stores.sessions.now_ms)):
        store = "redis" if settings.redis_url else "memory"
        trail.record("node-start", worker=number, version=__version__, store=store)
        async with _serving(app, opened, sockets, number) as gateway:
            yield gateway


async def _certificate_reason(certificate: TlsCertificate) -> str | None:
    return certificate.trouble(time.time())


def _follow_sign_ins() -> Callable[[], None]:
    """Sign-ins are operations, counted already: here they are told by what became of them."""
    names = {row.name for row in ALL_OPERATIONS if isinstance(row, SignIn)}
    told: Counter[str] = Counter()

    def read() -> None:
        found: Counter[str] = Counter()
        for (operation, retcode), count in metrics.OPERATIONS.totals().items():
            if operation in names:
                found[SIGN_IN_RESULTS.get(retcode, "refused")] += count
        for result in found:
            metrics.SIGN_INS.labels(result).inc(found[result] - told[result])
        told.update(found - told)

    return read


def follow_parts(app: App) -> None:
    """Has the metrics follow numbers that parts of the app keep."""
    metrics.on_refresh(_follow_sign_ins())

    def read() -> None:
        metrics.STORE_IN_FLIGHT.set(app.stores.under_way())
        metrics.TASKS.set(len(asyncio.all_tasks()))
        metrics.PUSH_SESSIONS.set(app.push.sessions)
        metrics.LAGGING.set(len(app.sessions.adoption.not_adopting()))
        metrics.DRAINING.set(app.drain.is_on)
        metrics.PASSWORD_QUEUE.set(app.passwords_waiting())

    metrics.on_refresh(read)


async def _administration(
    app: App, agents: Listeners, opened: OpenTrail, given: socket.socket | None
) -> "Administration | None":
    """The admin listener with what it needs, None where none is wanted."""
    if not (app.live.current.admin_port or given):
        return None
    # The pages of all rooms, and a web framework: most processes have no admin listener, and start without them.
    from gateway.admin_app import administer  # noqa: PLC0415

    return await administer(app, agents, opened, given)


@contextlib.asynccontextmanager
async def _serving(app: App, opened: OpenTrail, sockets: NodeSockets, number: int) -> AsyncIterator[Running]:
    live = app.live
    try:
        app.node.worker = number
        await app.start()
        follow_parts(app)
        metrics.follow(metrics.AUDIT_LINES_DROPPED, lambda: opened.dropped)
        metrics.follow(metrics.LOG_LINES_DROPPED, logs.dropped_lines)
        if number == 0:
            app.tell_demo_agents()
        open_listeners = await listen(
            app.edge.handle,
            live.current,
            http=sockets.http,
            https=sockets.https,
            more=sockets.more,
            shared=sockets.shared,
            limits=ConnectionLimits(lambda: live.current),
            leave=app.edge.leave,
        )
        open_listeners.draining.on(app.give_way)
        app.open_to(open_listeners)
        if open_listeners.certificate is not None:
            app.remarks["certificate"] = partial(_certificate_reason, open_listeners.certificate)
        administration = await _administration(app, open_listeners, opened, sockets.admin.get(number))
        more: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "audit": opened.run,
            "metrics": metrics.keep_fresh,
            "log": logs.tell_gathered,
        }
        if administration is not None:
            more["history"] = administration.history.run
        if number == 0:
            more["outage-watch"] = OutageWatch(app.store_reason).run
        async with _jobs(app, open_listeners, more):
            listener = administration.listener if administration is not None else None
            yield Running(live, open_listeners, listener, listener.url if listener else "")
            await open_listeners.drain(live.current.drain_time_ms)
            if listener is not None:
                await listener.drain(0)
    finally:
        trail.gather(at_once=True)
        trail.record("node-stop", worker=number)
        await opened.close()
        await app.close()


async def serve(loaded: Loaded, sockets: NodeSockets = NO_SOCKETS) -> None:
    """Serves alone until SIGTERM or SIGINT, then drains. Raises as `running`."""
    stop = asyncio.Event()
    async with running(loaded, sockets) as gateway:
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


def _have_all_reload(supervisor: int) -> None:
    """The supervisor passes SIGHUP on to all its workers; where it is gone, this one is about to end."""
    if os.getppid() == supervisor:
        os.kill(supervisor, signal.SIGHUP)


def _cannot_roll() -> None:
    _LOG.warning("SIGUSR2: a rolling restart needs WORKERS = 2 or more")


async def work(loaded: Loaded, sockets: NodeSockets, slot: WorkerSlot) -> None:
    """Serves as a worker: until SIGTERM, until SIGUSR2 when a successor has come, or until the supervisor is gone."""
    stop, give_way = asyncio.Event(), asyncio.Event()
    async with running(loaded, sockets, slot.number, partial(_have_all_reload, os.getppid())) as gateway:
        _handle(gateway.reload, stop.set, give_way.set)
        link = SupervisorLink(slot)
        ends = [asyncio.create_task(link.lost()), asyncio.create_task(stop.wait())]
        leaving = asyncio.create_task(give_way.wait())
        await link.say_ready()
        await asyncio.wait([*ends, leaving], return_when=asyncio.FIRST_COMPLETED)
        if give_way.is_set():
            ends.append(asyncio.create_task(gateway.step_down()))
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)


@contextlib.asynccontextmanager
async def _jobs(
    app: App, open_listeners: Listeners, more: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] | None = None
) -> AsyncIterator[None]:
    """Runs the periodic work. What fails of it is tried again; only CannotServeError ends the process."""
    jobs = {**app.jobs(), "certificate": open_listeners.watch_certificate, **(more or {})}
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

    handlers = {"SIGHUP": begin_reload, "SIGUSR2": roll, **{ending.name: stop for ending in ENDINGS}}
    with contextlib.suppress(
        NotImplementedError
    ):  # Where the loop takes no signals, Ctrl-C ends the process by itself.
        for name in known_signals(handlers):
            loop.add_signal_handler(name, handlers[name.name])
