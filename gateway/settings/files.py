"""Small files that somebody edits, read whole or not at all: never waiting, and every fault in words.

All rooms read such files alike: UTF-8 with or without its mark, any line ends.
"""

import codecs
import errno
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.settings import operating_system
from gateway.settings.problems import shown

ROOT: Final = 0
MOST_BYTES: Final = 16_777_216
MOST_PROBLEMS: Final = 20
_MOST_ERRORS: Final = 10_000
_LONGEST_PROBLEM: Final = 300
_READ_ONLY: Final = os.O_RDONLY | operating_system.flags("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_BINARY")
_NOT_HERE: Final = (FileNotFoundError, NotADirectoryError)


UTF_16: Final = ": it is UTF-16, which Windows editors call Unicode; save it as UTF-8"


def is_utf_16(raw: bytes) -> bool:
    """Whether it has the mark of UTF-16."""
    return raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


class FileFault(Exception):
    """The file cannot be used; `str()` says why, without its name and without anything it holds."""


class FileMissing(FileFault):
    """There is no such file, or it is a link that leads nowhere."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file holds; its mode, owner and group as `os.stat` gives them."""

    raw: bytes = field(repr=False)
    mode: int
    owner: int
    group: int

    def text(self, *, line_ends: bool = False) -> str:
        """The text without its mark, each line end as `\\n` (with `line_ends` as it stands). Raises FileFault."""
        try:
            text = self.raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FileFault(f"is not UTF-8 text{UTF_16 if is_utf_16(self.raw) else ''}") from None
        return text if line_ends else text.replace("\r\n", "\n").replace("\r", "\n")


def read(path: Path, most: int = MOST_BYTES) -> FileContent:
    """An ordinary file of at most `most` bytes. Raises FileFault, FileMissing among them.

    A pipe or a device is not opened: whoever reads one may wait for ever.
    """
    try:
        _must_be_ordinary(os.stat(path), most)
        with open(os.open(path, _READ_ONLY), "rb") as file:
            state = os.fstat(file.fileno())
            _must_be_ordinary(state, most)
            raw = file.read(most + 1)
    except OSError as problem:
        kind = FileMissing if isinstance(problem, _NOT_HERE) else FileFault
        raise kind(f"cannot be read: {os.strerror(problem.errno or 0)}") from None
    except ValueError:
        raise FileFault("cannot be read: its name is no path") from None
    if len(raw) > most:
        raise FileFault(_too_large(most))
    return FileContent(raw, state.st_mode, state.st_uid, state.st_gid)


def read_secret(path: Path, most: int = MOST_BYTES) -> FileContent:
    """As `read`, for a file that its owner alone may read. Raises FileFault."""
    content = read(path, most)
    must_be_secret(path, content)
    return content


def must_be_secret(path: Path, content: FileContent) -> None:
    """Raises FileFault where others than the owner may use the file.

    Platforms mount secrets as root's, for a group that the service is in: that group may read, when the service is not
    root itself.
    """
    if not operating_system.has_owners():
        return
    others = stat.S_IMODE(content.mode) & 0o077
    mounted = content.owner == ROOT != os.geteuid() and content.group in {os.getegid(), *os.getgroups()}
    if others and not (mounted and others == stat.S_IRGRP):
        raise FileFault(
            f"others may read it: chmod 600 {path} (mounted by a platform: mode 0440, with a group of this user)"
        )


def entry_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text that hold an entry, each with its number from 1; not empty ones, nor comments (`#`)."""
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield number, entry


def resolved(path: Path) -> Path:
    """Where links lead. Raises FileFault for links in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise FileFault(f"cannot be read: {os.strerror(errno.ELOOP)}") from None


def exists(path: Path) -> bool:
    """Whether there is anything at this path, be it of use or not."""
    try:
        os.stat(path)
    except _NOT_HERE:
        return False
    except (OSError, ValueError):
        return True
    return True


def _must_be_ordinary(state: os.stat_result, most: int) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise FileFault("cannot be read: it is a folder")
    if not stat.S_ISREG(state.st_mode):
        raise FileFault("cannot be read: it is no ordinary file")
    if state.st_size > most:
        raise FileFault(_too_large(most))


def _too_large(most: int) -> str:
    return f"has more than {most} bytes"


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises FileFault."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise FileFault(f"is not TOML: {problem}") from None
    except RecursionError:
        raise FileFault("is nested too deeply") from None
    except ValueError:
        raise FileFault("holds a number with too many digits") from None


def errors_of(wrong: ValidationError) -> list[ErrorDetails]:
    """Each wrong value. Raises FileFault for more than anybody can mend one by one, which would fill the memory."""
    if wrong.error_count() > _MOST_ERRORS:
        raise FileFault(f"has {wrong.error_count()} wrong values")
    return wrong.errors(include_input=False, include_url=False)


@contextmanager
def faults_only(*passes: type[Exception]) -> Iterator[None]:
    """Whatever goes wrong in the block is a FileFault, but for `passes`: a file must not end who reads it."""
    ours: tuple[type[Exception], ...] = (FileFault, *passes)
    try:
        yield
    except ours:
        raise
    except RecursionError:
        raise FileFault("is nested too deeply") from None
    except Exception as crash:
        raise FileFault(f"cannot be understood ({type(crash).__name__})") from None


def problem_lines(problems: Iterable[str]) -> tuple[str, ...]:
    """Problems for the operator: the first of them, each in one line of bounded length, and how many more there are."""
    found = list(problems)
    lines = [shown(problem, _LONGEST_PROBLEM) for problem in found[:MOST_PROBLEMS]]
    more = len(found) - len(lines)
    return (*lines, f"and {more} more problems") if more else tuple(lines)


class WrongFileError(Exception):
    """A file that cannot be used. `problems` are lines for the operator; none holds a secret."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path = path
        self.problems = problem_lines(problems)
        super().__init__(f"{path}: " + "; ".join(self.problems))
