"""`agentgateway sessions`: who is signed in, asked of the admin listener of a running gateway."""

import http.client
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from gateway.cli_options import settings_options, table
from gateway.ops.admin_token import AdminTokenError, read_admin_token
from gateway.settings.load import load
from gateway.settings.problems import SettingsError

TIMEOUT_S: Final = 10
COLUMNS: Final = ("agent", "since", "seen", "client", "node", "push", "generation", "adopted")


@click.command()
@settings_options("The settings file of the running gateway, for ADMIN_PORT and ADMIN_TOKEN_FILE.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")
def sessions(config: Path, overrides: Mapping[str, str], *, as_json: bool) -> None:
    """Show who is signed in, over all nodes."""
    try:
        settings = load(config, overrides).settings
        if settings.admin_token_file is None or not settings.admin_port:
            raise click.ClickException(f"{config}: set ADMIN_PORT and ADMIN_TOKEN_FILE, then restart the gateway")
        found = _ask(settings.admin_port, read_admin_token(settings.admin_token_file))
    except (SettingsError, AdminTokenError) as problem:
        raise click.ClickException(str(problem)) from None
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo(table([COLUMNS, *([_cell(line[name]) for name in COLUMNS] for line in found)]))


def _ask(port: int, token: str) -> Sequence[Mapping[str, Any]]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        link.request("GET", "/sessions?limit=999999", headers={"Authorization": f"Bearer {token}"})
        answer = link.getresponse()
        body = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise click.ClickException(f"no gateway answers on ADMIN_PORT {port}: {type(problem).__name__}") from None
    finally:
        link.close()
    if answer.status != http.client.OK:
        raise click.ClickException(f"ADMIN_PORT {port}: {body['error']}")
    lines: Sequence[Mapping[str, Any]] = body
    return lines


def _cell(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
