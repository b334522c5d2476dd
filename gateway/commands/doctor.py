"""`agentgateway doctor`."""

import asyncio
import sys
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Final

import click

from gateway.commands.options import WRONG_SETTINGS, SettingsCommand, fail, settings_options
from gateway.doctor.finding import DoctorFinding, Level, as_json, as_lines, exit_code, judge
from gateway.doctor.local_checks import local_facts, local_findings
from gateway.doctor.push_checks import push_findings
from gateway.doctor.server_facts import Clocks
from gateway.doctor.store_checks import store_findings
from gateway.doctor.token_checks import CHECKS as TOKEN_CHECKS
from gateway.doctor.token_checks import token_facts
from gateway.doctor.upstream_checks import upstream_findings
from gateway.settings.load import Loaded, load
from gateway.settings.problems import SettingsError

LONGEST_S: Final = 20.0


async def examine(loaded: Loaded, clocks: Clocks | None = None) -> list[DoctorFinding]:
    """All findings, in the order of the groups."""
    clocks = clocks or Clocks()
    settings = loaded.settings
    groups = {
        "store": store_findings(settings, clocks),
        "upstream": upstream_findings(settings),
        "push": push_findings(settings),
    }
    found = await asyncio.gather(*(_bounded(name, group) for name, group in groups.items()))
    # After the servers were asked: reading files would hold up the measure of their distance.
    here = local_findings(local_facts(loaded, clocks.wall))
    tokens = judge(TOKEN_CHECKS, token_facts(settings, clocks.wall))
    return [*here, *(finding for group in found for finding in group), *tokens]


async def _bounded(name: str, group: Awaitable[list[DoctorFinding]]) -> list[DoctorFinding]:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await group
    except TimeoutError:
        return [
            DoctorFinding(
                name, Level.FAIL, f"not done within {LONGEST_S:.0f} s", "run it again when its servers answer"
            )
        ]


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
