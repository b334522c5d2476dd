"""The worker processes that run: how each is started and ended, and the folder in which they keep their metrics."""

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from prometheus_client import multiprocess

import gateway
from gateway.ops.metrics import SHARED_DIR
from gateway.settings import environment
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.settings.workers import worker_count
from gateway.supervisor.node_sockets import NodeSockets, open_node_sockets
from gateway.supervisor.systemd import NAMES
from gateway.supervisor.worker_keeper import Worker
from gateway.supervisor.worker_slot import READY, WorkerSlot, WorkerVariables

PREFIX: Final = "agentgateway-metrics-"
END_S: Final = 10.0
"""What a worker needs beyond DRAIN_TIME: pushes under way, what was fetched, open files."""

_LOG = logging.getLogger(__name__)


class WorkerProcess:
    """A process that was started. `ended` is done with its exit code (the negative number of a signal that killed it).

    `began_s` is on the monotonic clock.
    """

    def __init__(self, number: int, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.number = number
        self.pid = process.pid
        self.began_s = time.monotonic()
        self.ended: asyncio.Future[int] = asyncio.ensure_future(process.wait())
        self._process = process
        self._link = link
        self.ended.add_done_callback(lambda _: link.close())

    async def ready(self) -> bool:
        """True once it accepts, False when it ended before."""
        try:
            said = await asyncio.get_running_loop().sock_recv(self._link, len(READY))
        except OSError:
            said = b""
        if said != READY:
            await asyncio.shield(self.ended)
        return said == READY

    def send(self, what: signal.Signals) -> None:
        """Sends a signal, if it still runs."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                self._process.send_signal(what)


async def start_worker(
    number: int,
    command: Sequence[str],
    sockets: NodeSockets,
    environ: Mapping[str, str] | None = None,
    variables: int | None = None,
) -> WorkerProcess:
    """Starts `command` as worker `number`, with `--worker` and its slot behind, and more in its environment.

    `variables` is the descriptor of what is handed over to it. It is in a process group of its own: what a terminal
    sends, it hears from the supervisor. Raises OSError.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        slot = WorkerSlot.of(number, theirs, sockets, variables)
        try:
            process = await asyncio.create_subprocess_exec(
                *(*command, "--worker", str(slot)),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=slot.inherited,
                env={**_without(os.environ, NAMES), **(environ or {})},
                process_group=0,
            )
        except BaseException:
            ours.close()
            raise
    return WorkerProcess(number, process, ours)


def _without(values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


class SharedMetrics:
    """A folder of its own for each supervisor, made when the first worker asks; `environ` tells workers of it.

    What a worker counted stays when it ends, so that no sum ever falls; its gauges go.
    """

    def __init__(self) -> None:
        self._folder = ""

    @property
    def environ(self) -> Mapping[str, str]:
        """Variables for a worker. Raises OSError."""
        self._folder = self._folder or tempfile.mkdtemp(prefix=PREFIX)
        return {SHARED_DIR: self._folder}

    def ended(self, pid: int) -> None:
        """A worker has ended."""
        if self._folder:
            multiprocess.mark_process_dead(pid, self._folder)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Removes the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = ""


def worker_command(config: Path, overrides: Mapping[str, str]) -> list[str]:
    """The command line of a worker, but for its slot, without the environment's settings: anybody may read it.

    It imports nothing from the current folder.

    Unless only that folder holds the package: `python -m gateway` in a copy that was never installed.
    """
    sets = [word for key, value in _set(overrides) for word in ("--set", f"{key}={value}")]
    found = str(Path(gateway.__file__).parents[1]) in sys.path
    return [sys.executable, *(["-P"] if found else []), "-m", "gateway", "serve", "--config", str(config), *sets]


def _set(overrides: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return ((key, value) for key, value in overrides.items() if not key.startswith(environment.PREFIX))


def _variables(overrides: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in overrides.items() if name.startswith(environment.PREFIX)}


class WorkerPool:
    """Workers on `sockets`; `count` is how many there are to be."""

    def __init__(self, loaded: Loaded, sockets: NodeSockets, count: int) -> None:
        self.sockets = sockets
        self.count = count
        self._loaded = loaded
        self._command = worker_command(loaded.path, loaded.overrides)
        self._running: set[WorkerProcess] = set()
        self._shared = SharedMetrics()
        self._variables = WorkerVariables(_variables(loaded.overrides))

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
        self.sockets = open_node_sockets(self._loaded.settings, self.sockets, max(count, self.count))
        self.count = count

    def settle(self, count: int) -> None:
        """So many there are: nobody accepts from the admin sockets of others."""
        self.count = count
        self.sockets = self.sockets.without_admin(count)

    async def start(self, number: int) -> Worker:
        """Worker `number`. Raises OSError."""
        worker = await start_worker(
            number, self._command, self.sockets, self._shared.environ, self._variables.descriptor
        )
        self._running.add(worker)

        def ended(_code: asyncio.Future[int]) -> None:
            self._running.discard(worker)
            self._shared.ended(worker.pid)

        worker.ended.add_done_callback(ended)
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
        self._shared.close()
        self._variables.close()

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
