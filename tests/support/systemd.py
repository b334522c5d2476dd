"""Systemd as a service sees it: held sockets, variables, and the socket that it tells its state to."""

import asyncio
import fcntl
import os
import shlex
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.gateway import READY_S, ROOT, GatewayProcess

UNITS = ROOT / "config" / "deploy" / "systemd"
SERVICE = UNITS / "agentgateway.service"
SOCKETS = (UNITS / "agentgateway.socket", UNITS / "agentgateway-https.socket")
COMMAND = Path(sys.executable).with_name("agentgateway")
SHIPPED_COMMAND = "/opt/agentgateway/.venv/bin/agentgateway"
SHIPPED_CONFIG = "/etc/agentgateway/basic.properties"
HIGH_FILE = 50
AS_SYSTEMD_STARTS = """
import os, sys
for place, file in enumerate(sys.argv[1].split(",")):
    os.dup2(int(file), 3 + place)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


def said_in(unit: Path, key: str) -> str:
    """The value of a key that the unit gives once."""
    [found] = [line for line in unit.read_text("utf-8").splitlines() if line.startswith(f"{key}=")]
    return found.removeprefix(f"{key}=")


def exec_start(config: Path, state: Path, *more: str) -> list[str]:
    """The command line of the unit, with the places of a test, and more behind."""
    line = said_in(SERVICE, "ExecStart")
    for shipped, ours in ((SHIPPED_COMMAND, COMMAND), (SHIPPED_CONFIG, config), ("${STATE_DIRECTORY}", state)):
        assert shipped in line
        line = line.replace(shipped, str(ours))
    return [*shlex.split(line), *more]


class Notified:
    """What a service has told, line by line."""

    def __init__(self, path: Path) -> None:
        self._link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._link.setblocking(False)
        self._link.bind(str(path))
        self.variables = {"NOTIFY_SOCKET": str(path)}

    async def state(self) -> str:
        """The next state, such as READY=1."""
        async with asyncio.timeout(READY_S):
            return (await asyncio.get_running_loop().sock_recv(self._link, 4096)).decode().splitlines()[0]

    def close(self) -> None:
        self._link.close()


class Held:
    """Listening sockets that stay while services come and go, by name."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self._links = [socket.create_server(("127.0.0.1", 0), backlog=100) for _ in names]
        self._files = [fcntl.fcntl(link.fileno(), fcntl.F_DUPFD, HIGH_FILE) for link in self._links]
        self.ports = {name: link.getsockname()[1] for name, link in zip(names, self._links, strict=True)}

    async def start(self, command: Sequence[str], log: Path, variables: Mapping[str, str]) -> GatewayProcess:
        """A gateway on them, once it is ready. Its HTTP port is `ports["http"]`."""
        given = {"LISTEN_FDS": str(len(self._files)), "LISTEN_FDNAMES": ":".join(self.names), **variables}
        with log.open("ab") as sink:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", AS_SYSTEMD_STARTS, ",".join(map(str, self._files)), *command),
                stdout=asyncio.subprocess.PIPE,
                stderr=sink,
                pass_fds=self._files,
                cwd=ROOT,
                env={**os.environ, **given},
            )
        await ready(process, log)
        return GatewayProcess(self.ports["http"], process, log)

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        for link in self._links:
            link.close()


async def ready(process: asyncio.subprocess.Process, log: Path) -> str:
    """The ready line. Raises RuntimeError with the log when none comes."""
    assert process.stdout is not None
    async with asyncio.timeout(READY_S):
        line = (await process.stdout.readline()).decode()
    if not line.startswith("ready "):
        await process.wait()
        raise RuntimeError(await asyncio.to_thread(log.read_text))
    return line


@contextmanager
def notified(folder: Path) -> Iterator[Notified]:
    """A NOTIFY_SOCKET in this folder."""
    made = Notified(folder / "notify")
    try:
        yield made
    finally:
        made.close()


@contextmanager
def held(*names: str) -> Iterator[Held]:
    """Sockets of these names."""
    made = Held(names)
    try:
        yield made
    finally:
        made.close()
