"""Reads a Containerfile, and does by hand in a folder what an engine would do in an image."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOTS = ("/opt/agentgateway", "/srv/agentgateway", "/src")
"""The folders of the image that the file names; in a rehearsal they are below its own folder."""
CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True)
class Step:
    """One instruction: its word, its options such as `--chown=10001`, and the rest."""

    word: str
    options: tuple[str, ...]
    text: str

    @property
    def exec_form(self) -> list[str]:
        """The rest as a list of arguments."""
        found: list[str] = json.loads(self.text)
        return found


def read(file: Path) -> list[list[Step]]:
    """The steps of each stage, from its FROM on."""
    text = "\n".join(line for line in file.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    stages: list[list[Step]] = []
    for line in CONTINUED.sub(" ", text).splitlines():
        if line.strip():
            step = _step(line)
            if step.word == "FROM":
                stages.append([])
            stages[-1].append(step)
    return stages


def _step(line: str) -> Step:
    word, _, rest = line.partition(" ")
    options = []
    while match := re.match(r"\s*(--\S+)\s+", rest):
        options.append(match[1])
        rest = rest[match.end() :]
    return Step(word, tuple(options), rest.strip())


class Rehearsal:
    """Does steps below `folder` with the files of `context`, which stand for the image and what it is built from."""

    def __init__(self, folder: Path, context: Path, python: str) -> None:
        self._folder = folder
        self._context = context
        self._work = folder
        self._path = folder / "bin"
        self._path.mkdir()
        (self._path / "python").symlink_to(python)

    def here(self, text: str) -> str:
        """A text of the file with the folders of the image at their places here."""
        for root in ROOTS:
            text = re.sub(rf"(?<![\w/]){re.escape(root)}(?=/|\b)", f"{self._folder}{root}", text)
        return text

    @property
    def work(self) -> Path:
        """The working folder after the steps so far."""
        return self._work

    def do(self, steps: Sequence[Step]) -> None:
        """WORKDIR, COPY of the context and RUN; other steps change nothing here. Raises CalledProcessError."""
        for step in steps:
            if step.word == "WORKDIR":
                self._work = Path(self.here(step.text))
                self._work.mkdir(parents=True, exist_ok=True)
            elif step.word == "COPY" and not any(option.startswith("--from") for option in step.options):
                self._copy(step.text.split())
            elif step.word == "RUN":
                self._run(step.text)

    def _copy(self, words: Sequence[str]) -> None:
        *sources, target = words
        into = self._work / self.here(target)
        for found in (found for source in sources for found in sorted(self._context.glob(source))):
            if found.is_dir():
                shutil.copytree(found, into, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, into)

    def _run(self, text: str) -> None:
        environment = {**os.environ, "PATH": f"{self._path}:{os.environ['PATH']}"}
        environment.pop("PYTHONPATH", None)
        subprocess.run(shlex.split(self.here(text)), cwd=self._work, env=environment, check=True)
