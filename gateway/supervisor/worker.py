"""One worker process, as its supervisor sees it."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from gateway.supervisor.doors import Doors
from gateway.supervisor.seat import READY, Seat
from gateway.supervisor.systemd import NAMES


class WorkerProcess:
    """A process that was started. `ended` is done with its exit code (the negative number of a signal that killed it).

    `began_s` is on the monotonic clock.
    """

    def __init__(self, number: int, process: asyncio.subprocess.Process, tie: socket.socket) -> None:
        self.number = number
        self.pid = process.pid
        self.began_s = time.monotonic()
        self.ended: asyncio.Future[int] = asyncio.ensure_future(process.wait())
        self._process = process
        self._tie = tie
        self.ended.add_done_callback(lambda _: tie.close())

    async def ready(self) -> bool:
        """True once it accepts, False when it ended before."""
        try:
            said = await asyncio.get_running_loop().sock_recv(self._tie, len(READY))
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


async def start_worker(number: int, command: Sequence[str], doors: Doors) -> WorkerProcess:
    """Starts `command` as worker `number`, with `--worker` and its seat behind. Raises OSError.

    It is in a process group of its own: what a terminal sends, it hears from the supervisor.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        seat = Seat.of(number, theirs, doors)
        try:
            process = await asyncio.create_subprocess_exec(
                *(*command, "--worker", str(seat)),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=seat.inherited,
                env=_without(os.environ, NAMES),
                process_group=0,
            )
        except BaseException:
            ours.close()
            raise
    return WorkerProcess(number, process, ours)


def _without(values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}
