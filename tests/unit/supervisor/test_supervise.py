"""What a supervisor tells systemd, with workers of the test."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.settings.load import load
from gateway.supervisor import worker_pool
from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.supervise import Supervisor

SOON_S = 30


class Process:
    """A worker that accepts when the test says so."""

    def __init__(self, number: int) -> None:
        self.pid = number
        self.began_s = 0.0
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.accepts = asyncio.Event()
        self.signals: list[signal.Signals] = []

    async def ready(self) -> bool:
        return await self.accepts.wait()

    def send(self, what: signal.Signals) -> None:
        self.signals.append(what)
        if what is signal.SIGTERM:
            self.ended.set_result(0)


class Scene:
    """A supervisor of one worker, and what it has told."""

    def __init__(self, supervisor: Supervisor, told: socket.socket) -> None:
        self.running = asyncio.create_task(supervisor.run())
        self.started: asyncio.Queue[Process] = asyncio.Queue()
        self._told = told

    async def start(self, number: int, *_more: object) -> Process:
        process = Process(number)
        self.started.put_nowait(process)
        return process

    async def handled(self, what: signal.Signals) -> None:
        """Sends the signal to this process; it is handled when this returns."""
        after = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, after.set)
        os.kill(os.getpid(), what)
        os.kill(os.getpid(), signal.SIGUSR1)
        await after.wait()

    def told(self) -> list[str]:
        """The states since the last time."""
        found = []
        while True:
            try:
                found.append(self._told.recv(4096).decode().splitlines()[0])
            except BlockingIOError:
                return found


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    (tmp_path / "basic.properties").write_text("DRAIN_TIME = 1000\n", "utf-8")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.setblocking(False)
        told.bind(str(tmp_path / "notify"))
        made = Scene(Supervisor(load(tmp_path / "basic.properties", {}), NodeSockets(), 1), told)
        monkeypatch.setattr(worker_pool, "start_worker", made.start)
        yield made
        async with asyncio.timeout(SOON_S):
            await made.handled(signal.SIGTERM)
            assert await made.running == 0


async def test_a_reload_before_the_first_worker_accepts_does_not_say_that_the_gateway_is_ready(scene: Scene) -> None:
    worker = await scene.started.get()
    await scene.handled(signal.SIGHUP)
    assert (scene.told(), worker.signals) == ([], [])


async def test_ready_is_said_when_the_workers_accept_and_again_after_each_reload(scene: Scene) -> None:
    worker = await scene.started.get()
    worker.accepts.set()
    told: list[str] = []
    async with asyncio.timeout(SOON_S):
        while not told:
            await asyncio.sleep(0.005)
            told = scene.told()
    await scene.handled(signal.SIGHUP)
    assert (told, scene.told(), worker.signals) == (["READY=1"], ["RELOADING=1", "READY=1"], [signal.SIGHUP])
