"""`scripts/load`: rotation under load on several nodes; exit code 1 for a broken claim or one that was not tested."""

import asyncio
import sys
from typing import Any

import click

from tests.load.agent import CannotBeginError
from tests.load.run import Plan, run


def _tell(line: str) -> None:
    """One line that renews itself on a terminal; lines elsewhere."""
    click.echo(f"\r{line}", nl=False, err=True) if sys.stderr.isatty() else click.echo(line, err=True)


@click.command()
@click.option("--agents", type=click.IntRange(1, 5000), default=50, show_default=True, help="Agents that work at once.")
@click.option("--seconds", type=click.FloatRange(min=5), default=60, show_default=True, help="How long they work.")
@click.option("--drop", type=click.FloatRange(0, 0.5), default=0.05, show_default=True, help="Share of lost answers.")
@click.option("--flip", is_flag=True, help="Change AUTHMODE 1-2-1-2 in the settings file meanwhile.")
@click.option("--redis-url", default="", help="A Redis that runs; without it a server is started.")
@click.option("--nodes", type=click.IntRange(1, 16), default=2, show_default=True, help="Gateways before one centre.")
@click.option("--haproxy", is_flag=True, help="Put the real haproxy before the nodes (TCP, no stickiness).")
@click.option("--kill", is_flag=True, help="Kill a node (-9) again and again; it comes back after a second.")
@click.option("--roll", is_flag=True, help="Stop and start all nodes one by one, again and again.")
def main(**options: Any) -> None:
    """Agents poll and call while poll answers get lost and GUIDs change each second: nobody may be refused."""
    if (options["kill"] or options["roll"]) and not options["haproxy"]:
        raise click.UsageError("--kill and --roll need --haproxy: nobody else sends agents to the nodes that are left")
    try:
        tally = asyncio.run(run(Plan(**options), _tell))
    except CannotBeginError as problem:
        raise click.ClickException(str(problem)) from None
    if sys.stderr.isatty():
        click.echo(err=True)
    for line in tally.summary():
        click.echo(line)
    failures = tally.failures()
    click.echo(f"FAILED: {'; '.join(failures)}" if failures else "passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(prog_name="scripts/load")
