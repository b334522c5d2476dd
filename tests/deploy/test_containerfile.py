"""config/deploy/Containerfile, as far as it can be run without an engine for containers."""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.containerfile import Rehearsal, Step, read
from tests.support.desk import ask_once
from tests.support.fronts import DEPLOY
from tests.support.gateway import ENDS_S, READY_S, ROOT
from tests.support.servers import free_port
from tests.support.wheel import build_wheel

BUILD, IMAGE = read(DEPLOY / "Containerfile")
PYTHON = "/opt/agentgateway/bin/python"


def the(word: str) -> Step:
    """The only step of the image with this word."""
    [step] = [step for step in IMAGE if step.word == word]
    return step


def rehearsal(folder: Path, context: Path = ROOT) -> Rehearsal:
    """One for which the files of the image are copied; its user is that of the test."""
    made = Rehearsal(folder, context, getattr(sys, "_base_executable", sys.executable))
    made.do([step for step in IMAGE if step.word != "RUN"])
    (made.work / "var").mkdir()
    return made


@contextlib.asynccontextmanager
async def started(
    made: Rehearsal, python: str, kind: str = "HTTP"
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """What ENTRYPOINT and CMD start, on a free port for `kind` alone and with `python` for the image's own."""
    port = free_port()
    command = [*the("ENTRYPOINT").exec_form, *the("CMD").exec_form]
    sets = ["--set", "HTTP_PORT=0", "--set", "HTTPS_PORT=0", "--set", f"{kind}_PORT={port}"]
    process = await asyncio.create_subprocess_exec(
        *(python if word == PYTHON else made.here(word) for word in command),
        *sets,
        cwd=made.work,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONUNBUFFERED": "1", **({"PYTHONPATH": str(ROOT)} if python == sys.executable else {})},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            assert (await process.stdout.readline()).startswith(f"ready {kind.lower()}://0.0.0.0:{port}".encode())
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def healthy(python: str, *, http: int = 1, https: int = 1) -> bool:
    """What HEALTHCHECK finds on these ports; nothing is on port 1."""
    _, _, command = the("HEALTHCHECK").text.partition(" ")
    ports = {
        "http://127.0.0.1:8000": f"http://127.0.0.1:{http}",
        "https://127.0.0.1:8043": f"https://127.0.0.1:{https}",
    }
    words = [python if word == PYTHON else ports.pop(word, word) for word in Step("CMD", (), command).exec_form]
    assert not ports
    return subprocess.run(words, check=False, capture_output=True, cwd=ROOT).returncode == 0


def test_both_stages_have_the_same_base_and_name_no_registry() -> None:
    assert {stage[0].text.split(" ")[0] for stage in (BUILD, IMAGE)} == {"python:3.11-slim"}


def test_it_runs_as_an_ordinary_user_by_its_number() -> None:
    """Kubernetes can tell only of a number that it is not root."""
    assert the("USER").text == "10001"


def test_what_it_copies_is_let_in_and_nothing_secret_is() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").split()
    copied = {
        word.partition("/")[0]
        for step in (*BUILD, *IMAGE)
        if step.word == "COPY" and step.options != ("--from=build",)
        for word in step.text.split()[:-1]
    }
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied == {"dist", "config", "requirements.lock"}


async def test_it_serves_on_all_addresses_is_healthy_and_drains_at_its_stop_signal(tmp_path: Path) -> None:
    async with started(rehearsal(tmp_path), sys.executable) as (process, port):
        assert (await ask_once(port, "GET", "/gateway/ready")).status == 200
        assert healthy(sys.executable, http=port)
        process.send_signal(signal.Signals[the("STOPSIGNAL").text])
        async with asyncio.timeout(ENDS_S):
            assert await process.wait() == 0
    assert not healthy(sys.executable, http=port)


async def test_it_is_healthy_with_https_alone(tmp_path: Path) -> None:
    async with started(rehearsal(tmp_path), sys.executable, "HTTPS") as (_, port):
        assert healthy(sys.executable, https=port)


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the image has Python 3.11")
async def test_what_its_build_installs_from_the_lock_file_serves(tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(ROOT / "config", context / "config")
    shutil.copy(ROOT / "requirements.lock", context)
    (context / "dist").mkdir()
    shutil.copy(build_wheel(tmp_path / "wheel"), context / "dist")
    (tmp_path / "image").mkdir()
    made = rehearsal(tmp_path / "image", context)
    made.do(BUILD)
    made.do([the("WORKDIR")])
    python = made.here(PYTHON)
    async with started(made, python) as (_, port):
        assert healthy(python, http=port)
