"""The worker processes that run: how each is started, and ended."""

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import gateway
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.settings.workers import worker_count
from gateway.supervisor.doors import Doors, open_doors
from gateway.supervisor.post import Worker
from gateway.supervisor.worker import WorkerProcess, start_worker

END_S: Final = 10.0
"""What a worker needs beyond DRAIN_TIME: pushes under way, what was fetched, open files."""

_LOG = logging.getLogger(__name__)


def worker_command(config: Path, overrides: Mapping[str, str]) -> list[str]:
    """The command line of a worker, but for its seat. It imports nothing from the current folder.

    Unless only that folder holds the package: `python -m gateway` in a copy that was never installed.
    """
    sets = [word for key, value in overrides.items() for word in ("--set", f"{key}={value}")]
    found = str(Path(gateway.__file__).parents[1]) in sys.path
    return [sys.executable, *(["-P"] if found else []), "-m", "gateway", "serve", "--config", str(config), *sets]


class Crew:
    """Workers on `doors`; `count` is how many there are to be."""

    def __init__(self, loaded: Loaded, doors: Doors, count: int) -> None:
        self.doors = doors
        self.count = count
        self._loaded = loaded
        self._command = worker_command(loaded.path, loaded.overrides)
        self._running: set[WorkerProcess] = set()

    def settings(self) -> Settings:
        """As the file has them now; those of the start where it is refused."""
        try:
            return load(self._loaded.path, self._loaded.overrides).settings
        except SettingsError:
            return self._loaded.settings

    def wanted(self) -> int:
        """How many workers the file asks for now; as many as there are where it is refused."""
        try:
            return worker_count(load(self._loaded.path, self._loaded.overrides).settings)
        except SettingsError:
            return self.count

    def plan(self, count: int) -> None:
        """So many there are to be from now on: each has its sockets. Raises ListenError; then nothing has changed."""
        self.doors = open_doors(self._loaded.settings, self.doors, max(count, self.count))
        self.count = count

    def settle(self, count: int) -> None:
        """So many there are: nobody accepts from the admin sockets of others."""
        self.count = count
        self.doors = self.doors.without_admin(count)

    async def start(self, number: int) -> Worker:
        """Worker `number`. Raises OSError."""
        worker = await start_worker(number, self._command, self.doors)
        self._running.add(worker)
        worker.ended.add_done_callback(lambda _: self._running.discard(worker))
        return worker

    async def leave(self, worker: Worker) -> None:
        """Its clients have DRAIN_TIME to come back for one more answer, then calls have as long to end."""
        worker.send(signal.SIGUSR2)
        await _end({worker}, 2 * self._drain_s() + END_S)

    async def end_all(self) -> None:
        """All drain and end."""
        for worker in self._running:
            worker.send(signal.SIGTERM)
        await _end(self._running, self._drain_s() + END_S)

    def _drain_s(self) -> float:
        """DRAIN_TIME is live."""
        return self.settings().drain_time_ms / 1000


async def _end(workers: "set[Worker] | set[WorkerProcess]", within_s: float) -> None:
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
