"""`scripts/failover`: Redis fails over under load; exit code 1 for a broken claim or one that was not tested."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from tests.failover.kill import kill_rounds
from tests.failover.place import Size
from tests.support.servers import KINDS


def _tell(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=20, show_default=True, help="Fail-overs.")
@click.option("--agents", type=click.IntRange(1, 500), default=16, show_default=True, help="Desks that work at once.")
@click.option("--nodes", type=click.IntRange(2, 8), default=3, show_default=True, help="Gateway processes.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of all chances.")
@click.option("--kind", type=click.Choice(KINDS), default="redis", show_default=True, help="Which server.")
def main(rounds: int, agents: int, nodes: int, seed: int, kind: str) -> None:
    """Desks sign in and out, poll and are taken over while Redis fails over: nothing acknowledged may be lost."""
    with tempfile.TemporaryDirectory(prefix="gateway-failover-") as folder:
        result = asyncio.run(kill_rounds(Path(folder), Size(agents, nodes, seed, kind), rounds, _tell))
    for line in result.summary():
        click.echo(line)
    failures = result.failures()
    click.echo(f"FAILED: {'; '.join(failures)}" if failures else "passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(prog_name="scripts/failover")
