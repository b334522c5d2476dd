"""What lies in the current folder is never imported: whoever may write there takes nothing over (docs/running.md)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.deploy.test_containerfile import the
from tests.support.containerfile import Step
from tests.support.gateway import ENDS_S, READY_S
from tests.support.servers import Server, free_port
from tests.support.site import Site
from tests.support.systemd import COMMAND, SERVICE, SHIPPED_COMMAND, said_in
from tests.support.workers import workers_of

HOSTILE = ("gateway", "click", "json", "asyncio", "hiredis", "uvloop")
"""Of the package, of what it needs, of Python, and of what others look for and do without."""
WORKERS = 2
BY_HAND = (sys.executable, "-P", "-m", "gateway")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with modules that leave a mark when they are imported, and nothing else."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    marks = tmp_path / "marks"
    marks.mkdir()
    for name in HOSTILE:
        module = f"open({str(marks / name)!r}, 'w').close()\nraise SystemExit(99)\n"
        (folder / f"{name}.py").write_text(module, "utf-8")
    return folder


def imported(hostile: Path) -> list[str]:
    """The names of the modules that left their mark."""
    return sorted(mark.name for mark in (hostile.parent / "marks").iterdir())


def plain_environment() -> dict[str, str]:
    """That of an operator: nothing in it says where Python looks."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def launcher() -> Sequence[str]:
    if not COMMAND.exists():
        pytest.skip(f"no {COMMAND}: the package is not installed by scripts/setup")
    return (str(COMMAND),)


def run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=plain_environment(), capture_output=True, text=True, timeout=READY_S, check=False
    )


@pytest.mark.parametrize("command", [launcher, lambda: BY_HAND], ids=["launcher", "by hand"])
def test_the_command_imports_nothing_from_the_current_folder(
    hostile: Path, command: Callable[[], Sequence[str]]
) -> None:
    done = run([*command(), "openapi"], hostile)
    assert (done.returncode, imported(hostile)) == (0, [])


def test_by_hand_without_a_safe_path_python_itself_takes_the_package_alone(hostile: Path) -> None:
    """`python -m gateway` begins in the current folder by Python's own rule: then nothing else comes from there."""
    (hostile / "gateway.py").unlink()
    done = run([sys.executable, "-m", "gateway", "openapi"], hostile)
    assert (done.returncode, imported(hostile)) == (0, [])


async def test_workers_import_nothing_from_the_current_folder(
    hostile: Path, tmp_path: Path, shared_server: Callable[[str], Server]
) -> None:
    store = {"REDIS_URL": shared_server("valkey").url, "STORE_TAG": f"folder-{os.getpid()}"}
    nobody = {"BACKEND": "upstream", "UPSTREAM_URL": f"http://127.0.0.1:{free_port()}"}
    place = Site(tmp_path, {**store, **nobody})
    sets = {"HTTP_PORT": str(free_port()), "HTTPS_PORT": "0", "WORKERS": str(WORKERS), "VAR_DIR": str(tmp_path / "var")}
    words = [word for key, value in sets.items() for word in ("--set", f"{key}={value}")]
    process = await asyncio.create_subprocess_exec(
        *(*launcher(), "serve", "--config", str(place.config), *words),
        cwd=hostile,
        env={**plain_environment(), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            said = await process.stdout.readline()
        assert (said.partition(b" ")[0], imported(hostile)) == (b"ready", [])
        assert len(workers_of(process.pid)) == WORKERS
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(ENDS_S):
            await process.wait()


def test_what_is_shipped_to_start_it_has_a_safe_path() -> None:
    assert said_in(SERVICE, "ExecStart").startswith(f"{SHIPPED_COMMAND} ")
    _, _, asked = the("HEALTHCHECK").text.partition(" ")
    for words in (the("ENTRYPOINT").exec_form, Step("CMD", (), asked).exec_form):
        assert words[1:4] == ["-P", "-m", "gateway"]
