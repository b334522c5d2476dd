"""Versions of this project of before, from the history of its repository, to run beside today's."""

import asyncio
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

import pytest

from tests.support.gateway import READY_S, ROOT, GatewayProcess

OWN_FORMAT: Final = "FORMAT: Final = 2"
"""What the first version that wrote records of today's format brought."""


def _git(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def first_of_this_format() -> str:
    """The oldest version at hand that writes today's format: where the history is short, that is today's."""
    found = _git("log", "--reverse", "--format=%H", f"-S{OWN_FORMAT}", "--", "gateway").split()
    if not found:
        pytest.skip("the history of the repository is not here")
    return found[0]


def last_of_the_format_before() -> str:
    """The newest version that wrote the format before."""
    found = _git("rev-parse", "--verify", "--quiet", f"{first_of_this_format()}~1")
    if not found or not _git("ls-tree", "--name-only", found, "gateway"):
        pytest.skip("the version before this format is not in the history that is here")
    return found


def install(version: str, folder: Path) -> None:
    """Lays a version down in `folder`."""
    archive = folder.with_suffix(".tar")
    assert not subprocess.run(
        ["git", "-C", str(ROOT), "archive", "-o", str(archive), version, "gateway", "config"], check=False
    ).returncode
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    assert (folder / "gateway" / "__init__.py").exists()


async def start(installation: Path, config: Path, port: int, name: str) -> GatewayProcess:
    """The gateway of that version, with the settings that each version knows beside those of the file."""
    own = {"HTTP_PORT": port, "HTTPS_PORT": 0, "NODE_NAME": name, "VAR_DIR": config.parent / "var"}
    sets = [part for key, value in own.items() for part in ("--set", f"{key}={value}")]
    log = config.parent / f"former-{port}.log"
    with log.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "gateway", "serve", "--config", str(config), *sets),
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
            cwd=installation,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(installation)},
        )
    assert process.stdout is not None
    async with asyncio.timeout(READY_S):
        line = await process.stdout.readline()
    assert line.startswith(b"ready "), log.read_text()
    return GatewayProcess(port, process, log)
