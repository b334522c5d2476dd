"""The supervisor: owns the sockets and keeps the workers that accept from them (design section 11)."""

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.supervisor import systemd
from gateway.supervisor.doors import Doors
from gateway.supervisor.post import Post, StartRefusedError, Worker
from gateway.supervisor.worker import start_worker

END_S: Final = 10.0
"""What a worker needs beyond DRAIN_TIME: pushes under way, what was fetched, open files."""

_LOG = logging.getLogger(__name__)


def worker_command(config: Path, overrides: Mapping[str, str]) -> list[str]:
    """The command line of a worker, but for its seat."""
    sets = [word for key, value in overrides.items() for word in ("--set", f"{key}={value}")]
    return [sys.executable, "-m", "gateway", "serve", "--config", str(config), *sets]


class Supervisor:
    """Workers on `doors`, as many as `count`. `run` is called once."""

    def __init__(self, loaded: Loaded, doors: Doors, count: int) -> None:
        self._loaded = loaded
        self._doors = doors
        self._command = worker_command(loaded.path, loaded.overrides)
        self._running: set[Worker] = set()
        self._posts = [Post(number, self._start) for number in range(count)]
        self._stop = asyncio.Event()
        self._roll = asyncio.Event()
        self._serves = False
        self._handlers = {
            signal.SIGTERM: self._stop.set,
            signal.SIGINT: self._stop.set,
            signal.SIGHUP: self._reload,
            signal.SIGUSR2: self._roll.set,
        }

    async def _start(self, number: int) -> Worker:
        worker = await start_worker(number, self._command, self._doors)
        self._running.add(worker)
        worker.ended.add_done_callback(lambda _: self._running.discard(worker))
        return worker

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
        self._doors.close()
        await self._end_all()
        return 0 if work.cancelled() else work.result()

    async def _work(self) -> int:
        """Keeps the posts filled; returns the exit code of a worker that cannot serve at the start."""
        try:
            await self._fill()
        except StartRefusedError as refused:
            return refused.code
        who = (f"{post.number} is process {post.worker.pid}" for post in self._posts if post.worker)
        _LOG.info("workers: %s", ", ".join(who))
        # Supervisors and tests wait for this line.
        click.echo(f"ready {' '.join(self._doors.urls)}")
        self._tell_ready()
        async with asyncio.TaskGroup() as group:
            for post in self._posts:
                group.create_task(post.keep())
            group.create_task(self._rolls())
        return 0

    async def _fill(self) -> None:
        """The first alone at first: what hinders one hinders all, and is to be said once. Raises StartRefusedError."""
        await self._posts[0].fill()
        try:
            async with asyncio.TaskGroup() as group:
                for post in self._posts[1:]:
                    group.create_task(post.fill())
        except* StartRefusedError as refused:
            raise refused.exceptions[0] from None

    def _tell_ready(self) -> None:
        self._serves = True
        systemd.ready(f"{len(self._posts)} workers on {' '.join(self._doors.urls)}")

    def _reload(self) -> None:
        if not self._serves:
            return  # The workers are about to read the settings anyway.
        systemd.reloading()
        for post in self._posts:
            if post.worker is not None:
                post.worker.send(signal.SIGHUP)
        self._tell_ready()

    async def _rolls(self) -> None:
        """Rolling restarts, one after the other; one that is asked for during another follows it."""
        while True:
            await self._roll.wait()
            self._roll.clear()
            _LOG.info("rolling restart: begins")
            for post in self._posts:
                if not await post.roll(self._leave):
                    _LOG.error("rolling restart: given up at worker %d", post.number)
                    break
            else:
                _LOG.info("rolling restart: done")

    async def _leave(self, worker: Worker) -> None:
        """Its clients have DRAIN_TIME to come back for one more answer, then calls have as long to end."""
        worker.send(signal.SIGUSR2)
        await _end({worker}, 2 * self._drain_s() + END_S)

    async def _end_all(self) -> None:
        for worker in self._running:
            worker.send(signal.SIGTERM)
        await _end(self._running, self._drain_s() + END_S)

    def _drain_s(self) -> float:
        """DRAIN_TIME as the file has it now: the setting is live."""
        try:
            settings = load(self._loaded.path, self._loaded.overrides).settings
        except SettingsError:
            settings = self._loaded.settings
        return settings.drain_time_ms / 1000


async def _end(workers: set[Worker], within_s: float) -> None:
    """Waits for the end of these, and kills what is left then."""
    left = {worker.ended: worker for worker in workers}
    if not left:
        return
    _, late = await asyncio.wait(left, timeout=within_s)
    for ended in late:
        _LOG.error("process %d has not ended within %.0f s: killed", left[ended].pid, within_s)
        left[ended].send(signal.SIGKILL)
    if late:
        await asyncio.wait(late)


def supervise(loaded: Loaded, doors: Doors, count: int) -> int:
    """Runs `count` workers until the end; the exit code."""

    async def run() -> int:
        return await Supervisor(loaded, doors, count).run()

    return asyncio.run(run())
