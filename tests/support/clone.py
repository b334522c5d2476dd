"""A fresh clone of this tree, and a newcomer who types the commands of a page into a shell there."""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.gateway import ENDS_S, ROOT
from tests.support.servers import free_port

READY_S: Final = 120
"""With what scripts/setup does first."""
_SURROUNDINGS: Final = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONUNBUFFERED": "1"}
_FENCE: Final = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
"""Language and text of a block. Blocks of other languages than a console are shown, not typed."""
_COMMAND: Final = re.compile(r"(?m)^(?:\$ )?((?:.*\\\n)*.*)$")
_HANDED_OUT: Final = "G=$(printf '%s' \"$LAST\" | sed -n 's/.*JSESSIONID=//p' | tr -d '\\r' | tail -1)"


def commands(page: Path) -> list[str]:
    """What a page tells to type: the lines of its consoles behind `$ `, every line of a block without one."""
    found = []
    for language, block in _FENCE.findall(page.read_text("utf-8")):
        if language not in {"", "console"}:
            continue
        typed = "\n".join(re.findall(r"(?m)^\$ ((?:.*\\\n)*.*)$", block)) if "$ " in block else block
        found += [line for line in _COMMAND.findall(typed) if line.strip()]
    return found


@dataclass
class Clone:
    """`ports` maps those of the pages to free ones."""

    folder: Path
    ports: Mapping[str, int] = field(
        default_factory=lambda: {port: free_port() for port in ("8000", "8043", "8001", "8090")}
    )

    @contextlib.asynccontextmanager
    async def running(self, command: str, *settings: str) -> AsyncIterator[str]:
        """A gateway started by this command of a page, once it is ready; its address."""
        ports = (f"HTTP_PORT={self.ports['8000']}", f"HTTPS_PORT={self.ports['8043']}")
        sets = " ".join(f"--set {setting}" for setting in (*ports, *settings))
        process = await self._begun(f"exec {command.partition(' # ')[0]} {sets}")
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_S):
                while not (line := await process.stdout.readline()).startswith(b"ready "):
                    assert line, "it ended"
            yield line.split()[1].decode()
        finally:
            await _ended(process)

    async def types(self, *typed: str, within_s: float = READY_S) -> str:
        """What a shell prints for these commands; each must succeed. `G=` takes the GUID handed out last."""
        process = await self._begun("\n".join(("set -euo pipefail", *map(_caught, typed))))
        try:
            async with asyncio.timeout(within_s):
                printed, _ = await process.communicate()
        finally:
            await _ended(process)
        assert process.returncode == 0, printed.decode()
        return printed.decode()

    async def _begun(self, script: str) -> asyncio.subprocess.Process:
        for written, port in self.ports.items():
            script = re.sub(rf"(?<=[:=]){written}\b", str(port), script)
        return await asyncio.create_subprocess_exec(
            *("bash", "-c", script),
            cwd=self.folder,
            env={**_SURROUNDINGS, "HOME": str(self.folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )


def _caught(command: str) -> str:
    if re.fullmatch(r"G=[0-9a-f-]{36}\.\w+", command):
        return _HANDED_OUT
    return f'LAST=$({command})\nprintf "%s\\n" "$LAST"' if command.startswith("curl ") else command


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Ends what it has started too."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDS_S):
                await process.wait()
                return


@contextlib.contextmanager
def cloned(folder: Path, *, bare: bool = False) -> Iterator[Clone]:
    """A clone with whatever could be committed here.

    scripts/setup has been there. Its .venv sees what the environment of the tests has installed, so that all that the
    lock file names is found and no registry is asked. `bare`: there is none, as for a newcomer, and all is fetched.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    if not bare:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
        [site] = folder.glob(".venv/lib/python*/site-packages")
        (site / "installed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        subprocess.run(["scripts/setup", "run"], cwd=folder, check=True, env=_SURROUNDINGS)
    yield Clone(folder)
