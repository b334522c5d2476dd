"""The units of config/deploy/systemd with the real programs of systemd, and what they promise.

See docs/design/failure.md.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desk import Line, read_answer
from tests.support.gateway import READY_S, ROOT, GatewayProcess
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, Servers, free_port
from tests.support.site import Site, site
from tests.support.systemd import COMMAND, SERVICE, SHIPPED_COMMAND, SOCKETS, exec_start, held, notified, ready, said_in

MOST_EXPOSED = 15
"""Tenths of what `systemd-analyze security` gives, from 0 (safest) to 100."""
DENY_WRITE_EXECUTE = 65, 1
"""prctl(PR_SET_MDWE): what MemoryDenyWriteExecute does, for a process and its children, where the kernel knows it."""
LIVE = b"GET /gateway/live HTTP/1.1\r\nHost: gateway\r\n\r\n"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units, with the command where it is here."""
    if not COMMAND.exists():
        pytest.skip(f"no {COMMAND}: the package is not installed by scripts/setup")
    folder = tmp_path / "units"
    folder.mkdir()
    for unit in (SERVICE, *SOCKETS):
        text = unit.read_text("utf-8").replace(SHIPPED_COMMAND, str(COMMAND))
        (folder / unit.name).write_text(text, "utf-8")
    return [str(folder / unit.name) for unit in (SERVICE, *SOCKETS)]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as made:
        yield made


def test_systemd_finds_nothing_wrong_with_the_units(units: list[str]) -> None:
    done = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_may_do_little(units: list[str]) -> None:
    asked = [program("systemd-analyze"), "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", units[0]]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze judges no files")
    assert done.returncode == 0, done.stdout


def deny_write_execute() -> None:
    ctypes.CDLL(None).prctl(*DENY_WRITE_EXECUTE, 0, 0, 0)


async def test_the_command_and_the_sockets_of_the_units_serve_and_tell_systemd(place: Site) -> None:
    listens = {said_in(unit, "FileDescriptorName"): said_in(unit, "ListenStream") for unit in SOCKETS}
    ports = {name: free_port() for name in listens}
    activate = [program("systemd-socket-activate"), f"--fdname={':'.join(listens)}"]
    activate += [f"--listen={where.rpartition(':')[0]}:{ports[name]}" for name, where in listens.items()]
    log = place.folder / "log"
    with notified(place.folder) as told, log.open("wb") as sink:
        variables = [f"--setenv={name}={value}" for name, value in told.variables.items()]
        process = await asyncio.create_subprocess_exec(
            *(*activate, *variables, *exec_start(place.config, place.folder / "state")),
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            preexec_fn=deny_write_execute,
        )
        try:
            first = await first_connection(ports["http"])
            await ready(process, log)
            assert (await read_answer(first.reader)).status == 200
            await first.close()
            states = [await told.state()]
            process.send_signal(signal.SIGHUP)  # ExecReload
            states += [await told.state(), await told.state()]
            process.send_signal(signal.SIGTERM)
            states.append(await told.state())
            async with asyncio.timeout(READY_S):
                code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert (code, states) == (0, ["READY=1", "RELOADING=1", "READY=1", "STOPPING=1"])


async def first_connection(port: int) -> Line:
    """It starts the service, and brings a request."""
    async with asyncio.timeout(READY_S):
        while True:
            try:
                line = await Line.open(port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                line.writer.write(LIVE)
                return line


async def restarted(place: Site, *sets: str) -> GatewayProcess:
    """Stops a gateway on held sockets, asks while none runs, and starts another: it must answer. The last one runs."""
    log = place.folder / "log"
    words = [word for each in ("HTTPS_PORT=0", *sets) for word in ("--set", each)]
    command = exec_start(place.config, place.folder / "state", *words)
    with held("http") as sockets:
        node = await sockets.start(command, log, {})
        assert await node.end() == 0
        meanwhile = [await Line.open(node.port) for _ in range(20)]
        for line in meanwhile:
            line.writer.write(LIVE)
        node = await sockets.start(command, log, {})
        for line in meanwhile:
            async with asyncio.timeout(READY_S):
                assert (await read_answer(line.reader)).status == 200
            await line.close()
    return node


async def test_what_comes_while_no_process_runs_is_answered_after_the_start(place: Site) -> None:
    node = await restarted(place)
    assert await node.end() == 0


@pytest.mark.slow
async def test_so_it_is_with_workers(place: Site, servers: Servers) -> None:
    server: Server = servers.start("valkey")
    async with centre_here() as centre:
        shared = {"WORKERS": "2", "REDIS_URL": server.url, **before(centre)}
        node = await restarted(place, *(f"{key}={value}" for key, value in shared.items()))
        assert sorted(node.workers().values()) == [0, 1]
        assert await node.end() == 0


async def test_a_socket_that_fits_nothing_is_told_and_nothing_is_served(place: Site) -> None:
    log = place.folder / "log"
    command = exec_start(place.config, place.folder / "state")
    with held("web") as sockets, pytest.raises(RuntimeError, match=r"the socket 'web' on .* fits nothing"):
        await sockets.start(command, log, {})
