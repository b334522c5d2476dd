"""A process that has loaded the gateway once: each gateway of a test is a fork of it, which spares most of a start.

Tests whose claim is the start itself, from an installation, a unit or a container, start a Python of their own.

Run as a program it is that process. Over a socket it is told the words of a command line, where to run, and three
files: its standard output, its errors, and a pipe on which it tells the process id, and in the end the exit code.
"""

import asyncio
import atexit
import functools
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
WITHIN_S: Final = 90.0
"""Far longer than a command takes, also on a machine that does much else."""
LONGEST: Final = 200_000
"""Bytes of a request."""


class ForkedProcess:
    """A gateway process, used as if asyncio had started it."""

    def __init__(self, pid: int, life: int, stdout: asyncio.StreamReader, pipe: asyncio.BaseTransport) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout = stdout
        self._life = life
        self._pipe = pipe
        self._ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(life, self._tell_end)

    async def wait(self) -> int:
        """Its exit code; minus the number of the signal that killed it. What it said and nobody has read is lost."""
        await self._ended.wait()
        self._pipe.close()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, what: int) -> None:
        """Sends a signal, if it has not been seen to end."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, what)

    def terminate(self) -> None:
        """Asks it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it without a goodbye."""
        self.send_signal(signal.SIGKILL)

    def _tell_end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._life)
        self.returncode = int(os.read(self._life, 16) or b"1")
        os.close(self._life)
        self._ended.set()


async def forked(words: Sequence[str], errors: int) -> asyncio.subprocess.Process | ForkedProcess:
    """Runs `agentgateway` with these words; what it writes to stderr goes to the file `errors`."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if sys.platform != "linux":  # Elsewhere a fork of what has loaded this much is not safe.
        line = (sys.executable, "-P", "-m", "gateway", *words)
        out = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*line, stdout=out, stderr=errors, cwd=_ROOT, env=environment)
    loop = asyncio.get_running_loop()
    life, told = os.pipe()
    said, saying = os.pipe()
    reader = asyncio.StreamReader()
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(said, "rb", 0))
    request = json.dumps([list(words), str(_ROOT), environment]).encode()
    try:
        socket.send_fds(_fork_server(), [request], [saying, errors, told])
    finally:
        os.close(saying)
        os.close(told)
    pid = int(await asyncio.to_thread(os.read, life, 16))
    return ForkedProcess(pid, life, reader, pipe)


async def ended(*words: str, within_s: float = WITHIN_S) -> tuple[int, str, str]:
    """Runs `agentgateway` with these words to its end: exit code, what it said, and what it wrote to stderr."""
    with TemporaryFile() as errors:
        process = await forked(words, errors.fileno())
        assert process.stdout is not None
        try:
            async with asyncio.timeout(within_s):
                said = await process.stdout.read()
                code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        errors.seek(0)
        return code, said.decode(), errors.read().decode()


@functools.cache
def _fork_server() -> socket.socket:
    """The way to the one of this test process; it ends with that."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-u", "-P", __file__, str(its.fileno())]
    process = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
    its.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _forks(requests: socket.socket) -> list[str]:
    """Makes a process of each request until there are no more. Returns in the forks alone: the words of theirs."""
    lives: dict[int, int] = {}
    waking, woken = os.pipe()
    for end in (waking, woken):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([requests.fileno(), waking], [], [])
        if waking in ready:
            os.read(waking, 4096)
            _tell_ends(lives)
        if requests.fileno() not in ready:
            continue
        raw, files, _, _ = socket.recv_fds(requests, LONGEST, 3)
        if not raw:
            for pid in lives:
                os.kill(pid, signal.SIGKILL)
            sys.exit(0)
        if pid := os.fork():
            for file in files[:2]:
                os.close(file)
            lives[pid] = files[2]
            os.write(files[2], b"%d" % pid)
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (waking, woken, requests.detach(), files[2], *lives.values()):
            os.close(end)
        return _settled(raw, files[0], files[1])


def _tell_ends(lives: dict[int, int]) -> None:
    while lives:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        life = lives.pop(pid)
        with suppress(BrokenPipeError):
            os.write(life, b"%d" % os.waitstatus_to_exitcode(status))
        os.close(life)


def _settled(raw: bytes, said: int, errors: int) -> list[str]:
    """In a fork: takes files, folder and environment as it is told."""
    words, folder, environment = json.loads(raw)
    for file, place in ((said, 1), (errors, 2)):
        os.dup2(file, place)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return [str(word) for word in words]


if __name__ == "__main__":
    import_module("gateway.commands.serving")
    import_module("gateway.commands.serve")
    gc.freeze()
    import_module("gateway.cli").main(_forks(socket.socket(fileno=int(sys.argv[1]))), prog_name="agentgateway")
