"""`agentgateway sessions`: who is signed in, asked of the admin listener of a running gateway; ends a session."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, admin_line
from gateway.commands.agents import AGENT_ID
from gateway.commands.options import settings_options, table

COLUMNS: Final = ("agent", "signed_in", "seen", "node", "address", "client", "mode", "events", "state")
SIZE: Final = 1000


@click.command()
@settings_options("The settings file of the running gateway, for ADMIN_PORT and ADMIN_TOKEN_FILE.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")
@click.option("--end", "ending", metavar="ID", type=AGENT_ID, help="Show nothing: sign this agent out.")
def sessions(config: Path, overrides: Mapping[str, str], ending: int | None, *, as_json: bool) -> None:
    """Show who is signed in, over all nodes."""
    line = admin_line(config, overrides)
    if ending is not None:
        line.ask("POST", f"/sessions/{ending}/end")
        click.echo(f"agent {ending} is signed out")
        return
    found = _all(line)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo(table([COLUMNS, *([_cell(line[name]) for name in COLUMNS] for line in found)]))


def _all(line: AdminLine) -> list[Any]:
    first = line.ask("GET", f"/sessions?size={SIZE}")
    more = [line.ask("GET", f"/sessions?size={SIZE}&page={page}") for page in range(2, first["pages"] + 1)]
    return [session for page in (first, *more) for session in page["sessions"]]


def _cell(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
