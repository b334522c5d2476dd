"""The supervisor: owns the sockets and keeps the workers that accept from them."""

import asyncio
import logging
import signal

from gateway.listeners.errors import ListenError
from gateway.ops import logs
from gateway.ops.jobs import Job
from gateway.settings.load import Loaded
from gateway.supervisor import systemd
from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.worker_keeper import StartRefusedError, WorkerKeeper
from gateway.supervisor.worker_pool import WorkerPool

_LOG = logging.getLogger(__name__)


class Supervisor:
    """Workers on `sockets`, `count` at the start; a rolling restart follows WORKERS. `run` is called once."""

    def __init__(self, loaded: Loaded, sockets: NodeSockets, count: int) -> None:
        self._pool = WorkerPool(loaded, sockets, count)
        self._keepers = [WorkerKeeper(number, self._pool.start) for number in range(count)]
        self._stop = asyncio.Event()
        self._restart_asked = asyncio.Event()
        self._serves = False
        self._handlers = {
            signal.SIGTERM: self._stop.set,
            signal.SIGINT: self._stop.set,
            signal.SIGHUP: self._reload,
            signal.SIGUSR2: self._restart_asked.set,
        }

    async def run(self) -> int:
        """Serves until SIGTERM or SIGINT; the exit code of a worker that cannot serve at the start, else 0."""
        loop = asyncio.get_running_loop()
        for what, handler in self._handlers.items():
            loop.add_signal_handler(what, handler)
        work = asyncio.create_task(self._work())
        stopped = asyncio.create_task(self._stop.wait())
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
        systemd.stopping()
        for task in (work, stopped):
            task.cancel()
        await asyncio.wait({work, stopped})
        self._pool.sockets.close()
        await self._pool.end_all()
        return 0 if work.cancelled() else work.result()

    async def _work(self) -> int:
        """Keeps the places filled; returns the exit code of a worker that cannot serve at the start."""
        try:
            await self._start_all()
        except StartRefusedError as refused:
            return refused.code
        logs.say_ready(self._pool.sockets.urls)
        self._log_workers()
        async with asyncio.TaskGroup() as group:
            for keeper in self._keepers:
                self._keep(group, keeper)
            group.create_task(Job("rolling-restart").keep(lambda: self._rolling_restarts(group)))
        return 0

    async def _start_all(self) -> None:
        """The first alone at first: what hinders one hinders all, and is to be said once. Raises StartRefusedError."""
        await self._keepers[0].start_first()
        try:
            async with asyncio.TaskGroup() as group:
                for keeper in self._keepers[1:]:
                    group.create_task(keeper.start_first())
        except* StartRefusedError as refused:
            raise refused.exceptions[0] from None

    def _log_workers(self) -> None:
        who = (f"{keeper.number} is process {keeper.worker.pid}" for keeper in self._keepers if keeper.worker)
        _LOG.info("workers: %s", ", ".join(who))
        self._tell_ready()

    def _tell_ready(self) -> None:
        self._serves = True
        systemd.ready(f"{len(self._keepers)} workers on {' '.join(self._pool.sockets.urls)}")

    def _reload(self) -> None:
        if not self._serves:
            return  # The workers are about to read the settings anyway.
        systemd.reloading()
        for keeper in self._keepers:
            if keeper.worker is not None:
                keeper.worker.send(signal.SIGHUP)
        self._tell_ready()

    async def _rolling_restarts(self, group: asyncio.TaskGroup) -> None:
        """Rolling restarts, one after the other; one that is asked for during another follows it."""
        while True:
            await self._restart_asked.wait()
            self._restart_asked.clear()
            _LOG.info("rolling restart: begins")
            hindered = await self._restart_all(group)
            self._pool.settle(len(self._keepers))
            self._log_workers()
            if hindered:
                _LOG.error("rolling restart: given up%s", hindered)
            else:
                _LOG.info("rolling restart: done")

    async def _restart_all(self, group: asyncio.TaskGroup) -> str:
        """Each worker has a successor, and there are as many as WORKERS says now; otherwise what hinders it.

        Those that are too many go last, when the settings have shown that they serve.
        """
        count = self._pool.wanted()
        try:
            self._pool.plan(count)
        except ListenError as wrong:
            return f": {wrong}"
        for keeper in self._keepers[:count]:
            if not await keeper.restart(self._pool.leave):
                return f" at worker {keeper.number}"
        while len(self._keepers) > count:
            await self._keepers.pop().give_up(self._pool.leave)
        for number in range(len(self._keepers), count):
            keeper = WorkerKeeper(number, self._pool.start)
            if not await keeper.try_start():
                return f" at worker {number}"
            self._keepers.append(keeper)
            self._keep(group, keeper)
        return ""

    def _keep(self, group: asyncio.TaskGroup, keeper: WorkerKeeper) -> None:
        group.create_task(Job("worker", f"number {keeper.number}").keep(keeper.keep))


def supervise(loaded: Loaded, sockets: NodeSockets, count: int) -> int:
    """Runs `count` workers until the end; the exit code."""

    async def run() -> int:
        return await Supervisor(loaded, sockets, count).run()

    return asyncio.run(run())
