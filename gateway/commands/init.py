"""`agentgateway init`: a folder with settings, agents, contact centre and units, to begin with."""

import os
import re
import shlex
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import click

from gateway.commands.options import WRONG_SETTINGS, fail

SETTINGS: Final = "basic.properties"
SECRETS: Final = frozenset({"agents.toml", "users.toml"})
"""They hold hashes of passwords: for their owner alone."""
TEMPLATES: Final = (SETTINGS, "agents.toml", "contact_center.toml", "users.toml")
UNITS: Final = "systemd"
_HERE: Final = re.compile(r"(?m)^(\w+ = )\.\./var")
_COMMAND: Final = "/opt/agentgateway/.venv/bin/agentgateway"
_FOLDER: Final = "/etc/agentgateway"
_HOW_TO: Final = re.compile(r"(?m)^# The gateway as a service.*\n(?:#.*\n)*?(?=# With HTTP_PORT)")
_INSTALL: Final = """\
# The gateway as a service of systemd. To install, as root:
#   useradd --system --home-dir /var/lib/agentgateway agentgateway
#   chown -R agentgateway: {folder}
#   copy the three units to /etc/systemd/system and enable the two sockets and the service
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Write settings, agents, contact centre and units of systemd into FOLDER, which may be new.

    No file is overwritten: when one is there already, nothing is written and the exit code is 2.
    """
    where = folder.absolute()
    contents = dict(_contents(where))
    there = sorted(name for name in contents if os.path.lexists(where / name))
    if there:
        fail(f"{where}: there already: {', '.join(there)}", WRONG_SETTINGS)
    try:
        for name, text in contents.items():
            _write(where / name, text, 0o600 if name in SECRETS else 0o644)
    except OSError as problem:
        fail(f"{where}: cannot be written: {os.strerror(problem.errno or 0)}", WRONG_SETTINGS)
    for name in contents:
        click.echo(f"wrote {where / name}")
    click.echo(f"try it out: agentgateway serve --demo --config {shlex.quote(str(where / SETTINGS))}")


def _contents(folder: Path) -> Iterator[tuple[str, str]]:
    """The text of each file by its name in the folder. What the gateway makes itself goes into `var` there."""
    starter = _starter()
    for name in TEMPLATES:
        text = (starter / name).read_text("utf-8")
        yield name, _HERE.sub(r"\1var", text) if name == SETTINGS else text
    for unit in sorted((starter / "deploy" / UNITS).iterdir(), key=lambda unit: unit.name):
        yield f"{UNITS}/{unit.name}", _unit(unit, folder)


def _starter() -> Traversable:
    """Where the files are; a clone on a system without symbolic links has a file in the link's place."""
    package = files("gateway")
    packed = package / "starter"
    return packed if packed.is_dir() else Path(str(package)).parent / "config"


def _unit(unit: Traversable, folder: Path) -> str:
    """A unit that starts this very installation with the settings of the folder."""
    text = _HOW_TO.sub(lambda _: _INSTALL.format(folder=folder), unit.read_text("utf-8"))
    text = text.replace(_COMMAND, str(Path(sys.prefix) / "bin" / "agentgateway"))
    return text.replace(_FOLDER, str(folder))


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
