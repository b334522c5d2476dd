"""`scripts/failover`: Redis fails over under load; exit code 1 for a broken claim or one that was not tested."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click

from tests.failover.kill import kill_rounds
from tests.failover.partition import partition_rounds
from tests.failover.place import Size
from tests.support.servers import KINDS

FAULTS = {"kill": kill_rounds, "partition": partition_rounds}


def _tell(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=20, show_default=True, help="Faults.")
@click.option("--partition", "fault", flag_value="partition", help="Cut the primary off from its own kind instead.")
@click.option("--agents", type=click.IntRange(2, 500), default=16, show_default=True, help="Desks that work at once.")
@click.option("--nodes", type=click.IntRange(2, 8), default=3, show_default=True, help="Gateway processes.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of all chances.")
@click.option("--kind", type=click.Choice(KINDS), default="redis", show_default=True, help="Which server.")
@click.option(
    "--down-after", type=click.IntRange(500, 30_000), default=1000, show_default=True, help="Of Sentinel, ms."
)
def main(rounds: int, fault: str | None, agents: int, nodes: int, seed: int, kind: str, down_after: int) -> None:
    """Redis fails over, by default because its primary is killed, while desks work: nothing confirmed may be lost."""
    size = Size(agents, nodes, seed, kind, down_after)
    with tempfile.TemporaryDirectory(prefix="gateway-failover-") as folder:
        result = asyncio.run(FAULTS[fault or "kill"](Path(folder), size, rounds, _tell))
    for line in result.summary():
        click.echo(line)
    failures = result.failures()
    click.echo(f"FAILED: {'; '.join(failures)}" if failures else "passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(prog_name="scripts/failover")
