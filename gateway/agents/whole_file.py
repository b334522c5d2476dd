"""Files that are read, changed and replaced in one step, by one process at a time."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.files import FileMissing

NEW_FILE_MODE: Final = 0o600


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Locks the folder, since the file itself is replaced; no lock file is left behind."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, its line ends as they stand; "" when there is none. Raises FileFault."""
    try:
        return files.read(path).text(line_ends=True)
    except FileMissing:
        return ""


def replace(path: Path, text: str) -> None:
    """Puts the text in the place of the file, its mode and owner kept. Raises OSError; the file is whole either way."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            _like(path, file.fileno())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _like(path: Path, handle: int) -> None:
    """Gives the new file the mode and, where this user may, the owner of the former one."""
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
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
