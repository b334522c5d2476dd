"""A shell in which the commands of pages for operators run as they are written."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WITHIN_S: Final = 60
_STORE_PROGRAM: Final = """\
#!{python}
import sys
import redis
words = sys.argv[1:]
store = redis.Redis(port=int(words[1]), decode_responses=True)
if words[2:4] == ["--scan", "--pattern"]:
    print(*store.scan_iter(words[4]), sep="\\n")
else:
    print(store.execute_command(*words[2:]))
"""


def program(path: Path, text: str) -> None:
    """Puts a program there."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@dataclass(frozen=True)
class Shell:
    """Runs commands as an operator types them, in a folder with `config/`; `ours` takes the place of what pages name.

    The programs are `agentgateway` and `valkey-cli`, as far as pages need it.
    """

    folder: Path
    variables: Mapping[str, str]
    ours: Mapping[str, str]

    def __post_init__(self) -> None:
        program(self.folder / "bin" / "agentgateway", f'#!/bin/sh\nexec "{sys.executable}" -m gateway "$@"\n')
        program(self.folder / "bin" / "valkey-cli", _STORE_PROGRAM.format(python=sys.executable))

    async def run(self, command: str) -> tuple[int, str]:
        """The exit code, and all that it printed."""
        for theirs, ours in self.ours.items():
            command = command.replace(theirs, ours)
        process = await asyncio.create_subprocess_shell(
            command,
            cwd=self.folder,
            env={**os.environ, **self.variables, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), WITHIN_S)
        assert process.returncode is not None
        return process.returncode, said.decode()

    async def done(self, *commands: str) -> None:
        """Runs these, each of which must work."""
        for command in commands:
            code, said = await self.run(command)
            assert code == 0, f"{command}\n{said}"


def section(page: Path, heading: str) -> list[list[str]]:
    """The commands of the blocks below a heading of a page, block by block."""
    text = page.read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```(console|sh)\n(.*?)```", text, re.DOTALL)
    return [[line[2:] if kind == "console" else line for line in block.splitlines()] for kind, block in blocks]
