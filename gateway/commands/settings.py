"""`agentgateway settings`: the settings in force and where they come from, a check of the file, a reload now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from gateway.commands.admin_client import AdminLine, asks_gateway
from gateway.commands.options import CANNOT_SERVE, WRONG_SETTINGS, fail, settings_options
from gateway.commands.tables import as_json_option, columns, show, show_json
from gateway.settings.load import load
from gateway.settings.problems import SettingsError

COLUMNS: Final = ("key", "value", "source", "where", "applies")


@click.group()
def settings() -> None:
    """Show the settings in force, check the file, have it read again."""


@settings.command("list")
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@asks_gateway
@click.option("--changed", is_flag=True, help="Only those that differ from their default.")
@as_json_option
def list_settings(line: AdminLine, keys: tuple[str, ...], *, changed: bool, as_json: bool) -> None:
    """Show the settings in force, where each comes from, and whether a change counts at once (live) or at a restart.

    What may be secret is shown as ***.
    """
    said = line.get("/settings")
    known = {each["key"] for each in said["settings"]}
    unknown = sorted(set(keys) - known)
    if unknown:
        raise click.UsageError(f"there is no setting {', '.join(unknown)}")
    found = [
        each
        for each in said["settings"]
        if (not keys or each["key"] in keys) and (not changed or each["value"] != each["default"])
    ]
    if as_json:
        show_json(found)
        return
    show(columns(found, COLUMNS))
    if said["waiting"]:
        click.echo(f"the file has other values that need a restart: {', '.join(said['waiting'])}", err=True)
    if said["refused"]:
        click.echo(f"the file as it stands is refused:\n{said['refused']}", err=True)


@settings.command()
@settings_options("The settings file to check.")
def check(config: Path, overrides: Mapping[str, str]) -> None:
    """Say what is wrong with a settings file, without touching the gateway. Ends with 2 where it would be refused."""
    try:
        loaded = load(config, overrides)
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"{config}: {len(loaded.given)} settings, all in order")


@settings.command()
@asks_gateway
def reload(line: AdminLine) -> None:
    """Have the running gateway read its settings file now, in all workers, as SIGHUP does.

    Ends with 1 where the file is refused; the former values stay.
    """
    said = line.ask("POST", "/settings/reload")
    if said["result"] == "refused":
        fail("refused, the former values stay:\n" + "\n".join(said["problems"]), CANNOT_SERVE)
    changed = f": {', '.join(said['changed'])}" if said["changed"] else ""
    click.echo(f"{said['result']}{changed}")
    if said["waiting"]:
        click.echo(f"need a restart: {', '.join(said['waiting'])}")
