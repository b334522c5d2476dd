"""Programs in JavaScript for tests, run by node."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.gateway import ROOT

NODE: Final = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None and "CI" not in os.environ, reason="no node on this machine")
WITHIN_S: Final = 30


class Script:
    """A running script that tells a JSON line for each thing that happens."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def told(self, **wanted: object) -> dict[str, Any]:
        """The next line with these members; earlier ones are passed over. Raises EOFError at the end."""
        async with asyncio.timeout(WITHIN_S):
            while line := await self.next():
                if wanted.items() <= line.items():
                    return line
        raise EOFError(f"the script ended without {wanted}")

    async def next(self) -> dict[str, Any]:
        """The next line; empty at the end."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        found: dict[str, Any] = json.loads(line) if line else {}
        return found

    async def rest(self) -> list[dict[str, Any]]:
        """Every line until the end."""
        async with asyncio.timeout(WITHIN_S):
            lines = []
            while line := await self.next():
                lines.append(line)
            return lines

    async def say(self, *words: object) -> None:
        """One line of JSON for it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        await self._process.stdin.drain()


async def answer_of(path: str, *words: object) -> Any:
    """What a script of the repository prints, as JSON, when it is given these words: a text, then values as JSON."""
    what, *given = words
    command = (str(NODE), str(Path(ROOT, path)), str(what), *map(json.dumps, given))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(said)


@contextlib.asynccontextmanager
async def script(path: str, *arguments: str) -> AsyncIterator[Script]:
    """Runs a script of the repository until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(str(NODE), str(Path(ROOT, path)), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Script(process)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await process.wait()
