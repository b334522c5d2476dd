"""The TOML files about tokens: read whole with every problem told, changed in one step, comments kept."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from prometheus_client import Counter
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.agents.toml_editing import TomlTables, locked_folder, read_text, replace_file
from gateway.ops.metrics import REGISTRY
from gateway.settings import files
from gateway.settings.files import FileFault, FileMissing, WrongFileError
from gateway.settings.live_file import LiveFile

_FILE_READ: Final = Counter(
    "agentgateway_token_file_reloads", "Reloads of token files, by outcome", ["outcome"], registry=REGISTRY
)

C = TypeVar("C")
M = TypeVar("M", bound=BaseModel)


class TokenFileError(WrongFileError):
    """A file about tokens cannot be used."""


class ChangeRefusedError(Exception):
    """A change of a file that is refused, with the reason for the operator."""


class TomlEntry(BaseModel):
    """Base of the entries of these files."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, defer_build=True)


def content(text: str, path: Path, model: type[M]) -> M:
    """The content of `text`; `path` only names it. Raises TokenFileError with every problem, and FileFault."""
    raw = files.parse_toml(text)
    try:
        return model.model_validate(raw)
    except ValidationError as problems:
        found = [_line(error["loc"], error["msg"]) for error in files.errors_of(problems)]
        raise TokenFileError(path, found) from None


def read(path: Path, parse: Callable[[str, Path], C], *, private: bool = False) -> C:
    """What `parse` makes of the file; a missing one is as an empty one.

    Raises TokenFileError, with `private` also when others may read the file.
    """
    with file_errors(path):
        try:
            content = files.read(path)
        except FileMissing:
            return parse("", path)
        parsed = parse(content.text(), path)
        if private:
            files.must_be_secret(path, content)
        return parsed


def live(path: Path | None, parse: Callable[[Path], C], empty: C) -> LiveFile[C]:
    """The file as what `parse` makes of it, followed; `empty` without a path. Raises TokenFileError.

    It may come later; one that goes is refused.
    """
    was_there = False

    def parsed() -> C:
        nonlocal was_there
        if path is None:
            return empty
        if was_there and not files.exists(path):
            raise TokenFileError(path, ["is gone"])
        content = parse(path)
        was_there = was_there or files.exists(path)
        return content

    return LiveFile(
        (path,) if path else (),
        parsed,
        faults=TokenFileError,
        refused="token file refused, the former content stays",
        taken=lambda _: f"token file read: {path}",
        counted=lambda outcome: _FILE_READ.labels(outcome).inc(),
    )


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Whatever is wrong with the file becomes a TokenFileError."""
    try:
        with files.faults_only(TokenFileError, ChangeRefusedError, OSError):
            yield
    except FileFault as fault:
        raise TokenFileError(path, [str(fault)]) from None


@contextmanager
def editing(path: Path, parse: Callable[[str, Path], object]) -> Iterator[TomlTables]:
    """Reads the file and, when the block ends without an exception, replaces it in one step.

    A missing file is made, with mode 0600. Raises TokenFileError when the file or the outcome is wrong (then nothing is
    written), OSError when it cannot be read or written. Blocks while another process edits.
    """
    with file_errors(path):
        path = files.resolved(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked_folder(path.parent):
        try:
            tables = TomlTables(read_text(path))
        except (FileFault, ValueError) as problem:
            raise TokenFileError(path, [str(problem)]) from None
        yield tables
        text = tables.text()
        with file_errors(path):
            parse(text, path)
        replace_file(path, text)


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
