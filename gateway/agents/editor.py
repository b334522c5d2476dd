"""Changes to the agents file: one at a time over all processes, checked before they are written, comments kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tomlkit import array
from tomlkit.items import Table

from gateway.agents import agents_file
from gateway.agents.agents_file import FORMER_PASSWORDS, AgentEntry, AgentsFileError
from gateway.agents.toml_editing import TomlTables, locked_folder, read_text, replace_file
from gateway.settings.files import FileFault, resolved


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
        wanted = {name: values[name] for name, default in usual.items() if values.get(name, default) != default}
        self._toml.add("agents", wanted)

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
    try:
        path = resolved(path)
    except FileFault as fault:
        raise AgentsFileError(path, [str(fault)]) from None
    with locked_folder(path.parent):
        try:
            editor = Editor(read_text(path))
            yield editor
        except (FileFault, ValueError) as problem:
            raise AgentsFileError(path, [str(problem)]) from None
        text = editor.text()
        agents_file.parse(text, path)
        replace_file(path, text)
