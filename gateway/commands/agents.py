"""`agentgateway agents`: lists and edits the agents file. Passwords come from a prompt or stdin, never an argument."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from gateway.agents import agents_file, passwords
from gateway.agents.agents_file import AGENT_IDS, ROLES, AgentEntry, AgentsFileError
from gateway.agents.editor import EditError, editing
from gateway.commands.tables import table
from gateway.settings import environment
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.wire.errors import Refused

AGENT_ID: Final = click.IntRange(AGENT_IDS.start, AGENT_IDS.stop - 1)
COLUMNS: Final = ("id", "account", "name", "skills", "media", "roles", "notes")

Command = Callable[..., None]


def _which_file(command: Command) -> Command:
    config = click.option(
        "--config", type=click.Path(path_type=Path), default="config/basic.properties", show_default=True
    )
    file = click.option("--file", type=click.Path(path_type=Path), help="The agents file itself; --config is not read.")
    return config(file(command))


def _password_source(command: Command) -> Command:
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
    must_change = click.option("--must-change", is_flag=True, help="Tell the agent to change it after sign-in.")
    return stdin(must_change(command))


def _as_list(_context: click.Context, _option: click.Parameter, values: tuple[object, ...]) -> list[object]:
    return list(values)


@click.group()
def agents() -> None:
    """List and edit the agents that may sign in."""


@agents.command("list")
@_which_file
@click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")
def list_agents(config: Path, file: Path | None, *, as_json: bool) -> None:
    """Show every agent; no password hash is shown."""
    with _refusals_shown():
        entries = sorted(agents_file.read(_path(config, file)).agents, key=lambda entry: entry.id)
    if as_json:
        secret = {"password_hash", "former_password_hashes"}
        click.echo(json.dumps([entry.model_dump(exclude=secret) for entry in entries], ensure_ascii=False, indent=2))
    else:
        click.echo(table([COLUMNS, *map(_row, entries)]))


@agents.command()
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@_which_file
@_password_source
@click.option("--account", help="For sign-in by account.  [default: the ID]")
@click.option("--name", default="", help="Shown to people.  [default: the account]")
@click.option(
    "--skill",
    "skills",
    multiple=True,
    type=int,
    callback=_as_list,
    help="ID of a declared skill queue; repeat for more.",
)
@click.option("--media", default="TTF", show_default=True, help="T or F for CTIServer, WebM, MailM.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), callback=_as_list, help="Repeat for more.")
@click.option("--no-force-out", is_flag=True, help="A forced sign-in is refused while the agent is signed in.")
def add(
    agent_id: int,
    config: Path,
    file: Path | None,
    *,
    password_stdin: bool,
    must_change: bool,
    account: str | None,
    no_force_out: bool,
    **described: object,
) -> None:
    """Add the agent ID."""
    with _refusals_shown():
        path = _path(config, file)
        values = {
            **described,
            "id": agent_id,
            "account": account or str(agent_id),
            "password_hash": _new_password_hash(agent_id, from_stdin=password_stdin),
            "must_change_password": must_change,
            "may_be_forced_out": not no_force_out,
        }
        with editing(path) as editor:
            editor.add(values)
    click.echo(f"agent {agent_id} added to {path}")


@agents.command()
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@_which_file
@_password_source
def passwd(agent_id: int, config: Path, file: Path | None, *, password_stdin: bool, must_change: bool) -> None:
    """Set the password of the agent ID."""
    with _refusals_shown():
        path = _path(config, file)
        password_hash = _new_password_hash(agent_id, from_stdin=password_stdin)
        with editing(path) as editor:
            editor.set_password(agent_id, password_hash, must_change=must_change)
    click.echo(f"agent {agent_id}: password set in {path}")


@agents.command()
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@_which_file
def remove(agent_id: int, config: Path, file: Path | None) -> None:
    """Remove the agent ID. A session it has goes on until its end."""
    with _refusals_shown():
        path = _path(config, file)
        with editing(path) as editor:
            editor.remove(agent_id)
    click.echo(
        f"agent {agent_id} removed from {path}: no new sign-in. A session it has goes on; "
        f"`agentgateway sessions end {agent_id}` ends it"
    )


@contextmanager
def _refusals_shown() -> Iterator[None]:
    """Problems become one message and exit code 1."""
    try:
        yield
    except AgentsFileError as problem:
        lines = "".join(f"\n  {line}" for line in problem.problems)
        raise click.ClickException(f"{problem.path}, nothing changed:{lines}") from None
    except (SettingsError, EditError, OSError) as problem:
        raise click.ClickException(str(problem)) from None


def _path(config: Path, file: Path | None) -> Path:
    found = file or load(config, environment.take()).settings.agents_file
    if found is None:
        raise click.ClickException(f"{config}: AGENTS_FILE is empty")
    return found


def _new_password_hash(agent_id: int, *, from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("New password", hide_input=True, confirmation_prompt="Once more")
    try:
        passwords.check_new_password(agent_id, password)
    except Refused as problem:
        raise click.ClickException(problem.message) from None
    return passwords.hasher().hash(password)


def _row(entry: AgentEntry) -> tuple[str, ...]:
    flags = (
        (entry.demo, "demo"),
        (entry.must_change_password, "must change password"),
        (not entry.may_be_forced_out, "may not be forced out"),
    )
    notes = [words for applies, words in flags if applies]
    skills = ",".join(map(str, entry.skills))
    return str(entry.id), entry.account, entry.name, skills, entry.media, ",".join(entry.roles), ", ".join(notes)
