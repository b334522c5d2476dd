"""`agentgateway doctor`."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gateway.commands.options import WRONG_SETTINGS, SettingsCommand, fail, settings_options
from gateway.doctor.examine import examine
from gateway.doctor.finding import as_json, as_lines, exit_code
from gateway.settings.load import load
from gateway.settings.problems import SettingsError


@click.command(cls=SettingsCommand)
@settings_options("The settings file of the deployment.")
@click.option("--json", "as_json_", is_flag=True, help="JSON instead of lines.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def doctor(config: Path, overrides: Mapping[str, str], *, as_json_: bool, strict: bool) -> None:
    """Check a deployment: settings, files, store, keys, what is behind. Changes nothing.

    Ends with 0 when nothing failed, 1 when something did, 2 when the settings are refused. The gateway may run or not.
    """
    try:
        loaded = load(config, overrides)
    except SettingsError as wrong:
        fail(str(wrong), WRONG_SETTINGS)
    findings = asyncio.run(examine(loaded))
    click.echo(as_json(findings) if as_json_ else as_lines(findings))
    sys.exit(exit_code(findings, strict=strict))
