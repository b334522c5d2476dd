"""TOML files that are read, changed and replaced in one step, by one process at a time, their comments kept.

tomlkit counts the comment above a `[[header]]` as the end of the table before it: keys added there would land below
that comment. In `TomlTables` such comments, the `leads`, belong to the header that follows.
"""

import codecs
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Table, Whitespace

from gateway.settings import files, operating_system
from gateway.settings.files import FileFault, FileMissing

NEW_FILE_MODE: Final = 0o600


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Locks the folder, since the file itself is replaced; no lock file is left behind."""
    if not operating_system.has_owners():  # A folder cannot be opened there.
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        operating_system.lock_alone(handle)
        yield
    finally:
        os.close(handle)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, its line ends as they stand; "" when there is none. Raises FileFault."""
    try:
        return files.read(path).text(line_ends=True)
    except FileMissing:
        return ""


def replace_file(path: Path, text: str) -> None:
    """Puts the text in the place of the file, its mode, owner, mark and line ends kept.

    Raises OSError; the file is whole either way.
    """
    raw = _spelled_as_before(path, text)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            _like(path, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _spelled_as_before(path: Path, text: str) -> bytes:
    """As the editor of whoever wrote the former file writes: with a mark, with the line ends of Windows, or without."""
    try:
        former = files.read(path).raw
    except FileFault:
        return text.encode()
    if 2 * former.count(b"\r\n") > former.count(b"\n"):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    mark = codecs.BOM_UTF8 if former.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode()


def _like(path: Path, handle: int) -> None:
    """Gives the new file the mode and, where this user may, the owner of the former one."""
    if not operating_system.has_owners():
        return
    try:
        former = path.stat()
    except FileNotFoundError:
        os.fchmod(handle, NEW_FILE_MODE)
        return
    present = os.fstat(handle)
    if (former.st_uid, former.st_gid) != (present.st_uid, present.st_gid):
        try:
            os.fchown(handle, former.st_uid, former.st_gid)
        except PermissionError:
            raise PermissionError(
                f"{path} belongs to another user: a rewritten file would be lost to that user"
            ) from None
    os.fchmod(handle, former.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    if not operating_system.has_owners():
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class TomlTables:
    """TOML text as arrays of tables. Raises ValueError when it is not TOML."""

    def __init__(self, text: str) -> None:
        try:
            self._document = tomlkit.parse(text if not text or text.endswith("\n") else text + "\n")
        except TOMLKitError as problem:
            raise ValueError(f"is not TOML: {problem}") from None
        except RecursionError:
            raise ValueError("is nested too deeply") from None
        except ValueError:
            raise ValueError("holds a number with too many digits") from None
        self._leads: dict[int, str] = {}
        self._end = ""
        for table in self._all():
            self._leads[id(table)] = self._end + table.trivia.indent
            table.trivia.indent = ""
            self._end = _cut_tail(table)

    def text(self) -> str:
        """The text with all changes."""
        tables = list(self._all())
        for table in tables:
            table.trivia.indent = self._leads[id(table)]
        text = tomlkit.dumps(self._document) + self._end
        for table in tables:
            table.trivia.indent = ""
        return text

    def tables(self, name: str) -> tuple[Table, ...]:
        """The tables `[[name]]`. Raises ValueError when `name` is written in another way."""
        found = self._document.get(name)
        if found is None:
            return ()
        if not isinstance(found, AoT):
            raise ValueError(f"{name}: only entries written as [[{name}]] can be edited")
        return tuple(found.body)

    def add(self, name: str, values: dict[str, object]) -> None:
        """Appends a table `[[name]]`, after an empty line."""
        table = tomlkit.table()
        for key, value in values.items():
            table[key] = value
        if not self.tables(name):
            self._document[name] = tomlkit.aot()
        self._array(name).append(table)
        self._leads[id(self.tables(name)[-1])] = "\n"

    def remove(self, name: str, index: int) -> None:
        """Takes a table away, with the comment that stands directly above it."""
        tables = list(self._all())
        gone = self.tables(name)[index]
        place = next(at for at, table in enumerate(tables) if table is gone)
        stays, separator, _ = self._leads[id(gone)].rpartition("\n\n")
        del self._array(name)[index]
        if place + 1 == len(tables):
            self._end = stays + separator[:1] + self._end
        else:
            following = id(tables[place + 1])
            self._leads[following] = stays + separator[:1] + self._leads[following]

    def _array(self, name: str) -> AoT:
        found = self._document[name]
        if not isinstance(found, AoT):
            raise TypeError(name)
        return found

    def _all(self) -> Iterator[Table]:
        for _, item in self._document.body:
            if isinstance(item, AoT):
                yield from item.body


def _cut_tail(table: Table) -> str:
    """Takes the comments and empty lines after the last key of a table."""
    body = table.value.body
    tail: list[str] = []
    while body and isinstance(body[-1][1], Comment | Whitespace):
        tail.append(body.pop()[1].as_string())
    return "".join(reversed(tail))
