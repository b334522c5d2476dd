"""The workers that run, with processes of the test."""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.settings.load import load
from gateway.supervisor import worker_pool as room
from gateway.supervisor.node_sockets import NodeSockets
from gateway.supervisor.worker_pool import WorkerPool, worker_command
from tests.support.gateway import ROOT


class Process:
    """A worker that ends when the test says so."""

    pid = 1

    def __init__(self) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.signals: list[signal.Signals] = []

    def send(self, what: signal.Signals) -> None:
        self.signals.append(what)
        self.ended.set_result(0)


class Started:
    """A pool, and the processes that it started."""

    def __init__(self, config: Path, http: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
        self.all: list[Process] = []
        self.environ: list[Mapping[str, str]] = []
        self.pool = WorkerPool(load(config, {"HTTPS_PORT": "0"}), NodeSockets(http), 2)
        monkeypatch.setattr(room, "start_worker", self._start)

    async def _start(
        self,
        _number: int,
        _command: Sequence[str],
        _sockets: NodeSockets,
        environ: Mapping[str, str],
        _variables: int | None,
    ) -> Process:
        self.environ.append(environ)
        self.all.append(Process())
        return self.all[-1]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    config = tmp_path / "basic.properties"
    config.write_text("DRAIN_TIME = 1000\n", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as http:
        yield Started(config, http, monkeypatch)


async def test_at_the_end_all_are_told_to_end(started: Started) -> None:
    await started.pool.start(0)
    await started.pool.start(1)
    await started.pool.end_all()
    assert [process.signals for process in started.all] == [[signal.SIGTERM]] * 2


async def test_all_keep_their_metrics_in_one_folder_that_goes_with_them(started: Started) -> None:
    for number in range(2):
        await started.pool.start(number)
    [folder] = {folder for environ in started.environ for folder in environ.values()}
    there = Path(folder).is_dir()  # noqa: ASYNC240
    await started.pool.end_all()
    assert (there, Path(folder).exists()) == (True, False)  # noqa: ASYNC240


async def test_settings_that_are_refused_now_are_those_of_the_start(started: Started, tmp_path: Path) -> None:
    (tmp_path / "basic.properties").write_text("DRAIN_TIME = never\n", "utf-8")
    assert started.pool.settings().drain_time_ms == 1000


def test_a_file_that_is_refused_asks_for_as_many_workers_as_there_are(started: Started, tmp_path: Path) -> None:
    started.pool.settle(3)
    (tmp_path / "basic.properties").write_text("DRAIN_TIME = never\n", "utf-8")
    assert started.pool.wanted() == 3


def test_admin_sockets_of_workers_that_are_to_go_stay_open_until_they_have_gone(started: Started) -> None:
    links = {number: socket.create_server(("127.0.0.1", 0)) for number in range(2)}
    started.pool.sockets = replace(started.pool.sockets, admin=links)
    started.pool.plan(1)
    planned = links[1].fileno()
    started.pool.settle(1)
    assert planned >= 0
    assert links[1].fileno() < 0
    links[0].close()


def test_a_worker_imports_nothing_from_the_current_folder() -> None:
    assert worker_command(Path("x"), {"MAXTIME": "5000"})[1:4] == ["-P", "-m", "gateway"]


def test_a_worker_is_found_where_only_the_current_folder_holds_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m gateway` in a copy of this repository that scripts/setup has not seen."""
    monkeypatch.setattr(sys, "path", [path for path in sys.path if Path(path).resolve() != ROOT])
    assert worker_command(Path("x"), {})[1:3] == ["-m", "gateway"]
