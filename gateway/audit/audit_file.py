"""AUDIT_FILE: lines appended to a file that is rotated by size and day, and reopened when somebody renamed it.

They are read back by agent and time: the newest of them, oldest first.

Several processes may write to one file: what comes together is one write at the end of it, and whoever finds the file
due holds its lock while it is renamed.
"""

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gateway.settings import operating_system

_MODE: Final = 0o600
_DAY_S: Final = 86_400
_MOST_OF_A_SECOND: Final = 1000
MOST_LINES: Final = 10_000
"""That one question is answered with."""

Found = Mapping[str, Any]


class AuditFile:
    """Called with lines it writes them, in the thread of a writer. Raises OSError where that is not possible.

    A file of another day (UTC) or over `most_bytes` is renamed first, to its name with the time behind. Those that were
    not written to for `keep_days` are deleted. `clock` gives s since the epoch.
    """

    def __init__(self, path: Path, most_bytes: int, keep_days: int, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._most = most_bytes
        self._keep_s = keep_days * _DAY_S
        self._clock = clock
        self._file = -1

    def __call__(self, lines: bytes) -> None:
        """Writes lines, their ends included."""
        self._ready(len(lines))
        while lines:
            lines = lines[os.write(self._file, lines) :]

    def close(self) -> None:
        """Closes the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _ready(self, coming: int) -> None:
        if self._file < 0 or not self._is_there():
            self.close()
            self._open()
        state = os.fstat(self._file)
        of_today = int(state.st_mtime // _DAY_S) == int(self._clock() // _DAY_S)
        if state.st_size and (not of_today or state.st_size + coming > self._most):
            self._rotate()

    def _is_there(self) -> bool:
        """Whether the path still leads to the file that is open."""
        ours = os.fstat(self._file)
        with suppress(OSError):
            named = os.stat(self._path)
            return (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)
        return False

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(
            self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | operating_system.flags("O_CLOEXEC"), _MODE
        )
        if not os.fstat(self._file).st_size:
            self._forget_old()

    def _rotate(self) -> None:
        """Renames the file, unless another process has done so meanwhile, and opens a new one."""
        operating_system.lock_alone(self._file)
        if self._is_there():
            self._path.rename(self._rotated_name())
        self.close()
        self._open()

    def _rotated_name(self) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock()))
        names = (f"{self._path.name}.{stamp}{f'-{number}' if number else ''}" for number in range(_MOST_OF_A_SECOND))
        return next(path for name in names if not (path := self._path.with_name(name)).exists())

    def _forget_old(self) -> None:
        oldest_s = self._clock() - self._keep_s
        for path in rotated(self._path):
            with suppress(OSError):
                if path.stat().st_mtime < oldest_s:
                    path.unlink()


def rotated(path: Path) -> list[Path]:
    """The files that were renamed in rotation, by us or by logrotate, oldest first."""
    found = []
    for each in path.parent.glob(f"{path.name}.*"):
        with suppress(OSError):
            found.append((each.stat().st_mtime, each))
    return [each for _, each in sorted(found)]


@dataclass(frozen=True, slots=True)
class Question:
    """Which lines are asked for: since a time (ms since the epoch), of one agent (None: any), so many at most.

    `kinds` are those asked for, none of them stands for all.
    """

    since_ms: int = 0
    agent_id: int | None = None
    limit: int = MOST_LINES
    kinds: frozenset[str] = frozenset()

    def fits(self, line: Found) -> bool:
        """Whether the line is one of them."""
        if self.kinds and line.get("kind") not in self.kinds:
            return False
        named = line.get("agent") == self.agent_id or self.agent_id in line.get("agents", ())
        return (self.agent_id is None or named) and time_ms(line) >= self.since_ms


def time_ms(line: Found) -> int:
    """When it was, ms since the epoch; 0 where the line does not say."""
    with suppress(ValueError, TypeError):
        moment = datetime.fromisoformat(str(line.get("time")))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    return 0


def newest(lines: Iterable[Found], question: Question) -> list[Found]:
    """The answer out of `lines`, which are in the order of their writing."""
    return list(deque(filter(question.fits, lines), question.limit))


def read_lines(raw: Iterable[bytes | str]) -> Iterator[Found]:
    """The lines that are understood; a torn one, after a crash, is passed over."""
    for each in raw:
        with suppress(ValueError):
            line = json.loads(each)
            if isinstance(line, dict):
                yield line


def read_files(path: Path, question: Question) -> list[Found]:
    """The answer out of AUDIT_FILE and what was rotated. Raises OSError where the file cannot be read."""

    wanted = b"" if question.agent_id is None else b"%d" % question.agent_id

    def lines() -> Iterator[Found]:
        for each in [*rotated(path), path]:
            with suppress(FileNotFoundError):
                if each.stat().st_mtime * 1000 >= question.since_ms:
                    with each.open("rb") as file:
                        yield from read_lines(raw for raw in file if wanted in raw)

    return newest(lines(), question)


def recent(most: int = MOST_LINES) -> tuple[Callable[[Found], None], Callable[[Question], list[Found]]]:
    """A sink that keeps the last lines in memory, and what answers out of them."""
    kept: deque[Found] = deque(maxlen=most)
    return kept.append, lambda question: newest(list(kept), question)
