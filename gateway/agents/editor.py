"""Changes to the agents file: one at a time over all processes, checked before they are written, comments kept."""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tomlkit import array
from tomlkit.items import Table

from gateway.agents import agents_file
from gateway.agents.agents_file import FORMER_PASSWORDS, AgentEntry, AgentsFileError
from gateway.agents.toml_text import TomlTables

NEW_FILE_MODE = 0o600


class EditError(Exception):
    """A change that is refused, with the reason for the operator."""


class Editor:
    """The agents file while it is being changed; made by `editing`."""

    def __init__(self, text: str) -> None:
        self._toml = TomlTables(text)

    def text(self) -> str:
        """The file with the changes."""
        return self._toml.text()

    def password_hash(self, agent_id: int) -> str:
        """The hash the file has. Raises EditError when there is no such agent."""
        return str(self._find(agent_id)[1].get("password_hash", ""))

    def add(self, values: Mapping[str, object]) -> None:
        """Adds an agent (members of AgentEntry; usual values are left out).

        Raises EditError for a taken id or account.
        """
        for table in self._toml.tables("agents"):
            for key in ("id", "account"):
                if table.get(key) == values[key]:
                    raise EditError(f"{key} {values[key]} is taken by agent {table.get('id')}")
        usual = {name: field.default for name, field in AgentEntry.model_fields.items()}
        told = {name: values[name] for name, default in usual.items() if values.get(name, default) != default}
        self._toml.add("agents", told)

    def set_password(self, agent_id: int, password_hash: str, *, must_change: bool = False) -> None:
        """Puts a new hash in, the present one among the former ones. Raises EditError when there is no such agent."""
        _, table = self._find(agent_id)
        former = [str(table.get("password_hash", "")), *map(str, table.get("former_password_hashes", []))]
        table["password_hash"] = password_hash
        lines = array()
        lines.extend(former[:FORMER_PASSWORDS])
        table["former_password_hashes"] = lines.multiline(True)
        table.pop("must_change_password", None)
        if must_change:
            table["must_change_password"] = True

    def remove(self, agent_id: int) -> None:
        """Takes the agent out. Raises EditError when there is no such agent."""
        self._toml.remove("agents", self._find(agent_id)[0])

    def _find(self, agent_id: int) -> tuple[int, Table]:
        for index, table in enumerate(self._toml.tables("agents")):
            if table.get("id") == agent_id:
                return index, table
        raise EditError(f"there is no agent {agent_id}")


@contextmanager
def editing(path: Path) -> Iterator[Editor]:
    """Reads the file and, when the block ends without an exception, replaces it in one step, its mode kept.

    A missing file is made. Raises AgentsFileError when the file or the outcome is wrong (then nothing is written),
    OSError when it cannot be read or written. Blocks while another process edits: call it off the event loop.
    """
    path = path.resolve()
    with _alone(path.parent):
        try:
            editor = Editor(_read(path))
            yield editor
        except ValueError as problem:
            raise AgentsFileError(path, [str(problem)]) from None
        text = editor.text()
        agents_file.parse(text, path)
        _replace(path, text)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Locks the folder, since the file itself is replaced; no lock file is left behind."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""


def _replace(path: Path, text: str) -> None:
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
