"""The TOML files of this room: read whole with every problem told, changed in one step, comments kept."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.agents.toml_text import TomlTables
from gateway.agents.whole_file import alone, read_text, replace

C = TypeVar("C")
M = TypeVar("M", bound=BaseModel)


class TokenFileError(Exception):
    """The file cannot be used. `problems` are lines for the operator; none holds a secret."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(f"{path}: " + "; ".join(self.problems))


class ChangeRefusedError(Exception):
    """A change of a file that is refused, with the reason for the operator."""


class Entry(BaseModel):
    """Base of the entries of these files."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def content(text: str, path: Path, model: type[M]) -> M:
    """The content of `text`; `path` only names it. Raises TokenFileError with every problem."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise TokenFileError(path, [f"is not TOML: {problem}"]) from None
    try:
        return model.model_validate(raw)
    except ValidationError as problems:
        found = [_line(error["loc"], error["msg"]) for error in problems.errors(include_input=False)]
        raise TokenFileError(path, found) from None


def read(path: Path, parse: Callable[[str, Path], C]) -> C:
    """What `parse` makes of the file; a missing one is as an empty one. Raises TokenFileError."""
    try:
        text = read_text(path)
    except OSError as problem:
        raise TokenFileError(path, [f"cannot be read: {problem.strerror}"]) from None
    except UnicodeDecodeError:
        raise TokenFileError(path, ["is not UTF-8 text"]) from None
    return parse(text, path)


@contextmanager
def editing(path: Path, parse: Callable[[str, Path], object]) -> Iterator[TomlTables]:
    """Reads the file and, when the block ends without an exception, replaces it in one step.

    A missing file is made, with mode 0600. Raises TokenFileError when the file or the outcome is wrong (then nothing is
    written), OSError when it cannot be read or written. Blocks while another process edits.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(path.parent):
        try:
            tables = TomlTables(read_text(path))
        except ValueError as problem:
            raise TokenFileError(path, [str(problem)]) from None
        yield tables
        text = tables.text()
        parse(text, path)
        replace(path, text)


def entries(tables: TomlTables, name: str) -> list[Mapping[str, object]]:
    """The tables `[[name]]` as plain values."""
    return [dict(table.unwrap()) for table in tables.tables(name)]


def index_of(tables: TomlTables, name: str, wanted: Mapping[str, object]) -> int:
    """The place of the table `[[name]]` with these members. Raises ChangeRefusedError when there is none."""
    for index, entry in enumerate(entries(tables, name)):
        if wanted.items() <= entry.items():
            return index
    described = ", ".join(f"{key} {value}" for key, value in wanted.items())
    raise ChangeRefusedError(f"there is no {name.removesuffix('s')} with {described}")


def _line(place: tuple[int | str, ...], reason: str) -> str:
    """A problem in the operator's words: `users[3].name: ...`."""
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return f"{where.removeprefix('.') or 'file'}: {reason.removeprefix('Value error, ')}"
