"""The tour of docs/tokens.md, every command as written, against a gateway process."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from pathlib import Path

from tests.support.gateway import CONFIG, ROOT, gateway_process
from tests.support.servers import free_port
from tests.support.tour import blocks_of, steps_of

DOCUMENT = ROOT / "docs" / "tokens.md"
MARK = "== step =="
VARYING = (
    (re.compile(r"eyJ[\w.-]+"), "<token>"),
    (re.compile(r"\bk[0-9a-f]{8}\b"), "<key>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "<moment>"),
    (re.compile(r"([0-9A-F]{2}:){31}[0-9A-F]{2}"), "<fingerprint>"),
    (re.compile(r"/\S+/var/"), "/<folder>/var/"),
    (re.compile(r"\b1\d{12}\b"), "<ms>"),
)


def plain(text: str) -> str:
    """What of an output is the same at every run."""
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text.strip()


def script(steps: list[tuple[str, str]], ports: dict[str, str]) -> str:
    """The commands for one shell, with a mark after the output of each."""
    lines = "\n".join(f"{command}\necho; echo '{MARK}'" for command, _ in steps)
    for written, real in ports.items():
        lines = re.sub(rf"\b{written}\b", real, lines)
    return lines


async def run(commands: str, folder: Path) -> str:
    """What a shell prints; whatever it leaves running ends with it."""
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-c", commands),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(300):
            printed, _ = await shell.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    return printed.decode()


async def test_every_command_does_what_the_tour_shows(tmp_path: Path) -> None:
    shutil.copytree(CONFIG.parent, tmp_path / "config")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    https, second = free_port(), free_port()
    steps = [step for block in blocks_of(DOCUMENT) for step in steps_of(block)]
    config = tmp_path / "config" / "basic.properties"
    async with gateway_process(tmp_path, {"HTTPS_PORT": str(https)}, config=config) as first:
        ports = {"8000": str(first.port), "8043": str(https), "8001": str(second)}
        text = await run(script(steps, ports), tmp_path)
    for written, real in ports.items():
        text = text.replace(f":{real}", f":{written}")

    assert [plain(part) for part in text.split(MARK)[:-1]] == [plain(shown) for _, shown in steps]
